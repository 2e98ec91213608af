import { html, raw } from "hono/html";
import type { Markup } from "../../page/document";
import { users } from "../workspace";
import { emoji } from "./emoji";

// Slack has only these three entities; what a bot wrote raw means the same.
const unescape = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const escape = (text: string): string =>
  unescape(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

/** Emoji names in plain text, escaped. */
const withEmoji = (text: string): string =>
  escape(text).replace(/:([a-z0-9_+-]+):/g, (written, name: string) => {
    const sign = emoji[name];
    return sign === undefined ? written : `<span title=":${name}:">${sign}</span>`;
  });

// A sign counts at a word's edge only: 3*4*5 and snake_case_names stay as they are.
const styleOf = (sign: string): RegExp =>
  new RegExp(
    String.raw`(?<![\p{L}\p{N}${sign}])${sign}(?!\s)([^${sign}\n]+)(?<!\s)${sign}(?![\p{L}\p{N}${sign}])`,
    "gu",
  );
const styles = [
  { pattern: styleOf(String.raw`\*`), tag: "strong" },
  { pattern: styleOf("_"), tag: "em" },
  { pattern: styleOf("~"), tag: "s" },
] as const;

const styled = (escaped: string): string =>
  styles.reduce((text, { pattern, tag }) => text.replace(pattern, `<${tag}>$1</${tag}>`), escaped);

// Only such an address comes here as the token pattern lets through: http, https, mailto.
const anchor = (address: string, label: string): string =>
  `<a href="${escape(address)}" rel="noreferrer noopener" target="_blank">${withEmoji(label)}</a>`;

/** `<...>` sequences: links, channels, people, and the shouts. */
const reference = (inner: string): string => {
  const [target = "", label] = inner.split("|", 2);
  if (target.startsWith("!"))
    return `<b class="mention">@${escape(label ?? target.slice(1).split("^")[0] ?? "")}</b>`;
  const user = Object.values(users).find(({ id }) => target === `@${id}`);
  if (user !== undefined) return `<b class="mention">@${user.name}</b>`;
  if (target.startsWith("#") || target.startsWith("@"))
    return `<b class="mention">${target[0]}${escape(label ?? target.slice(1))}</b>`;
  return anchor(target, label ?? target);
};

const tokens =
  /```([\s\S]+?)```|`([^`\n]+)`|<((?:[!#@]|https?:|mailto:)[^<>\n]*)>|(https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)])/g;

// Code and links are set aside first (their place is kept by a private-use character), so that a sign inside of them
// is no style; then styles may span them.
const inline = (text: string): string => {
  const aside: string[] = [];
  const keep = (markup: string): string => `\uE000${aside.push(markup) - 1}\uE000`;
  const marked = text
    .replaceAll("\uE000", "")
    .replace(tokens, (_whole, block?: string, code?: string, ref?: string, address?: string) =>
      block !== undefined
        ? keep(`<pre>${escape(block.replace(/^\n|\n$/g, ""))}</pre>`)
        : code !== undefined
          ? keep(`<code>${escape(code)}</code>`)
          : keep(ref !== undefined ? reference(ref) : anchor(address ?? "", address ?? "")),
    );
  return styled(withEmoji(marked)).replace(
    /\uE000(\d+)\uE000/g,
    (_mark, index: string) => aside[Number(index)] ?? "",
  );
};

const quoted = (markup: string): string =>
  markup.replace(/(?:^&gt; ?.*(?:\n|$))+/gm, (lines) => {
    const inner = lines.replace(/^&gt; ?/gm, "").replace(/\n$/, "");
    return `<blockquote>${inner}</blockquote>`;
  });

/** Slack's mrkdwn as markup: bold, italic, strike, code, quotes, links, mentions and emoji; all else is escaped. */
export const mrkdwn = (text: string): Markup =>
  raw(`<div class="prose">${quoted(inline(text)).replace(/\n?(<\/?(?:pre|blockquote)>)\n?/g, "$1")}</div>`);

/** Plain text with emoji. */
export const plain = (text: string): Markup => html`${raw(withEmoji(text))}`;
