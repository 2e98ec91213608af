import { z } from "zod";
import { slackLimits } from "../../model/slack-limits";
import type { ResourceKind } from "../resource";
import { connectSlack, type SlackWorld } from "./client";
import { createOnce } from "./create-once";
import { info } from "./existence";
import { failure, slackCode } from "./failures";
import { blocksOf, contentOf, digestOf, linksText, type MessageContent } from "./message-content";
import { findByName, markOf, messageAt, type ShownMessage } from "./message-history";
import { settleMessage } from "./message-settle";
import { placeId, placeOf } from "./place";
import { channelIdSchema, httpUrl } from "./schemas";

export type MessageInputs = MessageContent & {
  readonly channelId: string;
  readonly name: string;
  readonly pinned: boolean;
};
export type MessageState = MessageInputs & {
  readonly ts: string;
  readonly digest: string;
};

const withoutMargins = (text: string): boolean => text.trim() === text;

const inputs = z.strictObject({
  channelId: channelIdSchema,
  name: z
    .string("must be the message's name, as text")
    .regex(/^[a-z0-9][a-z0-9-]{0,79}$/, "must be at most 80 of a-z, 0-9 and -")
    .describe("Which of flymon's messages in the channel it is; kept beside the message, shown to nobody."),
  title: z
    .string("must be the message's title, as text")
    .min(1, "must not be empty")
    .max(slackLimits.messageTitle, `must have at most ${slackLimits.messageTitle} characters`)
    .refine((title) => withoutMargins(title) && !/[\r\n]/.test(title), "must be one line without margins")
    .describe("The heading, plain text; it stands in notifications, too."),
  text: z
    .string("must be the message's text")
    .min(1, "must not be empty")
    .max(slackLimits.messageText, `must have at most ${slackLimits.messageText} characters`)
    .refine(withoutMargins, "must not begin or end with spaces or empty lines")
    .describe(
      "The text, in Slack's mrkdwn: *bold*, `code`, <https://...|label>; write &amp;, &lt; and &gt;.",
    ),
  links: z
    .array(
      z.strictObject({
        label: z
          .string("must be the link's label, as text")
          .min(1, "must not be empty")
          .regex(/^[^\r\n|]+$/, "must be one line without |"),
        url: httpUrl(slackLimits.bookmarkLink),
      }),
      "must be a list of links",
    )
    .refine(
      (links) => linksText(links).length <= slackLimits.messageText,
      `must have at most ${slackLimits.messageText} characters, all links together`,
    )
    .optional()
    .describe("Links below the text."),
  pinned: z
    .boolean("must be true or false")
    .default(true)
    .describe("Whether it stands among the channel's pinned messages."),
});

const computed = z.object({
  ts: z.string().describe("Slack's id of the message in its channel."),
  digest: z.string().describe("Tells whether the message says what was last written."),
});

const stateOf = (declared: MessageInputs, { ts, isPinned }: ShownMessage, digest: string): MessageState => ({
  ...declared,
  pinned: isPinned,
  ts,
  digest,
});

/** What a message says now; in the words of the last apply where nothing has changed since. */
const seen = (channelId: string, message: ShownMessage, prior: MessageState | undefined): MessageState => {
  const digest = digestOf(message.content);
  const isSame = prior?.digest === digest;
  return {
    channelId,
    // Not every answer tells the mark; what a state knows of is ours.
    name: message.name ?? prior?.name ?? "",
    ...(isSame ? contentPart(prior) : message.content),
    pinned: message.isPinned,
    ts: message.ts,
    digest,
  };
};

const contentPart = ({ title, text, links }: MessageContent): MessageContent => ({
  title,
  text,
  ...(links && { links }),
});

/**
 * A message that stays, pinned to its channel: what alerts come here and where the runbook is. It is posted once,
 * changed in place and deleted with the resource. Its name is kept beside it as metadata, so that it is found again
 * where an answer was lost or a run was killed, and is never posted twice. The bot joins the channel for it: Slack
 * shows a history to members only.
 */
