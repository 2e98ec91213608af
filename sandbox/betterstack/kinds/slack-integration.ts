import { flag, nullable, oneOf, text, listOf, type Field } from "../../monitoring/fields";
import type { Kind } from "./kind";

/** A Slack channel that a person linked in the browser; no API does. */
export interface SlackIntegration {
  readonly slack_team_id: string;
  readonly slack_team_name: string;
  readonly slack_channel_id: string;
  /** With the # before it. */
  readonly slack_channel_name: string | null;
  readonly slack_status: "active" | "account_inactive";
  readonly integration_type: "legacy" | "verbose" | "thread" | "channel";
  readonly on_call_notifications: boolean;
  readonly notify_alongside_primary_responder: boolean;
  readonly notify_on_resolve: boolean;
  readonly alert_options: readonly object[];
  /** The incoming webhook that messages go to; never answered. */
  readonly webhookUrl: string;
}

const nothing: Field<object> = { read: () => ({ mistake: "can't be set" }) };

export const slackIntegrationKind: Kind<"slack-integrations"> = {
  name: "slack-integrations",
  path: "/api/v2/slack-integrations",
  type: "slack_integration",
  verbs: ["list", "get"],
  fields: {
    slack_team_id: text(""),
    slack_team_name: text("Hotdash"),
    slack_channel_id: text(""),
    slack_channel_name: nullable(text()),
    slack_status: oneOf(["active", "account_inactive"], "active"),
    integration_type: oneOf(["legacy", "verbose", "thread", "channel"], "verbose"),
    on_call_notifications: flag(true),
    notify_alongside_primary_responder: flag(true),
    notify_on_resolve: flag(true),
    alert_options: listOf(nothing),
    webhookUrl: text(),
  },
  shown: ({ attributes: { webhookUrl: _, ...attributes } }) => attributes,
};
