import { slackLimits } from "../../model/slack-limits";
import type { Listing, SlackChannel, SlackClient } from "./client";

const listingAgeMs = 30_000;
// A guard against a server that hands out cursors forever: 500 pages hold half a million channels.
const mostPages = 500;

/**
 * The channel of that name, archived ones too; undefined when the bot sees none. Slack has no search by name and
 * allows about 20 listings a minute, so that channels which are adopted together share one.
 * @param after time in ms: an older listing may not know the channel yet
 */
export const findChannel = async (
  slack: SlackClient,
  name: string,
  isPrivate: boolean,
  after: number,
): Promise<SlackChannel | undefined> => {
  const kind = isPrivate ? "private_channel" : "public_channel";
  const known = slack.shared.listings.get(kind);
  if (known !== undefined && slack.clock.now() - known.at < listingAgeMs) {
    const channel = (await known.byName).get(name);
    if (channel !== undefined || known.at >= after) return channel;
  }
  const listing: Listing = { at: slack.clock.now(), byName: listChannels(slack, kind) };
  slack.shared.listings.set(kind, listing);
  try {
    return (await listing.byName).get(name);
  } catch (error) {
    slack.shared.listings.delete(kind);
    throw error;
  }
};

const listChannels = async (
  slack: SlackClient,
  types: "public_channel" | "private_channel",
): Promise<ReadonlyMap<string, SlackChannel>> => {
  const byName = new Map<string, SlackChannel>();
  let cursor = "";
  for (let page = 0; page < mostPages; page++) {
    const answer = await slack.call({
      method: "conversations.list",
      attempted: "listing the workspace's channels",
      send: (web) =>
        web.conversations.list({
          types,
          limit: slackLimits.channelsPerPage,
          exclude_archived: false, // an archived channel still holds its name
          ...(cursor === "" ? {} : { cursor }),
        }),
    });
    // Slack filters after it has cut the page: a short or empty one does not mean the end, only a missing cursor does.
    for (const channel of answer.channels ?? []) {
      if (channel.name !== undefined) byName.set(channel.name, channel);
    }
    cursor = answer.response_metadata?.next_cursor ?? "";
    if (cursor === "") break;
  }
  return byName;
};
