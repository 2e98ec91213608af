import { z } from "zod";
import { rules } from "./rules";

/** A layout block; only what every block has is fixed, the page renders what it knows. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };
/** A legacy attachment, as alerting tools send them. */
export type Attachment = Readonly<Record<string, unknown>>;

/** What a post carries, checked and cut; or the refusal in Slack's word. */
export type Content =
  | {
      readonly kind: "content";
      readonly text: string;
      readonly blocks: readonly Block[];
      readonly attachments: readonly Attachment[];
      readonly truncated: boolean;
    }
  | { readonly kind: "refused"; readonly error: string; readonly messages?: readonly string[] };

const blockTypes = [
  "actions",
  "alert",
  "call",
  "card",
  "carousel",
  "context",
  "context_actions",
  "divider",
  "file",
  "header",
  "image",
  "input",
  "markdown",
  "plan",
  "rich_text",
  "section",
  "share_shortcut",
  "table",
  "task_card",
  "video",
] as const;

// Lists arrive as JSON text in a form and as lists in JSON; both are the same to the methods.
const listSchema = z
  .union([
    z.array(z.unknown()),
    z
      .string()
      .transform((text) => JSON.parse(text) as unknown)
      .pipe(z.array(z.unknown())),
  ])
  .pipe(z.array(z.looseObject({})));

const parseList = (value: unknown): readonly Readonly<Record<string, unknown>>[] | undefined => {
  if (value === undefined || value === null || value === "") return [];
  try {
    const parsed = listSchema.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // text that is no JSON
  }
};

const textOf = (value: unknown): string => {
  const parsed = z.looseObject({ text: z.string() }).safeParse(value);
  return parsed.success ? parsed.data.text : "";
};
const textsOf = (block: Readonly<Record<string, unknown>>): readonly string[] => [
  textOf(block.text),
  ...[block.fields, block.elements].flatMap((list) => (Array.isArray(list) ? list.map(textOf) : [])),
];

const blockMistakes = (block: Readonly<Record<string, unknown>>, index: number): readonly string[] => {
  const at = `[json-pointer:/blocks/${index}`;
  if (typeof block.type !== "string") return [`missing required field: type ${at}]`];
  if (!(blockTypes as readonly string[]).includes(block.type))
    return [`unsupported type: ${block.type} ${at}/type]`];
  const limit = { section: rules.sectionText, header: rules.headerText }[block.type];
  if (limit !== undefined && textOf(block.text).length > limit)
    return [`must be less than ${limit + 1} characters ${at}/text/text]`];
  const empty = textOf(block.text) === "" && !Array.isArray(block.fields);
  return limit !== undefined && empty ? [`missing required field: text ${at}]`] : [];
};

/** Checks the content of a post in the order in which Slack complains. */
export const readContent = (args: Readonly<Record<string, unknown>>): Content => {
  const blocks = parseList(args.blocks);
  if (blocks === undefined) return { kind: "refused", error: "invalid_blocks_format" };
  if (blocks.length > rules.blocks)
    return {
      kind: "refused",
      error: "invalid_blocks",
      messages: [`no more than ${rules.blocks} items allowed [json-pointer:/blocks]`],
    };
  const mistakes = blocks.flatMap(blockMistakes);
  if (mistakes.length > 0) return { kind: "refused", error: "invalid_blocks", messages: mistakes };
  const total = blocks.flatMap(textsOf).reduce((sum, text) => sum + text.length, 0);
  if (total > rules.blocksTextTotal) return { kind: "refused", error: "msg_blocks_too_long" };

  const attachments = parseList(args.attachments);
  if (attachments === undefined) return { kind: "refused", error: "invalid_attachments" };
  if (attachments.length > rules.attachments) return { kind: "refused", error: "too_many_attachments" };

  const text = typeof args.text === "string" ? args.text : "";
  const markdown = typeof args.markdown_text === "string" ? args.markdown_text : "";
  if (markdown !== "" && (text !== "" || blocks.length > 0))
    return { kind: "refused", error: "markdown_text_conflict" };
  if (markdown.length > rules.markdownLength) return { kind: "refused", error: "msg_too_long" };
  const whole = text === "" ? markdown : text;
  if (whole.trim() === "" && blocks.length === 0 && attachments.length === 0)
    return { kind: "refused", error: "no_text" };

  return {
    kind: "content",
    text: whole.slice(0, rules.textLength),
    blocks: blocks as readonly Block[],
    attachments,
    truncated: whole.length > rules.textLength,
  };
};
