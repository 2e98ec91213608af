/**
 * What Slack accepts, in one place. Sources: docs.slack.dev/reference/methods/conversations.create (names),
 * conversations.setTopic and conversations.setPurpose (texts), conversations.list (page size).
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
} as const;

/** Lower-case letters, digits, hyphens and underscores, without the leading "#". */
export const slackChannelName = /^[a-z0-9_-]+$/;

/** The bot token's scopes that channels and messages need. */
export const slackBotScopes = [
  "channels:manage",
  "channels:read",
  "channels:join",
  "chat:write",
  "chat:write.public",
] as const;
