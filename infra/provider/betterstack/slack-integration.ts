import { z } from "zod";
import { betterStackTypes, type BetterStackSlackIntegrationInputs } from "../../model/betterstack";
import type { Properties, Value } from "../properties";
import { field, type FieldsOf } from "../rest/fields";
import type { LookUpDescription } from "../rest/look-up";
import type { RestObject } from "../rest/service";
import { filled } from "../rest/schemas";

const bare = (channel: Value): string => (typeof channel === "string" ? channel.replace(/^#/, "") : "");
const channelOf = ({ attributes }: RestObject): string => bare(attributes["slack_channel_name"]);

const fields: FieldsOf<BetterStackSlackIntegrationInputs> = {
  channel: field(
    filled("the channel's name").regex(/^#?[a-z0-9_-]+$/, "must be a channel's name, such as #incidents"),
    "The channel that Slack was connected for, with or without #.",
  ),
};

const told = (name: string, about: string) => ({
  schema: z.string().optional().describe(about),
  read: ({ attributes }: RestObject): Value => attributes[name],
});

/**
 * The connection of a Slack channel with Better Stack. Only a person can make it, in the browser: it needs Slack's
 * consent (OAuth), and the API lists connections and makes none.
 */
export const slackIntegration: LookUpDescription = {
  type: betterStackTypes.slackIntegration,
  description: "A Slack channel that a person connected with Better Stack; looked up, never made.",
  noun: "Slack integration",
  fields,
  computed: {
    slackChannelId: told("slack_channel_id", "Slack's id of the channel."),
    slackTeamId: told("slack_team_id", "Slack's id of the workspace."),
    integrationType: told("integration_type", "legacy, verbose, thread or channel."),
  },
  path: "/api/v2/slack-integrations",
  label: ({ channel }) => `#${bare(channel)}`,
  isMeant: (object, { channel }) => channelOf(object) === bare(channel),
  inputsOf: (object): Properties => ({ channel: `#${channelOf(object)}` }),
  unusable: ({ attributes: { slack_status: status } }) =>
    status === "active" || status === undefined || status === null
      ? undefined
      : `it is there, but its state is ${JSON.stringify(status)}: its Slack account was removed`,
  mend: ({ channel }) =>
    `Only a person can connect Slack: in Better Stack open Integrations, Slack, "Add to Slack", choose #${bare(channel)}, and run again. Without Slack's consent an outgoing webhook (${betterStackTypes.outgoingWebhook}) does the same.`,
};
