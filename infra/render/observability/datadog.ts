import type { Fleet } from "../../model/fleet";
import { limits } from "../../model/limits";
import type { Severity } from "../../model/severity";
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

/**
 * The namespace that the Agent's OpenMetrics check puts before the names of metrics, and the check's own name for the
 * one metric that has colons. How the check must be set up: docs/observability.md.
 */
export const datadogNamespace = "flymon";
export const datadogLatencyMetric = "fly_latency_p95_milliseconds";

/** The arguments of a Monitor of @pulumi/datadog, as far as they are used. */
export interface DatadogMonitor {
  readonly key: string;
  readonly severity: Severity;
  readonly args: {
    readonly name: string;
    readonly type: "query alert";
    readonly query: string;
    readonly message: string;
    readonly monitorThresholds: { readonly critical: string };
    readonly priority: string;
    readonly requireFullWindow: boolean;
    readonly notifyNoData: boolean;
    readonly renotifyInterval: number;
    readonly includeTags: boolean;
    readonly tags: string[];
  };
}

interface Query {
  readonly text: string;
  /** The tags that tell one alert of the monitor from another. */
  readonly by: readonly string[];
}
type Writing = (alert: ThresholdAlert, fleet: Fleet) => Query | string;

const metric = (space: "sum" | "avg" | "min" | "max", name: string, filter: string, by: readonly string[]) =>
  `${space}:${datadogNamespace}.${name}{${filter}}${by.length > 0 ? ` by {${by.join(",")}}` : ""}`;

const needsWatchtower = "the watchtower measures it, and the stack has none";

/** A gauge that the watchtower's store has. */
const ofWatchtower =
  (name: string, by: readonly string[], extra: (alert: ThresholdAlert) => string = () => ""): Writing =>
  (alert, { settings }) =>
    settings.watchtower === undefined
      ? needsWatchtower
      : { text: metric("max", name, `app:${alert.app.name}${extra(alert)}`, by), by };

const machine = ["instance"];

/**
 * Each signal in Datadog's words, with the same meaning as the rules' (infra/render/alerts/recordings.ts). Counters
 * arrive as rates a second.
 */
const queries: Readonly<Record<Signal, Writing>> = {
  // All modes of a CPU together are 100 %, so the share needs no number of CPUs.
  cpu: ({ app: { name } }) => {
    const busy = "idle,iowait,steal,guest,guest_nice";
    const cpu = (without: string): string =>
      metric("sum", "fly_instance_cpu", `app:${name} AND mode NOT IN (${without})`, machine);
    return { text: `100 * ${cpu(busy)} / ${cpu("guest,guest_nice")}`, by: machine };
  },
  memory: ({ app: { name } }) => {
    const bytes = (which: string): string =>
      metric("min", `fly_instance_memory_mem_${which}`, `app:${name}`, machine);
    return { text: `100 - 100 * ${bytes("available")} / ${bytes("total")}`, by: machine };
  },
  // Too few failed answers are no value, and no value is none failed.
  errorRate: ({ app: { name } }) => {
    const window = seconds(limits.alerts.rateWindow);
    const rate = (filter: string): string =>
      `moving_rollup(${metric("sum", "fly_edge_http_responses_count", filter, [])}, ${window}, 'avg')`;
    const least = Number(((limits.alerts.chanceFailures + 0.5) / window).toPrecision(6));
    const failed = `cutoff_min(${rate(`app:${name} AND status:5*`)}, ${least})`;
    return { text: `default_zero(100 * ${failed} / ${rate(`app:${name}`)})`, by: [] };
  },
  // The check takes a histogram's buckets, and Datadog makes no percentile of them: the store's own P95 is taken.
  latencyP95: (alert, fleet) =>
    fleet.settings.watchtower === undefined
      ? "Datadog computes no percentile of Fly's histogram; the watchtower does, and the stack has none"
      : { text: metric("max", datadogLatencyMetric, `app:${alert.app.name}`, []), by: [] },
  healthCheck: ofWatchtower("flymon_check_failing", ["instance", "check"]),
  autoStart: ofWatchtower("flymon_autostart_seconds", ["process_group"]),
  // Every worker tells of all queues, so the sum of any one of them is the whole.
  sidekiqQueue: ({ app: { name, metricNames } }) => ({
    text: metric("sum", metricNames.sidekiqQueue, `app:${name}`, machine),
    by: machine,
  }),
  jobDuration: () => "Datadog computes no percentile of the app's histogram",
  mcpQueryP95: ofWatchtower(
    "flymon_tool_p95_milliseconds",
    machine,
    ({ app }) => ` AND tool:${app.metricNames.mcpQueryTool}`,
  ),
  approvalQueueAge: ofWatchtower("flymon_approval_oldest_age_seconds", machine),
};

const priority: Readonly<Record<Severity, string>> = { critical: "1", warning: "2", info: "3" };

const handles = ({ alerting, settings }: Fleet, severity: Severity): string => {
  const { emails, channel } = heardBy(alerting, severity);
  const slack = settings.observabilitySlack;
  return [
    ...(slack === "" ? [] : [`@slack-${slack}-${channel}`]),
    ...emails.map((email) => `@${email}`),
  ].join(" ");
};

const monitorOf = (alert: ThresholdAlert, fleet: Fleet, { text, by }: Query): DatadogMonitor => {
  const { app, rule, threshold } = alert;
  const { severity, above } = threshold;
  const { repeatInterval } = limits.alerting;
  const where = by.map((tag) => `${tag} {{${tag}.name}}`).join(", ");
  const to = handles(fleet, severity);
  return {
    key: keyOf(alert),
    severity,
    args: {
      name: titleOf(alert),
      type: "query alert",
      // The least value of the window: it has been above for all of it.
      query: `min(last_${minutesOf(alert)}m):${text} > ${above}`,
      message: [
        `Value {{value}}${where === "" ? "" : `, ${where}`}.`,
        ...textLinesOf(alert),
        ...(to === "" ? [] : [to]),
      ].join("\n"),
      monitorThresholds: { critical: String(above) },
      priority: priority[severity],
      requireFullWindow: true,
      notifyNoData: false,
      renotifyInterval: seconds(repeatInterval[severity]) / 60,
      includeTags: true,
      tags: [
        `app:${app.name}`,
        `severity:${severity}`,
        `signal:${threshold.signal}`,
        `team:${rule.labels["team"] ?? ""}`,
        "managed-by:flymon",
      ],
    },
  };
};

/** The fleet's alerts as monitors of Datadog: one for each app, signal and severity. */
export const datadogMonitors = (fleet: Fleet): Translated<DatadogMonitor> =>
  translated(fleet, (alert) => {
    const query = queries[alert.threshold.signal](alert, fleet);
    return typeof query === "string" ? { reason: query } : { made: monitorOf(alert, fleet, query) };
  });
