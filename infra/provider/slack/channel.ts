import { z } from "zod";
import { slackChannelName, slackLimits } from "../../model/slack-limits";
import type { ProviderError } from "../errors";
import { messageOf, PartialFailure } from "../errors";
import type { ResourceKind } from "../resource";
import { connectSlack, type SlackChannel, type SlackClient } from "./client";
import { findChannel } from "./directory";
import { failure, isAnswerLost, slackCode } from "./failures";
import { plainText } from "./text";

export type ChannelInputs = {
  readonly name: string;
  readonly topic?: string | undefined;
  readonly purpose?: string | undefined;
  readonly isPrivate: boolean;
  readonly onDestroy: "archive" | "keep";
};
export type ChannelState = ChannelInputs & {
  readonly channelId: string;
  readonly adopted: boolean;
  readonly isArchived: boolean;
};

const limitedText = (what: string, limit: number) =>
  z
    .string(`must be the channel's ${what}, as text`)
    .max(limit, `must have at most ${limit} characters`)
    .refine((text) => !/[\r\n]/.test(text), "must be one line")
    .optional()
    .describe(`The channel's ${what}, at most ${limit} characters; left as it is where not declared.`);

const inputs = z.strictObject({
  name: z
    .string("must be the channel's name, as text")
    .min(1, "must not be empty")
    .max(slackLimits.channelName, `must have at most ${slackLimits.channelName} characters`)
    .regex(slackChannelName, 'must consist of a-z, 0-9, "-" and "_" only, without "#"')
    .describe("The channel's name without '#'; a change renames the channel."),
  topic: limitedText("topic", slackLimits.topic),
  purpose: limitedText("purpose", slackLimits.purpose),
  isPrivate: z
    .boolean("must be true or false")
    .default(false)
    .describe("Whether only invited members see the channel."),
  onDestroy: z
    .enum(["archive", "keep"], 'must be "archive" or "keep"')
    .default("archive")
    .describe("What a destroy does; Slack lets no bot delete a channel."),
});

const computed = z.object({
  channelId: z.string().describe("Slack's id of the channel, such as C0123ABCD."),
  adopted: z.boolean().describe("Whether the channel was there before."),
  isArchived: z.boolean().describe("Whether somebody archived the channel."),
});

/**
 * A Slack channel: made, or adopted by its exact name (joined where the bot is no member). Name, topic and purpose
 * change in place; texts that are not declared stay as they are, and one no longer declared is emptied. Slack keeps
 * the name of an archived channel, and no bot can unarchive: both say so instead of making a second channel.
 *
 * A channel that was archived by hand stays in the state as drift (`isArchived`), not as gone: its id is what a
 * member unarchives, and a new channel could not have the name anyway. The next `up` says what to do, and goes
 * through once somebody has unarchived it.
 */
export const slackChannel: ResourceKind<ChannelInputs, ChannelState> = {
  type: "flymon:slack:Channel",
  description: "A Slack channel, made or adopted by name.",
  inputs,
  computed,
  replaceOn: ["isPrivate"],
  secretOutputs: [],
  openInputs: ["name", "topic", "purpose"],

  plan: (_inputs, state) =>
    state === undefined
      ? { isArchived: false }
      : { channelId: state.channelId, adopted: state.adopted, isArchived: false },
  drifted: (state) => (state.isArchived ? ["isArchived"] : []),

  create: async (declared, context) => {
    const slack = connectSlack(context, `creating the channel #${declared.name}`);
    return slack.shared.lock(declared.name, async () => {
      const { channel, adopted } = await createOrAdopt(slack, declared);
      const id = idOf(slack, channel);
      return { id, state: await settle(slack, id, channel, declared, adopted) };
    });
  },

  read: async (id, state, context) => {
    const slack = connectSlack(context, `reading the channel ${state?.name ?? id}`);
    const channel = await lookUp(slack, id, state === undefined);
    if (channel === undefined) return undefined;
    const channelId = idOf(slack, channel);
    return { id: channelId, state: stateOf(channelId, channel, state) };
  },

  update: async (id, state, declared, context) => {
    const slack = connectSlack(context, `updating the channel #${state.name}`);
    return slack.shared.lock(declared.name, async () => {
      const channel = await info(slack, id);
      if (channel === undefined) throw deletedOutside(slack, state);
      if (channel.is_archived === true) throw archivedOutside(slack, state.name, id);
      return settle(slack, id, channel, declared, state.adopted, state);
    });
  },

  delete: async (id, state, context) => {
    if (state.onDestroy === "keep") return;
    await archive(connectSlack(context, `archiving the channel #${state.name}`), id, state);
  },
};

