import type { Message, Workspace } from "./workspace";

/** A message as tests and the control API see it. */
export interface MessageView {
  /** The channel's name, without "#". */
  readonly channel: string;
  readonly channelId: string;
  readonly ts: string;
  /** When it arrived, ISO 8601. */
  readonly at: string;
  readonly via: "web-api" | "webhook";
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly attachments: readonly unknown[];
  /** Every text of the message, wherever it stands, a line each. */
  readonly plain: string;
  readonly edited: boolean;
}

const textKeys = ["pretext", "title", "text", "value", "footer", "fallback", "alt_text"] as const;

// Texts of blocks and attachments, in the order in which they are read; a fallback that repeats is dropped below.
const textsIn = (part: unknown): readonly string[] => {
  if (Array.isArray(part)) return part.flatMap(textsIn);
  if (typeof part !== "object" || part === null) return [];
  const fields = part as Readonly<Record<string, unknown>>;
  const own = textKeys.flatMap((key) => {
    const value = fields[key];
    return typeof value === "string" ? [value] : textsIn(value);
  });
  return [...own, ...textsIn(fields.fields), ...textsIn(fields.elements), ...textsIn(fields.blocks)];
};

/** Shows a message of the workspace. */
export const viewMessage = (workspace: Workspace, message: Message): MessageView => ({
  channel: workspace.find(message.channel)?.name ?? message.channel,
  channelId: message.channel,
  ts: message.ts,
  at: new Date(Number(message.ts) * 1_000).toISOString(),
  via: message.via,
  text: message.text,
  blocks: message.blocks,
  attachments: message.attachments,
  plain: [...new Set([message.text, ...textsIn(message.blocks), ...textsIn(message.attachments)])]
    .filter((text) => text !== "")
    .join("\n"),
  edited: message.editedTs !== undefined,
});

/** Messages in order of arrival: of one channel (id or name) where given, later than `after` (a ts) where given. */
export const viewMessages = (
  workspace: Workspace,
  { channel, after = "" }: { readonly channel?: string | undefined; readonly after?: string | undefined },
): readonly MessageView[] => {
  const found = channel === undefined ? undefined : workspace.find(channel);
  if (channel !== undefined && found === undefined) return [];
  return workspace
    .messages(found?.id)
    .filter(({ ts }) => ts > after)
    .map((message) => viewMessage(workspace, message));
};
