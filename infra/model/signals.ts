import { z } from "zod";
import { matching } from "./matching";
import type { Severity } from "./severity";
import { severitySchema } from "./severity";
import type { Duration } from "./units";
import { durationSchema } from "./units";

/** What a threshold is counted in. */
export type Unit = "percent" | "ms" | "s" | "jobs" | "count";

interface SignalFacts {
  readonly title: string;
  readonly unit: Unit;
  /** Every app has it, or only the apps that name it in their thresholds. */
  readonly scope: "every-app" | "declared";
  readonly source: string;
}

/** What is measured. Sources: the headings of the monitoring runbook; facts on the agent services for the last four. */
export const signals = {
  cpu: { title: "CPU utilization", unit: "percent", scope: "every-app", source: "Alert Thresholds 1" },
  memory: { title: "Memory usage", unit: "percent", scope: "every-app", source: "Alert Thresholds 2" },
  errorRate: { title: "Error rate", unit: "percent", scope: "every-app", source: "Alert Thresholds 3" },
  latencyP95: { title: "P95 latency", unit: "ms", scope: "every-app", source: "Alert Thresholds 4" },
  healthCheck: {
    title: "Failing health checks",
    unit: "count",
    scope: "every-app",
    source: "Alert Thresholds 5",
  },
  autoStart: { title: "Auto-start time", unit: "s", scope: "declared", source: "Alert Thresholds 6" },
  sidekiqQueue: {
    title: "Sidekiq queue",
    unit: "jobs",
    scope: "declared",
    source: "Chatwoot (Rails + Sidekiq)",
  },
  jobDuration: {
    title: "Worker processing time",
    unit: "s",
    scope: "declared",
    source: "Chatwoot (Rails + Sidekiq)",
  },
  mcpQueryP95: {
    title: "MCP query P95 latency",
    unit: "ms",
    scope: "declared",
    source: "Agent SDK Services",
  },
  approvalQueueAge: {
    title: "Approval queue response",
    unit: "s",
    scope: "declared",
    source: "Agent SDK Services",
  },
} as const satisfies Record<string, SignalFacts>;

export type Signal = keyof typeof signals;
export const signalNames = Object.keys(signals) as Signal[];

/** Fires when the signal is above `above` for all of `for`. */
export const levelSchema = z.strictObject({
  above: z.number().min(0),
  for: durationSchema,
});
export type Level = z.infer<typeof levelSchema>;

/**
 * Levels of a signal by severity; `null` takes a level of the default table away (where a stricter one says it all).
 */
export const levelsSchema = z.partialRecord(severitySchema, levelSchema.nullable());
export type Levels = Partial<Record<Severity, Level>>;

const level = (above: number, duration: Duration): Level => ({ above, for: duration });

/**
 * The runbook's table: what every app gets where its declaration does not say otherwise, and what no declaration may
 * be laxer than. Source: monitoring runbook, "Alert Thresholds by Metric" 1 to 5.
 */
export const defaultThresholds = {
  cpu: { info: level(50, "15m"), warning: level(70, "10m"), critical: level(90, "5m") },
  memory: { info: level(50, "15m"), warning: level(70, "10m"), critical: level(85, "5m") },
  errorRate: { info: level(0.5, "15m"), warning: level(1, "10m"), critical: level(5, "5m") },
  latencyP95: { info: level(500, "20m"), warning: level(1000, "15m"), critical: level(2000, "10m") },
  healthCheck: { warning: level(0, "2m"), critical: level(0, "5m") },
} as const satisfies Partial<Record<Signal, Levels>>;

/** A declaration's differences from the table. */
export const thresholdsSchema = z.partialRecord(z.enum(signalNames), levelsSchema);
export type ThresholdDifferences = z.infer<typeof thresholdsSchema>;

const metricNameSchema = matching(
  /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
  "a metric name of Prometheus",
  'write it as "sidekiq_jobs_waiting_count", without labels',
);

/** The defaults are the names of yabeda-sidekiq, and the MCP server's own name of its query tool. */
export const metricNamesSchema = z
  .strictObject({
    /** A gauge of waiting jobs, one series a queue; every worker may report the same queues. */
    sidekiqQueue: metricNameSchema.default("sidekiq_jobs_waiting_count"),
    /** A histogram of seconds a job took; the name without _bucket. */
    jobDuration: metricNameSchema.default("sidekiq_job_runtime_seconds"),
    /** The MCP server's tool that answers queries. */
    mcpQueryTool: matching(/^[\w.-]+$/, "a tool's name", "write it as the server lists it").default(
      "query_support",
    ),
  })
  .prefault({});

/** One row of an app's table after the differences are laid over the defaults. */
export interface Threshold extends Level {
  readonly signal: Signal;
  readonly severity: Severity;
  readonly unit: Unit;
}

/** The app's whole table: defaults, changed where the declaration differs, rows in the order info, warning, critical. */
export const resolveThresholds = (differences: ThresholdDifferences): Threshold[] =>
  signalNames.flatMap((signal) => {
    const defaults: Levels =
      signal in defaultThresholds ? defaultThresholds[signal as keyof typeof defaultThresholds] : {};
    const levels: Partial<Record<Severity, Level | null | undefined>> = {
      ...defaults,
      ...differences[signal],
    };
    return severitySchema.options.flatMap((severity): Threshold[] => {
      const found = levels[severity];
      return found
        ? [{ signal, severity, unit: signals[signal].unit, above: found.above, for: found.for }]
        : [];
    });
  });

/** The row of one signal and severity, if the app has it. */
export const thresholdOf = (
  thresholds: readonly Threshold[],
  signal: Signal,
  severity: Severity,
): Threshold | undefined => thresholds.find((row) => row.signal === signal && row.severity === severity);
