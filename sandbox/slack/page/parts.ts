import { html } from "hono/html";
import type { Attachment, Block } from "../message-parts";
import type { Markup } from "../../page/document";
import { mrkdwn, plain } from "./mrkdwn";

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const nothing = html``;

/** A text object: mrkdwn or plain_text; a bare string is mrkdwn. */
const textObject = (value: unknown): Markup => {
  if (typeof value === "string") return mrkdwn(value);
  if (!isFields(value)) return nothing;
  return value.type === "plain_text" ? plain(text(value.text)) : mrkdwn(text(value.text));
};

/** An address to follow. Pictures are named, never loaded: the page takes nothing from elsewhere. */
const link = (address: unknown, label: Markup): Markup =>
  /^https?:/i.test(text(address))
    ? html`<a href="${text(address)}" rel="noreferrer noopener" target="_blank">${label}</a>`
    : label;

const fieldGrid = (fields: readonly Markup[]): Markup =>
  fields.length === 0
    ? nothing
    : html`<div class="fields">${fields.map((field) => html`<div>${field}</div>`)}</div>`;

const element = (fields: Fields): Markup => {
  switch (fields.type) {
    case "button":
      return html`<span class="button ${text(fields.style)}"
        >${link(fields.url, textObject(fields.text))}</span
      >`;
    case "image":
      return html`<span class="picture">🖼 ${plain(text(fields.alt_text))}</span>`;
    default:
      return textObject(fields);
  }
};

const richStyle = (fields: Fields, inner: Markup): Markup => {
  const style = isFields(fields.style) ? fields.style : {};
  const coded = style.code === true ? html`<code>${inner}</code>` : inner;
  const bold = style.bold === true ? html`<strong>${coded}</strong>` : coded;
  const italic = style.italic === true ? html`<em>${bold}</em>` : bold;
  return style.strike === true ? html`<s>${italic}</s>` : italic;
};

const rich = (fields: Fields): Markup => {
  const inner = list(fields.elements).map(rich);
  switch (fields.type) {
    case "text":
      return richStyle(fields, plain(text(fields.text)));
    case "link":
      return richStyle(fields, link(fields.url, plain(text(fields.text) || text(fields.url))));
    case "emoji":
      return plain(`:${text(fields.name)}:`);
    case "user":
      return html`<b class="mention">@${text(fields.user_id)}</b>`;
    case "channel":
      return html`<b class="mention">#${text(fields.channel_id)}</b>`;
    case "broadcast":
      return html`<b class="mention">@${text(fields.range)}</b>`;
    case "rich_text_list":
      return fields.style === "ordered"
        ? html`<ol>
            ${inner.map((item) => html`<li>${item}</li>`)}
          </ol>`
        : html`<ul>
            ${inner.map((item) => html`<li>${item}</li>`)}
          </ul>`;
    case "rich_text_quote":
      return html`<blockquote>${inner}</blockquote>`;
    case "rich_text_preformatted":
      return html`<pre>${inner}</pre>`;
    default:
      return html`${inner}`;
  }
};

/** One layout block. Of a kind that the page does not know, the name is shown, so that nothing is lost in silence. */
export const block = (given: Block): Markup => {
  switch (given.type) {
    case "header":
      return html`<h3>${textObject(given.text)}</h3>`;
    case "section":
      return html`<div class="section">
        ${textObject(given.text)}${fieldGrid(list(given.fields).map(textObject))}${isFields(given.accessory) ? element(given.accessory) : nothing}
      </div>`;
    case "context":
      return html`<div class="context">
        ${list(given.elements).map((item) => html`<span>${element(item)}</span>`)}
      </div>`;
    case "actions":
      return html`<div class="actions">${list(given.elements).map(element)}</div>`;
    case "divider":
      return html`<hr />`;
    case "image":
      return html`<div class="picture">🖼 ${link(given.image_url, plain(text(given.alt_text)))}</div>`;
    case "markdown":
      return html`<div class="section">${mrkdwn(text(given.text))}</div>`;
    case "rich_text":
      return html`<div class="section">${list(given.elements).map(rich)}</div>`;
    default:
      return html`<div class="context">[${given.type}]</div>`;
  }
};

const namedColours: Readonly<Record<string, string>> = {
  good: "#2eb67d",
  warning: "#ecb22e",
  danger: "#e01e5a",
};
const colour = (value: unknown): string => {
  const given = text(value);
  return namedColours[given] ?? (/^#?[0-9a-f]{6}$/i.test(given) ? `#${given.replace("#", "")}` : "#8d8d94");
};

/** A legacy attachment, with its bar of colour. The colour stands in an attribute of its own; the script applies none. */
export const attachment = (given: Attachment): Markup => {
  const fields = list(given.fields).map(
    (field) => html`<strong class="name">${plain(text(field.title))}</strong>${mrkdwn(text(field.value))}`,
  );
  const blocks = list(given.blocks).filter((part): part is Block => typeof part.type === "string");
  const empty =
    [given.pretext, given.title, given.text].every((part) => text(part) === "") &&
    fields.length + blocks.length === 0;
  return html`${text(given.pretext) === "" ? nothing : html`<div class="pretext">${mrkdwn(text(given.pretext))}</div>`}
    <div class="attachment">
      <svg class="bar" width="4" height="100%" aria-hidden="true">
        <rect width="4" height="100%" rx="2" fill="${colour(given.color)}" />
      </svg>
      <div>
        ${text(given.title) === "" ? nothing : html`<div class="title">${link(given.title_link, plain(text(given.title)))}</div>`}
        ${text(given.text) === "" ? nothing : html`<div>${mrkdwn(text(given.text))}</div>`}
        ${blocks.map(block)}${fieldGrid(fields)}
        ${empty ? html`<div>${mrkdwn(text(given.fallback))}</div>` : nothing}
        ${text(given.footer) === "" ? nothing : html`<div class="context">${plain(text(given.footer))}</div>`}
      </div>
    </div>`;
};
