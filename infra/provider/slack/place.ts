import type { SlackClient } from "./client";
import { idOf, lookUp } from "./existence";

/** Something in a channel, by its id of ours: "C0123ABCD/Bk0123ABCD". */
export interface Place {
  readonly channelId: string;
  readonly item: string;
}

export const placeId = ({ channelId, item }: Place): string => `${channelId}/${item}`;

/**
 * What an id names; of an import also with the channel's name: "#incidents/Runbook". A title may hold slashes.
 * @returns undefined where there is no such channel, or the id is none
 */
export const placeOf = async (
  slack: SlackClient,
  id: string,
  isImport: boolean,
): Promise<Place | undefined> => {
  const [, channel = "", item = ""] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
  if (channel === "") return undefined;
  if (!isImport) return { channelId: channel, item };
  const found = await lookUp(slack, channel, true);
  return found && { channelId: idOf(slack, found), item };
};