export const messageKind = (world: SlackWorld): ResourceKind<MessageInputs, MessageState> => ({
  type: "flymon:slack:Message",
  description: "A message that stays in a Slack channel, pinned.",
  inputs,
  computed,
  replaceOn: ["channelId"],
  secretOutputs: [],
  openInputs: ["name", "title", "text", "links"],

  plan: (_inputs, state) => (state === undefined ? {} : { ts: state.ts }),

  create: async (declared, context) => {
    const { channelId, name, title } = declared;
    const attempted = `posting the message "${title}"`;
    const slack = connectSlack(world, context, attempted);
    return slack.shared.lock(`message ${channelId} ${name}`, async () => {
      const { thing, adopted } = await createOnce(
        slack,
        attempted,
        () => findByName(slack, channelId, name),
        async (): Promise<ShownMessage> => {
          const answer = await slack.raw({
            method: "chat.postMessage",
            attempted,
            send: (web) =>
              web.chat.postMessage({
                channel: channelId,
                text: title,
                blocks: blocksOf(declared),
                metadata: markOf(name),
                unfurl_links: false,
                unfurl_media: false,
              }),
            isCreate: true,
          });
          if (answer.ts === undefined) {
            const mend = "Check flymon:slackApiUrl.";
            throw failure(slack.host, "reading Slack's answer", "it names no message", mend);
          }
          const content = contentOf(answer.message?.blocks ?? blocksOf(declared));
          return { ts: answer.ts, content, isPinned: false, name };
        },
      );
      // One that was just posted says what is declared, however Slack spells it.
      const now = adopted
        ? seen(channelId, thing, undefined)
        : stateOf(declared, thing, digestOf(thing.content));
      const state = await settleMessage(slack, thing, now, declared);
      return { id: placeId({ channelId, item: state.ts }), state };
    });
  },

  read: async (id, state, context) => {
    const attempted = `reading the message ${id}`;
    const slack = connectSlack(world, context, attempted);
    const place = await placeOf(slack, id, state === undefined);
    if (place === undefined) return undefined;
    const { channelId, item } = place;
    const channel = await info(slack, channelId);
    if (channel === undefined) return undefined;
    if (channel.is_archived === true && state !== undefined) {
      // No bot is in an archived channel, and so none sees its messages.
      slack.log("info", `The message "${state.title}" cannot be looked at while its channel is archived.`);
      return { id, state };
    }
    const message = /^\d+\.\d{6}$/.test(item)
      ? await messageAt(slack, channelId, item)
      : await findByName(slack, channelId, item);
    if (message === undefined) return undefined;
    return { id: placeId({ channelId, item: message.ts }), state: seen(channelId, message, state) };
  },

  update: async (_id, state, declared, context) => {
    const attempted = `changing the message "${state.title}"`;
    const slack = connectSlack(world, context, attempted);
    return slack.shared.lock(`message ${declared.channelId} ${declared.name}`, async () => {
      const message = await messageAt(slack, declared.channelId, state.ts);
      if (message !== undefined)
        return settleMessage(slack, message, seen(declared.channelId, message, state), declared, state);
      throw failure(
        slack.host,
        attempted,
        `it was deleted (${state.ts})`,
        "Run `pulumi refresh` to forget it; the next `pulumi up` posts it anew.",
      );
    });
  },

  delete: async (_id, { channelId, ts, title }, context) => {
    const attempted = `deleting the message "${title}"`;
    const slack = connectSlack(world, context, attempted);
    try {
      // Its pin goes with it.
      await slack.raw({
        method: "chat.delete",
        attempted,
        send: (web) => web.chat.delete({ channel: channelId, ts }),
      });
    } catch (error) {
      const code = slackCode(error) ?? "";
      if (goneCodes.has(code)) return;
      if (!frozenCodes.has(code)) throw slack.explained(error, attempted);
      slack.log("info", `The message "${title}" stays: its channel is archived, and nothing changes there.`);
    }
  },
});

const goneCodes: ReadonlySet<string> = new Set(["message_not_found", "channel_not_found"]);
const frozenCodes: ReadonlySet<string> = new Set(["is_archived", "is_inactive"]);
