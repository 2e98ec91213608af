/**
 * What Slack accepts, in one place. Sources, all below docs.slack.dev/reference: methods/conversations.create (names),
 * conversations.setTopic and conversations.setPurpose (texts), conversations.list, conversations.members and
 * conversations.history (page sizes), conversations.invite, bookmarks.add, block-kit/blocks (a message's parts).
 */
export const slackLimits = {
  /** Characters in a channel's name. */
  channelName: 80,
  /** Characters in a channel's topic. */
  topic: 250,
  /** Characters in a channel's purpose. */
  purpose: 250,
  /** Channels asked for a page; Slack takes fewer than 1,000. */
  channelsPerPage: 999,
  /** Members asked for a page. */
  membersPerPage: 999,
  /** People invited by one call. */
  invited: 100,
  /** Characters in a bookmark's title. */
  bookmarkTitle: 256,
  /** Characters in a bookmark's link. */
  bookmarkLink: 2_048,
  /** Characters in a message's title, which is a block of the kind "header". */
  messageTitle: 150,
  /** Characters in a message's text, and in all of its links together: each is a block of the kind "section". */
  messageText: 3_000,
  /** Messages asked for a page. */
  messagesPerPage: 999,
} as const;

/**
 * Calls a minute that Slack grants for a method and workspace at least
 * (docs.slack.dev/apis/web-api/rate-limits: tiers 2 to 4). More may be refused, with the time after which to come back.
 */
export const slackCallsPerMinute: { readonly [method: string]: number } = {
  "conversations.create": 20,
  "conversations.list": 20,
  "conversations.setTopic": 20,
  "conversations.setPurpose": 20,
  "conversations.archive": 20,
  "conversations.rename": 20,
  "conversations.info": 50,
  "conversations.join": 50,
  "conversations.invite": 50,
  "conversations.history": 50,
  "conversations.members": 100,
  "users.lookupByEmail": 50,
  "chat.postMessage": 60,
  "chat.update": 50,
  "chat.delete": 50,
  "pins.add": 20,
  "pins.remove": 20,
  "bookmarks.add": 20,
  "bookmarks.edit": 20,
  "bookmarks.remove": 20,
  "bookmarks.list": 50,
};

/** Lower-case letters, digits, hyphens and underscores, without the leading "#". */
export const slackChannelName = /^[a-z0-9_-]+$/;

/** Somebody in the workspace: Slack's id of them, or their e-mail. */
export const slackMember = /^([UW][A-Z0-9]{6,}|[^\s@,]+@[^\s@,]+)$/;

/** The bot token's scopes that channels and messages need. */
export const slackBotScopes = [
  "channels:manage",
  "channels:read",
  "channels:join",
  "chat:write",
  "chat:write.public",
] as const;

/** Scopes that a bot needs besides, only where something is declared that needs them. */
export const slackScopesOnDemand = {
  "private channels": ["groups:read", "groups:write"],
  "members by e-mail": ["users:read.email"],
  bookmarks: ["bookmarks:read", "bookmarks:write"],
  "pinned messages": ["channels:history", "pins:write"],
  "pinned messages in private channels": ["groups:history", "pins:write"],
} as const;
