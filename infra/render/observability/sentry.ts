import type { Fleet } from "../../model/fleet";
import type {
  SentryIssueAlertInputs,
  SentryMetricAction,
  SentryMetricAlertInputs,
  SentryRuleNode,
  SentrySettings,
} from "../../model/observability";
import { sentryLimits } from "../../model/observability";
import type { Severity } from "../../model/severity";
import type { Duration } from "../../model/units";
import { milliseconds } from "../../model/units";
import {
  heardBy,
  keyOf,
  titleOf,
  translated,
  type LeftOut,
  type ThresholdAlert,
  type Translation,
} from "./threshold-alerts";

/** The id of a Slack channel by its name: known only once the channel is made. */
export type ChannelIds<Id> = (channel: string) => Id;

interface Planned<Inputs> {
  readonly key: string;
  readonly inputs: Inputs;
}

/** What is at Sentry for the fleet. */
export interface SentryPlan<Id> {
  readonly issueAlerts: readonly Planned<SentryIssueAlertInputs<Id>>[];
  readonly metricAlerts: readonly Planned<SentryMetricAlertInputs<Id>>[];
  readonly leftOut: readonly LeftOut[];
}

interface Route {
  readonly slack?: { readonly integration: string; readonly channel: string };
  readonly team?: string;
}

/** By which ways of Sentry a severity is heard: the route's channel, and the team's mail where the route has mails. */
const routeOf = ({ alerting }: Fleet, sentry: SentrySettings, severity: Severity): Route => {
  const { emails, channel } = heardBy(alerting, severity);
  return {
    ...(sentry.slackIntegration !== undefined && {
      slack: { integration: sentry.slackIntegration, channel },
    }),
    ...(sentry.team !== undefined && emails.length > 0 && { team: sentry.team }),
  };
};

const isHeard = ({ slack, team }: Route): boolean => slack !== undefined || team !== undefined;

const metricActions = <Id>({ slack, team }: Route, idOf: ChannelIds<Id>): SentryMetricAction<Id>[] => [
  ...(slack
    ? [
        {
          type: "slack" as const,
          targetType: "specific" as const,
          targetIdentifier: `#${slack.channel}`,
          inputChannelId: idOf(slack.channel),
          integrationId: slack.integration,
        },
      ]
    : []),
  ...(team === undefined
    ? []
    : [{ type: "email" as const, targetType: "team" as const, targetIdentifier: team }]),
];

// Names of Sentry's classes. Source: docs.sentry.io, "Create an Issue Alert Rule for a Project".
const classes = {
  slack: "sentry.integrations.slack.notify_action.SlackNotifyServiceAction",
  mail: "sentry.mail.actions.NotifyEmailAction",
  firstSeen: "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition",
  regression: "sentry.rules.conditions.regression_event.RegressionEventCondition",
  level: "sentry.rules.filters.level.LevelFilter",
} as const;

const issueActions = <Id>({ slack, team }: Route, idOf: ChannelIds<Id>): SentryRuleNode<Id>[] => [
  ...(slack
    ? [
        {
          id: classes.slack,
          workspace: slack.integration,
          channel: `#${slack.channel}`,
          channel_id: idOf(slack.channel),
        },
      ]
    : []),
  ...(team === undefined ? [] : [{ id: classes.mail, targetType: "Team", targetIdentifier: team }]),
];

const environmentOf = ({ environment }: SentrySettings) => (environment === undefined ? {} : { environment });

/** The shortest of Sentry's windows that is as long as the alert's time. */
const windowOf = ({ threshold }: ThresholdAlert): Duration =>
  sentryLimits.timeWindows.find((window) => milliseconds(window) >= milliseconds(threshold.for)) ?? "1d";

/**
 * What of the fleet's alerts Sentry can have: P95 latency as it sees it, and what it alone knows, new errors. One alert
 * a severity, for Sentry has one window for all triggers of an alert, and the fleet's times differ by severity.
 */
export const sentryPlan = <Id>(
  fleet: Fleet,
  sentry: SentrySettings,
  idOf: ChannelIds<Id>,
): SentryPlan<Id> => {
  const { org, projects } = sentry;
  const reporting = fleet.apps.flatMap((app) => {
    const project = projects[app.name];
    return project === undefined ? [] : [{ app, project }];
  });

  const metricAlert = (alert: ThresholdAlert): Translation<Planned<SentryMetricAlertInputs<Id>>> => {
    const { app, threshold } = alert;
    const project = projects[app.name];
    if (project === undefined) return { reason: "the app has no project in the setting sentry" };
    if (threshold.signal === "errorRate")
      return { reason: "Sentry's API does not say in which unit it takes a failure rate" };
    if (threshold.signal !== "latencyP95") return { reason: "Sentry does not measure it" };
    const route = routeOf(fleet, sentry, threshold.severity);
    if (!isHeard(route)) return { reason: `nobody would hear of severity ${threshold.severity}` };
    return {
      made: {
        key: keyOf(alert),
        inputs: {
          organization: org,
          name: titleOf(alert).slice(0, sentryLimits.nameLength),
          projects: [project],
          aggregate: "p95(transaction.duration)",
          queryType: "transaction",
          dataset: "generic_metrics",
          query: "",
          timeWindow: windowOf(alert),
          thresholdType: "above",
          triggers: [
            { label: "critical", alertThreshold: threshold.above, actions: metricActions(route, idOf) },
          ],
          ...environmentOf(sentry),
        },
      },
    };
  };

  const { alerts, leftOut } = translated(fleet, metricAlert);
  const warning = routeOf(fleet, sentry, "warning");
  return {
    metricAlerts: alerts,
    leftOut,
    issueAlerts: isHeard(warning)
      ? reporting.map(({ app, project }) => ({
          key: `${app.name}-new-errors`,
          inputs: {
            organization: org,
            project,
            name: `SEV-2 ${app.name}: a new error, or one that is back`,
            actionMatch: "any",
            conditions: [{ id: classes.firstSeen }, { id: classes.regression }],
            filterMatch: "all",
            // 40 is "error": what is milder stays in Sentry.
            filters: [{ id: classes.level, match: "gte", level: "40" }],
            actions: issueActions(warning, idOf),
            frequency: "30m",
            ...environmentOf(sentry),
          },
        }))
      : [],
  };
};
