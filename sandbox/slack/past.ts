import { versions } from "../monitoring/versions";
import type { Channel, Message, Workspace } from "./workspace";

/** A workspace as it was, for reads that are behind. */
export interface Past {
  /** @param lag how long ago, milliseconds */
  before(lag: number): Workspace;
}

// Channels and messages are changed in place; what was has to be kept apart.
const copied = (channel: Channel): Channel => ({
  ...channel,
  previousNames: [...channel.previousNames],
  members: new Set(channel.members),
  bookmarks: channel.bookmarks.map((bookmark) => ({ ...bookmark })),
  pins: new Set(channel.pins),
});

/** Keeps what was there, from now on; what is there now has always been. */
export const pastOf = (workspace: Workspace, now: () => number = Date.now): Past => {
  const channels = versions<Channel, string>(now);
  const messages = versions<Message, string>(now);
  const placeOf = ({ channel, ts }: Message): string => `${channel} ${ts}`;

  for (const channel of workspace.channels()) channels.seed(channel.id, copied(channel));
  for (const message of workspace.messages()) messages.seed(placeOf(message), { ...message });
  workspace.watch((event) => {
    if (event.kind === "channel") channels.set(event.channel.id, copied(event.channel));
    else if (event.kind === "message_deleted") messages.remove(placeOf(event.message));
    else messages.set(placeOf(event.message), { ...event.message });
  });

  return {
    before: (lag) => {
      const named = (name: string) => channels.list(lag).find((channel) => channel.name === name);
      return {
        ...workspace,
        channels: () => channels.list(lag),
        find: (idOrName) => channels.get(idOrName, lag) ?? named(idOrName.replace(/^#/, "")),
        named,
        messages: (channelId) =>
          messages.list(lag).filter(({ channel }) => channelId === undefined || channel === channelId),
        message: (channelId, ts) => messages.get(`${channelId} ${ts}`, lag),
      };
    },
  };
};
