import { sentryTypes } from "../../infra/model/observability";
import type { Properties } from "../../infra/provider/properties";
import type { LifeCase } from "./case-rows";

export interface SentryCase extends LifeCase {
  /** Where its things are. */
  readonly collection: string;
  /** What an import's id begins with. */
  readonly parent: string;
  /** What somebody changes at the service, and the property that shows it. */
  readonly outside: { readonly property: string; readonly attribute: string; readonly value: unknown };
}

const slack = {
  type: "slack",
  targetType: "specific",
  targetIdentifier: "#incidents",
  inputChannelId: "C1",
  integrationId: "77",
};

export const issueCase: SentryCase = {
  type: sentryTypes.issueAlert,
  collection: "/projects/acme/shop/rules/",
  parent: "acme/shop/",
  inputs: {
    organization: "acme",
    project: "shop",
    name: "new errors",
    actionMatch: "any",
    conditions: [{ id: "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" }],
    actions: [{ id: "sentry.mail.actions.NotifyEmailAction", targetType: "Team", targetIdentifier: "9" }],
    frequency: "30m",
  },
  changes: [
    ["name", "errors"],
    ["actionMatch", "all"],
    ["conditions", [{ id: "sentry.rules.conditions.regression_event.RegressionEventCondition" }]],
    ["filterMatch", "any"],
    ["filters", [{ id: "sentry.rules.filters.level.LevelFilter", match: "gte", level: "40" }]],
    ["actions", [{ id: "S", workspace: "77", channel: "#incidents", channel_id: "C1" }]],
    ["frequency", "1h"],
    ["environment", "production"],
    ["owner", "team:9"],
  ],
  outside: { property: "frequency", attribute: "frequency", value: "5" },
};

export const metricCase: SentryCase = {
  type: sentryTypes.metricAlert,
  collection: "/organizations/acme/alert-rules/",
  parent: "acme/",
  inputs: {
    organization: "acme",
    name: "slow",
    projects: ["shop"],
    aggregate: "p95(transaction.duration)",
    queryType: "transaction",
    dataset: "generic_metrics",
    query: "",
    timeWindow: "10m",
    thresholdType: "above",
    triggers: [{ label: "critical", alertThreshold: 2000, actions: [slack] }],
  },
  changes: [
    ["name", "slower"],
    ["projects", ["shop-web"]],
    ["aggregate", "count()"],
    ["queryType", "error"],
    ["dataset", "events"],
    ["eventTypes", ["error", "default"]],
    ["query", "level:error"],
    ["timeWindow", "1h"],
    ["thresholdType", "below"],
    ["resolveThreshold", 100],
    [
      "triggers",
      [
        { label: "critical", alertThreshold: 5, actions: [slack] },
        { label: "warning", alertThreshold: 3, actions: [] },
      ],
    ],
    ["environment", "production"],
    ["owner", "user:3"],
  ],
  outside: { property: "timeWindow", attribute: "timeWindow", value: 5 },
};

/** A metric alert whose Slack channel is named by its name alone. */
export const withoutChannelId = (): Properties => {
  const { inputChannelId: _, ...unnamed } = slack;
  return { ...metricCase.inputs, triggers: [{ label: "critical", alertThreshold: 1, actions: [unnamed] }] };
};
