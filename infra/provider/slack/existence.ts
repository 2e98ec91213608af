import type { ProviderError } from "../errors";
import { lookForSure, readForSure } from "./behind";
import type { ChannelInputs, ChannelState } from "./channel";
import type { SlackChannel, SlackClient } from "./client";
import { findChannel } from "./directory";
import { failure, mayBeMade, slackCode } from "./failures";

// Whether a channel is there: finding, making, joining and archiving it.

const isChannelId = (text: string): boolean => /^[CG][A-Z0-9]{7,}$/.test(text);

export const lookUp = async (
  slack: SlackClient,
  id: string,
  isImport: boolean,
): Promise<SlackChannel | undefined> => {
  if (!isImport || isChannelId(id)) return info(slack, id);
  const name = id.replace(/^#/, "");
  const now = slack.clock.now();
  return (await findChannel(slack, name, false, now)) ?? findChannel(slack, name, true, now);
};

export const info = async (slack: SlackClient, id: string): Promise<SlackChannel | undefined> => {
  const attempted = `reading the channel ${id}`;
  try {
    const answer = await slack.raw({
      method: "conversations.info",
      attempted,
      send: (web) => web.conversations.info({ channel: id }),
      unsure: ["channel_not_found"],
    });
    return answer.channel;
  } catch (error) {
    if (slackCode(error) === "channel_not_found") return undefined;
    throw slack.explained(error, attempted);
  }
};

/** The channel of the declared name: a new one, or the one that is there, joined. */
export const createOrAdopt = async (
  slack: SlackClient,
  declared: ChannelInputs,
  isLastTry = false,
): Promise<{ channel: SlackChannel; adopted: boolean }> => {
  const { name, isPrivate } = declared;
  const attempted = `creating the channel #${name}`;
  const started = slack.clock.now();
  try {
    const answer = await slack.raw({
      method: "conversations.create",
      attempted,
      send: (web) => web.conversations.create({ name, is_private: isPrivate }),
      isCreate: true,
    });
    return { channel: { ...answer.channel, is_member: true }, adopted: false };
  } catch (error) {
    const isTaken = slackCode(error) === "name_taken";
    if (!isTaken && !mayBeMade(error)) throw slack.explained(error, attempted);
    // A create whose answer was lost is never sent again before Slack has been asked what became of it.
    let after = started;
    const found = await lookForSure(slack, async () => {
      const listed = await findChannel(slack, name, isPrivate, after);
      after = slack.clock.now();
      return listed;
    });
    if (found !== undefined) {
      return { channel: await join(slack, found, name), adopted: isTaken && !isLastTry };
    }
    if (isTaken) throw takenByAnother(slack, declared);
    if (isLastTry) throw slack.explained(error, attempted);
    return createOrAdopt(slack, declared, true);
  }
};

const takenByAnother = (slack: SlackClient, { name, isPrivate }: ChannelInputs): ProviderError =>
  failure(
    slack.host,
    `creating the channel #${name}`,
    `the name is taken by something that is not a ${isPrivate ? "private" : "public"} channel which this bot sees`,
    isPrivate
      ? "It may be a public channel (no bot can change a channel's privacy), or a private one: then invite the bot to it. It may be an archived private channel, which keeps its name and which no bot sees: then let a member unarchive it and invite the bot. Otherwise choose another name."
      : "It may be a private channel (declare isPrivate: true and invite the bot to it), a user group or a member. Otherwise choose another name.",
  );

/** Makes the bot a member of a channel that was there, which topic and purpose need. */
export const join = async (
  slack: SlackClient,
  channel: SlackChannel,
  name: string,
): Promise<SlackChannel> => {
  const id = idOf(slack, channel);
  if (channel.is_archived === true) throw archivedOutside(slack, name, id);
  if (channel.is_member === true || channel.is_private === true) return channel;
  await slack.call({
    method: "conversations.join",
    attempted: `joining the channel #${name}`,
    send: (web) => web.conversations.join({ channel: id }),
  });
  return { ...channel, is_member: true };
};

/** Reads what only a member may, and joins the channel first where the bot is none. */
export const asMember = async <Answer>(
  slack: SlackClient,
  channelId: string,
  attempted: string,
  read: () => Promise<Answer>,
): Promise<Answer> => {
  try {
    return await read().catch(async (error: unknown) => {
      if (slackCode(error) !== "not_in_channel") throw error;
      await slack.raw({
        method: "conversations.join",
        attempted: `joining the channel ${channelId}`,
        send: (web) => web.conversations.join({ channel: channelId }),
      });
      // Slack may show only some seconds later that the bot is in.
      return readForSure(slack, ["not_in_channel"], read);
    });
  } catch (error) {
    throw slack.explained(error, attempted);
  }
};

export const archive = async (slack: SlackClient, id: string, state: ChannelState): Promise<void> => {
  const attempted = `archiving the channel #${state.name}`;
  try {
    await slack.raw({
      method: "conversations.archive",
      attempted,
      send: (web) => web.conversations.archive({ channel: id }),
    });
  } catch (error) {
    const code = slackCode(error);
    if (code === "already_archived" || code === "channel_not_found") return;
    if (code !== "not_in_channel") throw slack.explained(error, attempted);
    await join(slack, { id, is_private: state.isPrivate }, state.name);
    await slack.call({
      method: "conversations.archive",
      attempted,
      send: (web) => web.conversations.archive({ channel: id }),
    });
  }
};

export const idOf = (slack: SlackClient, channel: SlackChannel): string => {
  if (channel.id !== undefined && channel.id !== "") return channel.id;
  throw failure(slack.host, "reading Slack's answer", "it names no channel", "Check flymon:slackApiUrl.");
};

export const archivedOutside = (slack: SlackClient, name: string, id: string): ProviderError =>
  failure(
    slack.host,
    `using the channel #${name}`,
    `it is archived (${id}) and still holds its name, and bots cannot unarchive`,
    "Let a member unarchive it in Slack (open the channel, Settings, Unarchive) and run again, or declare another name.",
  );
