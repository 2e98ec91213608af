import { z } from "zod";
import { slackLimits } from "../../model/slack-limits";
import type { ResourceKind } from "../resource";
import { lookForSure } from "./behind";
import { connectSlack, type SlackClient, type SlackWorld } from "./client";
import { createOnce } from "./create-once";
import { failure, slackCode } from "./failures";
import { placeId, placeOf } from "./place";
import { channelIdSchema, httpUrl } from "./schemas";
import { unescaped } from "./text";

export type BookmarkInputs = {
  readonly channelId: string;
  readonly title: string;
  readonly link: string;
  readonly emoji?: string | undefined;
};
export type BookmarkState = BookmarkInputs & { readonly bookmarkId: string };

const inputs = z.strictObject({
  channelId: channelIdSchema,
  title: z
    .string("must be the bookmark's title, as text")
    .min(1, "must not be empty")
    .max(slackLimits.bookmarkTitle, `must have at most ${slackLimits.bookmarkTitle} characters`)
    .refine((title) => title.trim() === title && !/[\r\n]/.test(title), "must be one line without margins")
    .describe("The title, by which a bookmark of the channel is found again."),
  link: httpUrl(slackLimits.bookmarkLink).describe("Where it leads."),
  emoji: z
    .string("must be an emoji's name, as text")
    .regex(/^:[\w+-]+:$/, 'must be an emoji\'s name, such as ":book:"')
    .optional()
    .describe("What stands before the title; left as it is where not declared."),
});

const computed = z.object({ bookmarkId: z.string().describe("Slack's id of the bookmark.") });

/** What is used of Slack's bookmark object. */
interface SlackBookmark {
  readonly id?: string;
  readonly title?: string;
  readonly link?: string;
  readonly emoji?: string | undefined;
}

const listed = async (slack: SlackClient, channelId: string): Promise<readonly SlackBookmark[]> => {
  const answer = await slack.raw({
    method: "bookmarks.list",
    attempted: `listing the bookmarks of ${channelId}`,
    send: (web) => web.bookmarks.list({ channel_id: channelId }),
    unsure: ["channel_not_found"],
  });
  return answer.bookmarks ?? [];
};

const titleOf = ({ title = "" }: SlackBookmark): string => unescaped(title);
const linkOf = ({ link = "" }: SlackBookmark): string => unescaped(link);

/** The one bookmark of that title; of several, the one that leads where it is declared to lead. */
const oneOf = (
  slack: SlackClient,
  all: readonly SlackBookmark[],
  { channelId, title, link }: { readonly channelId: string; readonly title: string; readonly link?: string },
): SlackBookmark | undefined => {
  const titled = all.filter((bookmark) => titleOf(bookmark) === title);
  if (titled.length < 2) return titled[0];
  const same = titled.filter((bookmark) => linkOf(bookmark) === link);
  if (same.length === 1) return same[0];
  throw failure(
    slack.host,
    `looking up the bookmark "${title}" of ${channelId}`,
    `there are ${titled.length} of that title, and nothing tells which is meant`,
    "Remove all but one in Slack, or declare another title.",
  );
};

const stateOf = (
  slack: SlackClient,
  channelId: string,
  bookmark: SlackBookmark,
  declared: Partial<BookmarkInputs> | undefined,
): BookmarkState => {
  const { id = "", emoji = "" } = bookmark;
  if (id === "") {
    const mend = "Check flymon:slackApiUrl.";
    throw failure(slack.host, "reading Slack's answer", "it names no bookmark", mend);
  }
  const isManaged = declared === undefined ? emoji !== "" : declared.emoji !== undefined;
  return {
    channelId,
    title: titleOf(bookmark),
    link: linkOf(bookmark),
    ...(isManaged && { emoji }),
    bookmarkId: id,
  };
};

/** Brings a bookmark that is there in line, where it differs, or the state does: what was found may be what was before. */
const settle = async (
  slack: SlackClient,
  found: SlackBookmark,
  declared: BookmarkInputs,
  prior?: BookmarkState,
): Promise<BookmarkState> => {
  const { channelId, title, link } = declared;
  // One that was declared and no longer is goes, as the diff has shown.
  const emoji = declared.emoji ?? (prior?.emoji === undefined ? undefined : "");
  const isSame = (known: SlackBookmark): boolean =>
    titleOf(known) === title &&
    linkOf(known) === link &&
    (emoji === undefined || (known.emoji ?? "") === emoji);
  if (isSame(found) && (prior === undefined || isSame(prior)))
    return stateOf(slack, channelId, found, declared);
  await slack.call({
    method: "bookmarks.edit",
    attempted: `changing the bookmark "${title}"`,
    send: (web) =>
      web.bookmarks.edit({
        channel_id: channelId,
        bookmark_id: found.id ?? "",
        title,
        link,
        ...(emoji !== undefined && { emoji }),
      }),
  });
  const changed = { ...found, title, link, ...(emoji !== undefined && { emoji }) };
  return stateOf(slack, channelId, changed, declared);
};