const isChannelId = (text: string): boolean => /^[CG][A-Z0-9]{7,}$/.test(text);

const lookUp = (slack: SlackClient, id: string, isImport: boolean): Promise<SlackChannel | undefined> => {
  if (!isImport || isChannelId(id)) return info(slack, id);
  return findChannel(slack, id.replace(/^#/, ""), false, Date.now());
};

const info = async (slack: SlackClient, id: string): Promise<SlackChannel | undefined> => {
  const attempted = `reading the channel ${id}`;
  try {
    const answer = await slack.raw({
      method: "conversations.info",
      attempted,
      send: (web) => web.conversations.info({ channel: id }),
    });
    return answer.channel;
  } catch (error) {
    if (slackCode(error) === "channel_not_found") return undefined;
    throw slack.explained(error, attempted);
  }
};

const createOrAdopt = async (
  slack: SlackClient,
  declared: ChannelInputs,
): Promise<{ channel: SlackChannel; adopted: boolean }> => {
  const { name, isPrivate } = declared;
  const attempted = `creating the channel #${name}`;
  const started = Date.now();
  // A create whose answer was lost is never sent again before Slack has been asked what became of it.
  for (const isLastTry of [false, true]) {
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
      if (!isTaken && !isAnswerLost(error)) throw slack.explained(error, attempted);
      const found = await findChannel(slack, name, isPrivate, started);
      if (found !== undefined)
        return { channel: await join(slack, found, name), adopted: isTaken && !isLastTry };
      if (isTaken) throw takenByAnother(slack, declared);
      if (isLastTry) throw slack.explained(error, attempted);
    }
  }
  throw new Error("unreachable");
};

const takenByAnother = (slack: SlackClient, { name, isPrivate }: ChannelInputs): ProviderError =>
  failure(
    slack.host,
    `creating the channel #${name}`,
    `the name is taken by something that is not a ${isPrivate ? "private" : "public"} channel which this bot sees`,
    isPrivate
      ? "It may be a public channel (a channel's privacy cannot be changed by a bot), or a private one: then invite the bot to it. Otherwise choose another name."
      : "It may be a private channel (declare isPrivate: true and invite the bot to it), a user group or a member. Otherwise choose another name.",
  );

/** Makes the bot a member of a channel that was there, which topic and purpose need. */
const join = async (slack: SlackClient, channel: SlackChannel, name: string): Promise<SlackChannel> => {
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

/**
 * Brings name, topic and purpose of an existing channel in line, each only where it differs.
 * @throws PartialFailure with the state as it is now, when Slack refuses some of it or the run is interrupted
 */
const settle = async (
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
    wanted[key] !== undefined && wanted[key] !== plainText(channel[key]?.value ?? "");

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

  const state = { ...stateOf(id, channel, declared), adopted };
  if (reasons.length > 0) throw new PartialFailure(id, state, reasons);
  return state;
};

/** The state that Slack's answer shows; texts that are not declared are not managed and so are left out. */
const stateOf = (
  id: string,
  channel: SlackChannel,
  declared: (ChannelInputs & { readonly adopted?: boolean }) | undefined,
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
    onDestroy: declared?.onDestroy ?? "archive",
    channelId: id,
    adopted: declared?.adopted ?? declared === undefined,
    isArchived: channel.is_archived ?? false,
  };
};

const archive = async (slack: SlackClient, id: string, state: ChannelState): Promise<void> => {
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

const idOf = (slack: SlackClient, channel: SlackChannel): string => {
  if (channel.id !== undefined && channel.id !== "") return channel.id;
  throw failure(slack.host, "reading Slack's answer", "it names no channel", "Check flymon:slackApiUrl.");
};

const archivedOutside = (slack: SlackClient, name: string, id: string): ProviderError =>
  failure(
    slack.host,
    `using the channel #${name}`,
    `it is archived (${id}) and still holds its name, and bots cannot unarchive`,
    "Let a member unarchive it in Slack (open the channel, Settings, Unarchive) and run again, or declare another name.",
  );

const deletedOutside = (slack: SlackClient, state: ChannelState): ProviderError =>
  failure(
    slack.host,
    `updating the channel #${state.name}`,
    `it is gone (${state.channelId})`,
    "Run `pulumi refresh` to forget it; the next `pulumi up` makes it anew.",
  );
