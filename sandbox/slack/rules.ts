/** Slack's limits, each with where it is documented. Lengths are in characters, an emoji counting as its code points. */
export const rules = {
  /** docs.slack.dev/reference/methods/conversations.create */
  channelNameLength: 80,
  /** docs.slack.dev/reference/methods/conversations.setTopic, setPurpose */
  topicLength: 250,
  /** docs.slack.dev/reference/methods/conversations.list: "under 1000", 100 by default */
  pageLimit: 999,
  pageDefault: 100,
  /** docs.slack.dev/reference/methods/conversations.invite */
  usersPerInvite: 100,
  /** docs.slack.dev/reference/methods/chat.postMessage: longer text is cut, not refused */
  textLength: 40_000,
  /** docs.slack.dev/reference/methods/chat.update: longer text is refused */
  updatedTextLength: 4_000,
  markdownLength: 12_000,
  attachments: 100,
  /** docs.slack.dev/reference/block-kit/blocks */
  blocks: 50,
  sectionText: 3_000,
  headerText: 150,
  /** Not documented, seen by users: slackapi/bolt-js issue 2509 */
  blocksTextTotal: 13_200,
  /** docs.slack.dev/reference/methods/bookmarks.add */
  bookmarkTitle: 256,
  bookmarkLink: 2_048,
  /** Not in the method's pages; Slack's help names 100 for both. */
  bookmarks: 100,
  pins: 100,
} as const;

/**
 * Calls a minute and method, per tier (docs.slack.dev/apis/web-api/rate-limits). The documented numbers are at least
 * so many, bursts tolerated; here a full minute's worth may come at once.
 */
export const callsPerMinute = { 1: 1, 2: 20, 3: 50, 4: 100, special: 300 } as const;
export type Tier = keyof typeof callsPerMinute;

/** Posting: one message a second and channel, short bursts allowed (the burst's size is not documented). */
export const posting = { perSecond: 1, burst: 5 } as const;

/** What is wrong with a channel's name, in Slack's word; undefined for a good name. */
export const nameFault = (name: string): string | undefined => {
  if (name === "") return "invalid_name_required";
  if (name.length > rules.channelNameLength) return "invalid_name_maxlength";
  if (!/^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name)) return "invalid_name_specials";
  return /[\p{L}\p{N}]/u.test(name) ? undefined : "invalid_name_punctuation";
};