/**
 * A link above a channel's messages. Slack takes two of one title, so the title in its channel is what a bookmark goes
 * by: one that is there is adopted, and nothing is done where several could be meant.
 */
export const bookmarkKind = (world: SlackWorld): ResourceKind<BookmarkInputs, BookmarkState> => ({
  type: "flymon:slack:ChannelBookmark",
  description: "A link above a Slack channel's messages, made or adopted by title.",
  inputs,
  computed,
  replaceOn: ["channelId"],
  secretOutputs: [],
  openInputs: ["title", "link", "emoji"],

  plan: (_inputs, state) => (state === undefined ? {} : { bookmarkId: state.bookmarkId }),

  create: async (declared, context) => {
    const { channelId, title, link, emoji } = declared;
    const attempted = `adding the bookmark "${title}" to ${channelId}`;
    const slack = connectSlack(world, context, attempted);
    return slack.shared.lock(`bookmark ${channelId} ${title}`, async () => {
      const { thing, adopted } = await createOnce(
        slack,
        attempted,
        async () => {
          try {
            return oneOf(slack, await listed(slack, channelId), declared);
          } catch (error) {
            throw slack.explained(error, attempted);
          }
        },
        async (): Promise<SlackBookmark> => {
          const answer = await slack.raw({
            method: "bookmarks.add",
            attempted,
            send: (web) =>
              web.bookmarks.add({
                channel_id: channelId,
                title,
                type: "link",
                link,
                ...(emoji !== undefined && { emoji }),
              }),
            isCreate: true,
          });
          return { title, link, ...(emoji !== undefined && { emoji }), ...answer.bookmark };
        },
      );
      const state = adopted
        ? await settle(slack, thing, declared)
        : stateOf(slack, channelId, thing, declared);
      return { id: placeId({ channelId, item: state.bookmarkId }), state };
    });
  },

  read: async (id, state, context) => {
    const attempted = `reading the bookmark ${id}`;
    const slack = connectSlack(world, context, attempted);
    const place = await placeOf(slack, id, state === undefined);
    if (place === undefined) return undefined;
    const { channelId, item } = place;
    try {
      const found = await lookForSure(slack, async () => {
        const all = await listed(slack, channelId);
        const byId = all.find((bookmark) => bookmark.id === item);
        return byId ?? (state === undefined ? oneOf(slack, all, { channelId, title: item }) : undefined);
      });
      if (found === undefined) return undefined;
      const now = stateOf(slack, channelId, found, state);
      return { id: placeId({ channelId, item: now.bookmarkId }), state: now };
    } catch (error) {
      if (slackCode(error) === "channel_not_found") return undefined;
      throw slack.explained(error, attempted);
    }
  },

  update: async (_id, state, declared, context) => {
    const attempted = `changing the bookmark "${state.title}"`;
    const slack = connectSlack(world, context, attempted);
    const found = await lookForSure(slack, async () => {
      const all = await listed(slack, declared.channelId);
      return all.find(({ id }) => id === state.bookmarkId);
    }).catch((error: unknown) => {
      throw slack.explained(error, attempted);
    });
    if (found !== undefined) return settle(slack, found, declared, state);
    throw failure(
      slack.host,
      attempted,
      `it is gone (${state.bookmarkId})`,
      "Run `pulumi refresh` to forget it; the next `pulumi up` adds it anew.",
    );
  },

  delete: async (_id, { channelId, bookmarkId, title }, context) => {
    const attempted = `removing the bookmark "${title}"`;
    const slack = connectSlack(world, context, attempted);
    try {
      await slack.raw({
        method: "bookmarks.remove",
        attempted,
        send: (web) => web.bookmarks.remove({ channel_id: channelId, bookmark_id: bookmarkId }),
      });
    } catch (error) {
      if (goneCodes.has(slackCode(error) ?? "")) return;
      throw slack.explained(error, attempted);
    }
  },
});

const goneCodes: ReadonlySet<string> = new Set(["not_found", "channel_not_found"]);
