import { messageOf, PartialFailure } from "../errors";
import type { ChannelInputs, ChannelState } from "./channel";
import type { SlackChannel, SlackClient } from "./client";
import { join } from "./existence";
import { invite, membersPresent } from "./members";
import { plainText } from "./text";

// What a channel is, against what is declared: name, topic, purpose, members.

/**
 * Brings name, topic, purpose and members of an existing channel in line, each only where it differs; a text also
 * where the state differs: what was found may be what was there before the last write.
 * @throws PartialFailure with the state as it is now, when Slack refuses some of it or the run is interrupted
 */
export const settle = async (
  slack: SlackClient,
  id: string,
  found: SlackChannel,
  declared: ChannelInputs,
  adopted: boolean,
  prior?: ChannelState,
): Promise<ChannelState> => {
  let channel = found;
  const reasons: string[] = [];
  const step = async (change: () => Promise<SlackChannel>): Promise<void> => {
    try {
      channel = { ...channel, ...(await change()) };
    } catch (error) {
      reasons.push(messageOf(error));
    }
  };

  const wanted = {
    // A text that was declared and no longer is becomes empty, as the diff has shown.
    topic: declared.topic ?? (prior?.topic === undefined ? undefined : ""),
    purpose: declared.purpose ?? (prior?.purpose === undefined ? undefined : ""),
  };
  const differs = (key: "topic" | "purpose"): boolean =>
    wanted[key] !== undefined &&
    (wanted[key] !== plainText(channel[key]?.value ?? "") || wanted[key] !== (prior?.[key] ?? wanted[key]));

  if (channel.name !== undefined && channel.name !== declared.name) {
    await step(async () => {
      await slack.call({
        method: "conversations.rename",
        attempted: `renaming the channel #${channel.name} to #${declared.name}`,
        send: (web) => web.conversations.rename({ channel: id, name: declared.name }),
      });
      return { name: declared.name };
    });
  }
  if (differs("topic") || differs("purpose")) {
    await step(() => join(slack, channel, declared.name));
  }
  if (reasons.length === 0 && differs("topic")) {
    await step(async () => {
      await slack.call({
        method: "conversations.setTopic",
        attempted: `setting the topic of #${declared.name}`,
        send: (web) => web.conversations.setTopic({ channel: id, topic: wanted.topic ?? "" }),
      });
      return { topic: { value: wanted.topic ?? "" } };
    });
  }
  if (differs("purpose")) {
    await step(async () => {
      await slack.call({
        method: "conversations.setPurpose",
        attempted: `setting the purpose of #${declared.name}`,
        send: (web) => web.conversations.setPurpose({ channel: id, purpose: wanted.purpose ?? "" }),
      });
      return { purpose: { value: wanted.purpose ?? "" } };
    });
  }

  let members: readonly string[] | undefined;
  if (declared.members !== undefined) {
    members = prior?.members?.filter((member) => declared.members?.includes(member)) ?? [];
    await step(async () => {
      const joined = await join(slack, channel, declared.name);
      members = await membersPresent(slack, id, joined, declared.members);
      const invited = await invite(slack, id, declared, members ?? []);
      members = invited.present;
      reasons.push(...invited.reasons);
      return joined;
    });
  }
  const staying = prior?.members?.filter((member) => declared.members?.includes(member) !== true) ?? [];
  if (staying.length > 0) {
    slack.log("info", `${staying.join(", ")} may stay in #${declared.name}: flymon takes nobody out.`);
  }

  const state = { ...stateOf(id, channel, declared, members), adopted };
  if (reasons.length > 0) throw new PartialFailure(id, state, reasons);
  return state;
};

/** The state that Slack's answer shows; texts that are not declared are not managed and so are left out. */
export const stateOf = (
  id: string,
  channel: SlackChannel,
  declared: (ChannelInputs & { readonly adopted?: boolean }) | undefined,
  members: readonly string[] | undefined,
): ChannelState => {
  const text = (key: "topic" | "purpose"): { readonly [name: string]: string } => {
    const shown = plainText(channel[key]?.value ?? "");
    const isManaged = declared === undefined ? shown !== "" : declared[key] !== undefined;
    return isManaged ? { [key]: shown } : {};
  };
  return {
    name: channel.name ?? declared?.name ?? "",
    ...text("topic"),
    ...text("purpose"),
    isPrivate: channel.is_private ?? declared?.isPrivate ?? false,
    ...(members && { members }),
    onDestroy: declared?.onDestroy ?? "archive",
    channelId: id,
    adopted: declared?.adopted ?? declared === undefined,
    isArchived: channel.is_archived ?? false,
  };
};
