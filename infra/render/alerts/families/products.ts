import { limits } from "../../../model/limits";
import type { Signal } from "../../../model/signals";
import type { Comparison } from "../expression";
import { compose, moreThan, over, placeholders } from "../compose";
import { divided, prometheusDuration } from "../durations";
import { selector } from "../expression";
import { allGroups, serviceGroups } from "../groups-of";
import { appProof, around, machineProof } from "../proofs";
import type { AlertFamily, AlertKind, AppContext } from "../rule";
import { p95Histogram } from "./answers";

const { value, label } = placeholders;

const rows = ({ app }: AppContext, wanted: Signal) =>
  app.thresholds.filter(({ signal }) => signal === wanted);

/** The groups that run background jobs, as one label value. */
const workers = ({ app }: AppContext): string => {
  const names = allGroups(app).filter((name) => app.processGroups[name]?.role === "worker");
  return (names.length > 0 ? names : allGroups(app)).join("+");
};

const dependencyKind: AlertKind = {
  name: "AppDependencyFailing",
  signal: "dependency",
  title: "A dependency fails behind a good status",
  meaning:
    "The app answers 200 and says in the body that something behind it fails. Chatwoot's /api does so when Redis (queue_services) or Postgres (data_services) is gone.",
  action: {
    critical:
      "Check the dependency that the condition names: Redis for queue_services, Postgres for data_services; then fly logs.",
  },
  source: 'monitoring runbook, "Chatwoot: Redis connection failures"',
};

export const dependencyFailing: AlertFamily = {
  kind: dependencyKind,
  rules: (context) => {
    const { name, region, uptime } = context.app;
    const conditions = uptime.flatMap((monitor) => (monitor.kind === "poll" ? monitor.body : []));
    const [first] = conditions;
    const groups = serviceGroups(context.app);
    if (first === undefined || groups.length === 0) return [];
    const limit = moreThan(0);
    const values = around(limit);
    return [
      compose(context, {
        kind: dependencyKind,
        severity: "critical",
        for: limits.alerts.dependency.for,
        expression: [`flymon_answer_condition_failing${selector({ app: name })}`, limit],
        limit: conditions.map(({ path, equals }) => `${path} not ${equals}`).join(", "),
        summary: `${label("condition")} of ${name} fails`,
        description: `Machine ${label("instance")} has been answering that ${label("condition")} fails`,
        proof: machineProof({
          app: name,
          region,
          groups,
          value: values.loud,
          labels: { condition: first.path },
          series: [
            {
              metric: "flymon_answer_condition_failing",
              labels: { condition: first.path },
              kind: "gauge",
              by: "exporter",
              ...values,
            },
          ],
        }),
      }),
    ];
  },
};

const queueKind: AlertKind = {
  name: "SidekiqQueueBackedUp",
  signal: "sidekiqQueue",
  title: "Sidekiq's queue backs up",
  meaning:
    "Jobs that wait in all queues of Sidekiq together. Fly reads them from the worker's [metrics]: an exporter such as yabeda-sidekiq with yabeda-prometheus must answer there.",
  action: {
    critical:
      "Check that the worker runs and has memory (2 GB): fly machine list; then look for a job that blocks the others.",
    warning: "Watch the queue, and look for a job that blocks the others.",
    info: "Monitor trend.",
  },
  source: 'monitoring runbook, "Chatwoot (Rails + Sidekiq)"',
};

export const sidekiqQueue: AlertFamily = {
  kind: queueKind,
  rules: (context) =>
    rows(context, "sidekiqQueue").map(({ severity, above, for: duration }) => {
      const { name, region, metricNames } = context.app;
      const limit = moreThan(above);
      const { quiet, loud, calm } = around(limit);
      // Two queues, each reported by two machines: the queues add up, the machines do not.
      const queue = (queueName: string, instance: string, jobs: (all: number) => number) => ({
        metric: metricNames.sidekiqQueue,
        labels: { app: name, instance, region, queue: queueName },
        kind: "gauge" as const,
        quiet: jobs(quiet),
        loud: jobs(loud),
        calm: jobs(calm),
      });
      return compose(context, {
        kind: queueKind,
        severity,
        for: duration,
        processGroup: workers(context),
        expression: [
          `sum by (app) (max without (instance, region, host) (${metricNames.sidekiqQueue}${selector({ app: name })}))`,
          limit,
        ],
        limit: `over ${above} jobs`,
        summary: `Sidekiq's queue of ${name} backs up`,
        description: `${value(0)} jobs wait, over the limit of ${above}`,
        proof: appProof({
          value: loud,
          alerts: [{ app: name }],
          series: ["worker-a", "worker-b"].flatMap((instance) => [
            queue("default", instance, (all) => Math.max(0, all - 10)),
            queue("mailers", instance, (all) => Math.min(all, 10)),
          ]),
        }),
      });
    }),
};

