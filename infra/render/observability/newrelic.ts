import type { Fleet } from "../../model/fleet";
import { limits } from "../../model/limits";
import type { Severity } from "../../model/severity";
import { incidentLevel, severities } from "../../model/severity";
import type { Signal } from "../../model/signals";
import { seconds } from "../alerts/durations";
import {
  heardBy,
  keyOf,
  minutesOf,
  textLinesOf,
  titleOf,
  translated,
  type ThresholdAlert,
  type Translated,
} from "./threshold-alerts";

/** The arguments of an NrqlAlertCondition of @pulumi/newrelic, as far as they are used, but for its policy. */
export interface NewRelicCondition {
  readonly key: string;
  /** It is in this severity's policy. */
  readonly severity: Severity;
  readonly args: {
    readonly name: string;
    readonly type: "static";
    readonly description: string;
    readonly runbookUrl: string;
    readonly nrql: { readonly query: string };
    readonly critical: {
      readonly operator: "above";
      readonly threshold: number;
      readonly thresholdDuration: number;
      readonly thresholdOccurrences: "all";
    };
    readonly aggregationWindow: number;
    readonly slideBy?: number;
    readonly aggregationMethod: "event_timer";
    readonly aggregationTimer: string;
    readonly violationTimeLimitSeconds: number;
  };
}

/** A policy and who hears of its conditions; one a severity. */
export interface NewRelicPolicy {
  readonly severity: Severity;
  readonly name: string;
  readonly emails: readonly string[];
  /** Of Slack, without its #. */
  readonly channel: string;
}

interface Query {
  readonly select: string;
  readonly where?: string;
  readonly facet?: readonly string[];
  /** Seconds that each value is computed over; a minute where not told. */
  readonly window?: number;
}
type Writing = (alert: ThresholdAlert, fleet: Fleet) => Query | string;

/** A text in NRQL's quotes. */
const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const rateWindow = seconds(limits.alerts.rateWindow);
const machine = ["instance"];

/** A gauge that the watchtower's store has. */
const ofWatchtower =
  (name: string, facet: readonly string[], where?: (alert: ThresholdAlert) => string): Writing =>
  (alert, { settings }) =>
    settings.watchtower === undefined
      ? "the watchtower measures it, and the stack has none"
      : { select: `max(${name})`, facet, ...(where && { where: where(alert) }) };

/** P95 of a histogram in the rules' unit. */
const percentile = (histogram: string, times: number): Query => ({
  select: `${times === 1 ? "" : `${times} * `}bucketPercentile(${histogram}_bucket, 95)`,
  window: rateWindow,
});

/**
 * Each signal in NRQL, with the same meaning as the rules' (infra/render/alerts/recordings.ts). Counters arrive as what
 * they have grown by.
 */
const queries: Readonly<Record<Signal, Writing>> = {
  // All modes of a CPU together are 100 %, so the share needs no number of CPUs.
  cpu: () => {
    const cpu = (without: readonly string[]): string =>
      `filter(sum(fly_instance_cpu), WHERE mode NOT IN (${without.map(quoted).join(", ")}))`;
    const guests = ["guest", "guest_nice"];
    return {
      select: `100 * ${cpu(["idle", "iowait", "steal", ...guests])} / ${cpu(guests)}`,
      facet: machine,
    };
  },
  memory: () => ({
    select: "100 - 100 * min(fly_instance_memory_mem_available) / min(fly_instance_memory_mem_total)",
    facet: machine,
  }),
  // NRQL knows no "only if so many": what may be chance is taken off what has failed.
  errorRate: () => {
    const all = "sum(fly_edge_http_responses_count)";
    const failed = `filter(${all}, WHERE status LIKE '5%')`;
    return {
      select: `100 * clamp_min(${failed} - ${limits.alerts.chanceFailures}, 0) / ${all}`,
      window: rateWindow,
    };
  },
  latencyP95: () => percentile("fly_app_http_response_time_seconds", 1_000),
  healthCheck: ofWatchtower("flymon_check_failing", ["instance", "`check`"]),
  autoStart: ofWatchtower("flymon_autostart_seconds", ["process_group"]),
  sidekiqQueue: () => "an alert of New Relic adds up no gauges of several queues",
  jobDuration: ({ app }) => percentile(app.metricNames.jobDuration, 1),
  mcpQueryP95: ofWatchtower(
    "flymon_tool_p95_milliseconds",
    machine,
    ({ app }) => `tool = ${quoted(app.metricNames.mcpQueryTool)}`,
  ),
  approvalQueueAge: ofWatchtower("flymon_approval_oldest_age_seconds", machine),
};

const nrql = (app: string, { select, where, facet = [] }: Query): string =>
  [
    `SELECT ${select} FROM Metric WHERE app = ${quoted(app)}`,
    ...(where === undefined ? [] : [`AND ${where}`]),
    ...(facet.length === 0 ? [] : [`FACET ${facet.join(", ")}`]),
  ].join(" ");

const conditionOf = (alert: ThresholdAlert, query: Query): NewRelicCondition => {
  const { severity, above } = alert.threshold;
  const window = query.window ?? 60;
  const step = 60;
  return {
    key: keyOf(alert),
    severity,
    args: {
      name: titleOf(alert),
      type: "static",
      description: textLinesOf(alert).join("\n"),
      runbookUrl: alert.rule.annotations.runbook_url,
      nrql: { query: nrql(alert.app.name, query) },
      critical: {
        operator: "above",
        threshold: above,
        // It takes nothing but multiples of the window.
        thresholdDuration: window * Math.ceil((60 * minutesOf(alert)) / window),
        thresholdOccurrences: "all",
      },
      aggregationWindow: window,
      ...(window > step && { slideBy: step }),
      // Scraped values come regularly but late; an app that sleeps sends none.
      aggregationMethod: "event_timer",
      aggregationTimer: "60",
      violationTimeLimitSeconds: 86_400,
    },
  };
};

/** The fleet's alerts as conditions of New Relic: one for each app, signal and severity. */
export const newRelicConditions = (fleet: Fleet): Translated<NewRelicCondition> =>
  translated(fleet, (alert) => {
    const query = queries[alert.threshold.signal](alert, fleet);
    return typeof query === "string" ? { reason: query } : { made: conditionOf(alert, query) };
  });

/** One policy a severity, so that each has its own recipients. */
export const newRelicPolicies = ({ alerting, settings }: Fleet): readonly NewRelicPolicy[] =>
  severities.map((severity) => ({
    severity,
    name: `Fly.io ${settings.stack} ${incidentLevel[severity]} (${severity})`,
    ...heardBy(alerting, severity),
  }));
