import { z } from "zod";
import { matching } from "./matching";
import type { Duration } from "./units";

/** The hosted services of which a stack may name one; `none` is the default. Source: monitoring setup, "External Monitoring Setup". */
export const observabilityServices = ["none", "datadog", "newrelic"] as const;
export type Observability = (typeof observabilityServices)[number];
export type NamedObservability = Exclude<Observability, "none">;

/**
 * Their Pulumi packages, and the versions whose types the components were checked against. No dependencies of this
 * project: who names the service installs its package.
 */
export const observabilityPackages: Readonly<
  Record<NamedObservability, { readonly title: string; readonly name: string; readonly version: string }>
> = {
  datadog: { title: "Datadog", name: "@pulumi/datadog", version: "5.11.0" },
  newrelic: { title: "New Relic", name: "@pulumi/newrelic", version: "5.77.0" },
};

const slug = matching(
  /^[a-z0-9][a-z0-9_-]*$/,
  "a slug of Sentry's",
  "copy it from the address in the browser",
);
const number = matching(/^\d+$/, "an id of Sentry's, in digits as text", 'write it as "123456"');

/** Sentry's alert rules for some of the stack's apps. Its SDK in the apps is what measures. */
export const sentrySchema = z
  .strictObject({
    /** The organization's slug. */
    org: slug,
    /** The project of each app that reports to Sentry, by the app's name. */
    projects: z.record(z.string(), slug).refine((projects) => Object.keys(projects).length > 0, {
      params: { limit: "at least one app with its project", mend: "write it as {my-app: my-project}" },
    }),
    /** The team that gets the e-mails of each route that has some: its id. */
    team: number.optional(),
    /** Sentry's Slack integration (organization settings, Integrations): its id. Made by hand, for it takes OAuth. */
    slackIntegration: number.optional(),
    /** Only what happens in this environment of Sentry's; all of them where not told. Sentry must know it already. */
    environment: z.string().min(1).max(64).optional(),
  })
  .superRefine(({ team, slackIntegration }, context) => {
    if (team !== undefined || slackIntegration !== undefined) return;
    const params = {
      limit: "a team, a Slack integration, or both",
      mend: "add team or slackIntegration: without, nobody hears of an alert",
    };
    context.addIssue({ code: "custom", path: ["team"], params });
  });
export type SentrySettings = z.output<typeof sentrySchema>;

/** The tokens of the resources at Sentry. */
export const sentryTypes = {
  issueAlert: "flymon:sentry:IssueAlert",
  metricAlert: "flymon:sentry:MetricAlert",
} as const;

/** What Sentry's API takes. Source: docs.sentry.io, "Create an Issue Alert Rule", "Create a Metric Alert Rule". */
export const sentryLimits = {
  nameLength: 256,
  /** How often an issue's actions are repeated at most. */
  frequency: { min: "5m", max: "30d" },
  timeWindows: ["1m", "5m", "10m", "15m", "30m", "1h", "2h", "4h", "1d"],
} as const satisfies {
  readonly nameLength: number;
  readonly frequency: { readonly min: Duration; readonly max: Duration };
  readonly timeWindows: readonly Duration[];
};

export const sentryMatches = ["all", "any", "none"] as const;

/** A condition, filter or action of an issue alert: its class's name as `id`, and what that class takes. */
export interface SentryRuleNode<ChannelId = string> {
  readonly id: string;
  readonly [property: string]: string | number | boolean | ChannelId;
}

export interface SentryIssueAlertInputs<ChannelId = string> {
  readonly organization: string;
  /** The project's slug. */
  readonly project: string;
  readonly name: string;
  /** How many of the conditions must hold. */
  readonly actionMatch: (typeof sentryMatches)[number];
  readonly conditions: readonly SentryRuleNode[];
  readonly filterMatch?: (typeof sentryMatches)[number];
  readonly filters?: readonly SentryRuleNode[];
  readonly actions: readonly SentryRuleNode<ChannelId>[];
  readonly frequency: Duration;
  readonly environment?: string | undefined;
  /** `team:ID` or `user:ID`. */
  readonly owner?: string | undefined;
}

/** What a metric alert is computed from. */
export const sentryQueryTypes = ["error", "transaction", "none"] as const;

export const sentryActionTypes = ["email", "slack"] as const;
export const sentryTargetTypes = ["team", "user", "specific"] as const;

export interface SentryMetricAction<ChannelId = string> {
  readonly type: (typeof sentryActionTypes)[number];
  readonly targetType: (typeof sentryTargetTypes)[number];
  /** A team's or user's id; a Slack channel's name with its #. */
  readonly targetIdentifier: string;
  /** The id of the Slack channel: without it Sentry would answer before the rule is there. */
  readonly inputChannelId?: ChannelId;
  readonly integrationId?: string | undefined;
}

export interface SentryMetricTrigger<ChannelId = string> {
  readonly label: "critical" | "warning";
  readonly alertThreshold: number;
  readonly actions: readonly SentryMetricAction<ChannelId>[];
}

export interface SentryMetricAlertInputs<ChannelId = string> {
  readonly organization: string;
  readonly name: string;
  /** Slugs; Sentry takes one. */
  readonly projects: readonly string[];
  /** `p95(transaction.duration)`, say. */
  readonly aggregate: string;
  readonly queryType: (typeof sentryQueryTypes)[number];
  readonly dataset: string;
  readonly eventTypes?: readonly string[];
  /** Which events count, in Sentry's search language. */
  readonly query: string;
  readonly timeWindow: Duration;
  readonly thresholdType: "above" | "below";
  readonly resolveThreshold?: number | undefined;
  readonly triggers: readonly SentryMetricTrigger<ChannelId>[];
  readonly environment?: string | undefined;
  readonly owner?: string | undefined;
}

/** The tokens of the components. */
export const observabilityTypes = {
  datadog: "flymon:observability:Datadog",
  newrelic: "flymon:observability:NewRelic",
  sentry: "flymon:observability:Sentry",
} as const;
