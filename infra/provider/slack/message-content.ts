import type { KnownBlock } from "@slack/web-api";
import { createHash } from "node:crypto";
import { escaped, unescaped } from "./text";

// What a message says, and how that stands in Slack's blocks.

export type MessageLink = { readonly label: string; readonly url: string };
export type MessageContent = {
  readonly title: string;
  readonly text: string;
  readonly links?: readonly MessageLink[] | undefined;
};

const linksBlockId = "flymon-links";

/** The line of all links, as markup. */
export const linksText = (links: readonly MessageLink[]): string =>
  links.map(({ label, url }) => `<${escaped(url)}|${escaped(label)}>`).join("  ·  ");

export const blocksOf = ({ title, text, links = [] }: MessageContent): KnownBlock[] => [
  { type: "header", text: { type: "plain_text", text: title } },
  { type: "section", text: { type: "mrkdwn", text } },
  ...(links.length === 0
    ? []
    : [
        {
          type: "section" as const,
          block_id: linksBlockId,
          text: { type: "mrkdwn" as const, text: linksText(links) },
        },
      ]),
];

interface ShownBlock {
  readonly type?: unknown;
  readonly block_id?: unknown;
  readonly text?: unknown;
}

const textOf = ({ text }: ShownBlock): string => {
  const inner =
    typeof text === "object" && text !== null ? (text as { readonly text?: unknown }).text : undefined;
  return typeof inner === "string" ? inner : "";
};

/** What the blocks of a message say that somebody may have changed since. */
export const contentOf = (blocks: readonly object[]): MessageContent => {
  const shown: readonly ShownBlock[] = blocks;
  const isLinks = ({ block_id }: ShownBlock): boolean => block_id === linksBlockId;
  const header = shown.find(({ type }) => type === "header");
  const section = shown.find((block) => block.type === "section" && !isLinks(block));
  const links = shown.filter(isLinks).flatMap((block) =>
    [...textOf(block).matchAll(/<([^<>|]+)\|([^<>]*)>/g)].map(([, url = "", label = ""]) => ({
      label: unescaped(label),
      url: unescaped(url),
    })),
  );
  return {
    title: header === undefined ? "" : unescaped(textOf(header)),
    text: section === undefined ? "" : textOf(section),
    ...(links.length > 0 && { links }),
  };
};

/** The same for the same content, however Slack has spelled it. */
export const digestOf = (content: MessageContent): string =>
  createHash("sha256")
    .update(JSON.stringify([content.title, content.text, linksText(content.links ?? [])]))
    .digest("hex")
    .slice(0, 16);
