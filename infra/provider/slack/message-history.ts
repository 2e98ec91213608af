import type { MessageMetadata } from "@slack/web-api";
import { slackLimits } from "../../model/slack-limits";
import { lookForSure } from "./behind";
import type { SlackClient } from "./client";
import { asMember } from "./existence";
import { contentOf, type MessageContent } from "./message-content";

/** A message as the channel's history shows it. */
export interface ShownMessage {
  readonly ts: string;
  readonly content: MessageContent;
  readonly isPinned: boolean;
  /** The name by which it was posted; undefined for a message of somebody else's. */
  readonly name: string | undefined;
}

/** What is kept beside a message, so that it is found again; Slack shows it to apps only. */
export const markOf = (name: string): MessageMetadata => ({
  event_type: "flymon_message",
  event_payload: { name },
});

interface SlackMessage {
  readonly ts?: string;
  readonly blocks?: readonly object[];
  readonly pinned_to?: readonly string[];
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: object };
}

const shown = (channelId: string, message: SlackMessage): ShownMessage => {
  const { event_type, event_payload } = message.metadata ?? {};
  const name: unknown =
    event_type === markOf("").event_type && event_payload !== undefined && "name" in event_payload
      ? event_payload.name
      : undefined;
  return {
    ts: message.ts ?? "",
    content: contentOf(message.blocks ?? []),
    isPinned: message.pinned_to?.includes(channelId) ?? false,
    name: typeof name === "string" ? name : undefined,
  };
};

interface Window {
  readonly limit: number;
  readonly cursor?: string;
  readonly oldest?: string;
  readonly latest?: string;
  readonly inclusive?: boolean;
}

const history = async (slack: SlackClient, channelId: string, window: Window) => {
  const attempted = `reading the messages of ${channelId}`;
  const answer = await asMember(slack, channelId, attempted, () =>
    slack.raw({
      method: "conversations.history",
      attempted,
      send: (web) => web.conversations.history({ channel: channelId, include_all_metadata: true, ...window }),
      unsure: ["channel_not_found"],
    }),
  );
  return {
    messages: ((answer.messages ?? []) as readonly SlackMessage[]).map((message) =>
      shown(channelId, message),
    ),
    next: answer.response_metadata?.next_cursor ?? "",
  };
};

/** Of a long history so much is looked through for a message that no state knows: about 10,000 messages. */
const mostPages = 10;

/** The latest message of that name. */
export const findByName = async (
  slack: SlackClient,
  channelId: string,
  name: string,
): Promise<ShownMessage | undefined> => {
  let cursor = "";
  for (let page = 0; page < mostPages; page++) {
    const { messages, next } = await history(slack, channelId, {
      limit: slackLimits.messagesPerPage,
      ...(cursor !== "" && { cursor }),
    });
    const found = messages.find((message) => message.name === name);
    if (found !== undefined) return found;
    if (next === "") return undefined;
    cursor = next;
  }
  return undefined;
};

/** The message of that time; undefined when it was deleted. */
export const messageAt = async (
  slack: SlackClient,
  channelId: string,
  ts: string,
): Promise<ShownMessage | undefined> => {
  const window = { limit: 1, oldest: ts, latest: ts, inclusive: true };
  return lookForSure(slack, async () => {
    const { messages } = await history(slack, channelId, window);
    return messages.find((message) => message.ts === ts);
  });
};
