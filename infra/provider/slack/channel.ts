import { z } from "zod";
import { slackChannelName, slackLimits, slackMember } from "../../model/slack-limits";
import type { ProviderError } from "../errors";
import type { ResourceKind } from "../resource";
import { connectSlack, systemSlackWorld, type SlackClient, type SlackWorld } from "./client";
import { archive, archivedOutside, createOrAdopt, idOf, info, lookUp } from "./existence";
import { failure } from "./failures";
import { membersPresent } from "./members";
import { settle, stateOf } from "./settle";

export type ChannelInputs = {
  readonly name: string;
  readonly topic?: string | undefined;
  readonly purpose?: string | undefined;
  readonly isPrivate: boolean;
  readonly members?: readonly string[] | undefined;
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
  members: z
    .array(
      z
        .string("must be a member, as text")
        .regex(slackMember, "must be a member's id such as U0123ABCD, or an e-mail"),
      "must be a list of members",
    )
    .refine((members) => new Set(members).size === members.length, "must name each member once")
    .optional()
    .describe("Who is invited, by id or e-mail. Nobody is ever taken out, whether declared or not."),
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
 * Members who are declared are invited; who is there besides stays, and who is no longer declared stays, too. The
 * state holds those of the declared who are in the channel. An import knows no members: declare them after it.
 *
 * A channel that was archived by hand stays in the state as drift (`isArchived`), not as gone: its id is what a
 * member unarchives, and a new channel could not have the name anyway. The next `up` says what to do, and goes
 * through once somebody has unarchived it.
 */
export const channelKind = (world: SlackWorld): ResourceKind<ChannelInputs, ChannelState> => ({
  type: "flymon:slack:Channel",
  description: "A Slack channel, made or adopted by name.",
  inputs,
  computed,
  replaceOn: ["isPrivate"],
  wishes: ["onDestroy"],
  secretOutputs: [],
  openInputs: ["name", "topic", "purpose", "members"],

  // The new channel could not have the name of the old one, which is at best archived.
  refuseChange: (former, inputs) =>
    former.isPrivate === inputs.isPrivate || former.name !== inputs.name
      ? []
      : [
          {
            property: "isPrivate",
            reason:
              "cannot change while the name stays: no bot changes a channel's privacy, and the old channel keeps its name. Let a member change it in Slack (Settings, Change to a private channel) and run `pulumi refresh`, or declare another name, too",
          },
        ],

  plan: (_inputs, state) =>
    state === undefined
      ? { isArchived: false }
      : { channelId: state.channelId, adopted: state.adopted, isArchived: false },
  drifted: (state) => (state.isArchived ? ["isArchived"] : []),

  create: async (declared, context) => {
    const slack = connectSlack(world, context, `creating the channel #${declared.name}`);
    return slack.shared.lock(declared.name, async () => {
      const { channel, adopted } = await createOrAdopt(slack, declared);
      const id = idOf(slack, channel);
      return { id, state: await settle(slack, id, channel, declared, adopted) };
    });
  },

  read: async (id, state, context) => {
    const slack = connectSlack(world, context, `reading the channel ${state?.name ?? id}`);
    const channel = await lookUp(slack, id, state === undefined);
    if (channel === undefined) return undefined;
    const channelId = idOf(slack, channel);
    const members = await membersPresent(slack, channelId, channel, state?.members);
    return { id: channelId, state: stateOf(channelId, channel, state, members) };
  },

  update: async (id, state, declared, context) => {
    const slack = connectSlack(world, context, `updating the channel #${state.name}`);
    return slack.shared.lock(declared.name, async () => {
      const channel = await info(slack, id);
      if (channel === undefined) throw deletedOutside(slack, state);
      if (channel.is_archived === true) throw archivedOutside(slack, state.name, id);
      return settle(slack, id, channel, declared, state.adopted, state);
    });
  },

  delete: async (id, state, context) => {
    if (state.onDestroy === "keep") return;
    await archive(connectSlack(world, context, `archiving the channel #${state.name}`), id, state);
  },
});

export const slackChannel = channelKind(systemSlackWorld);

const deletedOutside = (slack: SlackClient, state: ChannelState): ProviderError =>
  failure(
    slack.host,
    `updating the channel #${state.name}`,
    `it is gone (${state.channelId})`,
    "Run `pulumi refresh` to forget it; the next `pulumi up` makes it anew.",
  );