const jobKind: AlertKind = {
  name: "SidekiqJobsSlow",
  signal: "jobDuration",
  title: "Jobs take long",
  meaning: "The time within which 95 of 100 background jobs are done, over five minutes.",
  action: {
    critical: "Find the slow job and what it waits for; scale the worker.",
    warning: "Find the slow job: external APIs, database queries, large batches.",
    info: "Monitor trend.",
  },
  source: 'monitoring runbook, "Chatwoot (Rails + Sidekiq)"',
};

export const jobDuration: AlertFamily = {
  kind: jobKind,
  rules: (context) =>
    rows(context, "jobDuration").map(({ severity, above, for: duration }) => {
      const { name, region, metricNames } = context.app;
      const window = divided(limits.alerts.rateWindow, context.settings.timeDivisor);
      const histogram = p95Histogram(metricNames.jobDuration, above, {
        app: name,
        instance: "worker-a",
        region,
      });
      return compose(context, {
        kind: jobKind,
        severity,
        for: duration,
        processGroup: workers(context),
        expression: [
          `histogram_quantile(0.95, sum by (app, le) (rate(${metricNames.jobDuration}_bucket${selector({ app: name })}[${prometheusDuration(window)}])))`,
          over(above),
        ],
        limit: `over ${above} s`,
        summary: `Jobs of ${name} take long`,
        description: `P95 of the jobs is ${value(1)} s, over the limit of ${above} s`,
        proof: appProof({
          value: histogram.value,
          memory: window,
          alerts: [{ app: name }],
          series: histogram.series,
        }),
      });
    }),
};

interface MachineValue {
  readonly kind: AlertKind;
  readonly signal: Signal;
  readonly metric: string;
  readonly labels: (context: AppContext) => Readonly<Record<string, string>>;
  readonly limit: (above: number) => Comparison;
  readonly unit: string;
  readonly summary: (app: string) => string;
  readonly description: string;
}

/** A value that each machine of the app tells of itself. */
const machineValue = ({
  kind,
  signal,
  metric,
  labels,
  limit,
  unit,
  summary,
  description,
}: MachineValue): AlertFamily => ({
  kind,
  rules: (context) =>
    rows(context, signal).map(({ severity, above, for: duration }) => {
      const { name, region } = context.app;
      const comparison = limit(above);
      const values = around(comparison);
      const own = labels(context);
      return compose(context, {
        kind,
        severity,
        for: duration,
        expression: [`${metric}${selector({ app: name, ...own })}`, comparison],
        limit: `over ${above} ${unit}`,
        summary: summary(name),
        description: `${description} ${value(0)} ${unit}, over the limit of ${above} ${unit}`,
        proof: machineProof({
          app: name,
          region,
          groups: serviceGroups(context.app),
          value: values.loud,
          labels: own,
          series: [{ metric, labels: own, kind: "gauge", by: "exporter", ...values }],
        }),
      });
    }),
});

export const mcpQueries = machineValue({
  kind: {
    name: "McpQueriesSlow",
    signal: "mcpQueryP95",
    title: "MCP queries are slow",
    meaning:
      "P95 of the MCP server's query tool, as the server says it: over its last 100 calls, so that it moves only when there are calls.",
    action: {
      critical: "Scale resources; check the index and the language model's answer times.",
      warning: "Investigate slow queries: index size, language model, network.",
      info: "Monitor trend.",
    },
    source: 'monitoring runbook, "Agent SDK Services"',
  },
  signal: "mcpQueryP95",
  metric: "flymon_tool_p95_milliseconds",
  labels: ({ app }) => ({ tool: app.metricNames.mcpQueryTool }),
  limit: over,
  unit: "ms",
  summary: (app) => `Queries to ${app} are slow`,
  description: `P95 of ${label("tool")} on machine ${label("instance")} is`,
});

export const approvalQueue = machineValue({
  kind: {
    name: "ApprovalQueueOld",
    signal: "approvalQueueAge",
    title: "Approvals wait too long",
    meaning: "Age of the oldest approval that waits for a person.",
    action: {
      critical: "Approve or reject what waits, and find out who should have.",
      warning: "Look at the approval queue.",
      info: "Monitor trend.",
    },
    source: 'monitoring runbook, "Agent SDK Services"',
  },
  signal: "approvalQueueAge",
  metric: "flymon_approval_oldest_age_seconds",
  labels: () => ({}),
  limit: over,
  unit: "s",
  summary: (app) => `Approvals of ${app} wait too long`,
  description: "The oldest approval has been waiting",
});
