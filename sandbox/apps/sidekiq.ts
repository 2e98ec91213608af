import { Hono } from "hono";
import { milliseconds } from "../../infra/model/units";
import { queueGrowth, slowJobs } from "./faults";
import type { ProductContext } from "./product";
import { prometheusContentType, prometheusText, type Metric, type Sample } from "./prometheus";

/** Jobs that are done, a second. */
const jobRate = 4;
const queues = ["critical", "default", "low"] as const;
/** The queue that falls behind. */
const behind = "default";
const worker = "EventDispatcherJob";
/** How long jobs take in health, seconds, in turn. */
const runtimes = [0.04, 0.11, 0.07, 0.3, 0.05, 0.18, 0.09, 0.06] as const;
/** Bounds for long-running jobs, seconds. Source: yabeda-sidekiq. */
const bounds = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 1_800, 3_600, 21_600,
] as const;

/** What yabeda-sidekiq publishes of a worker: jobs are done steadily, each as long as the faults say. */
export const sidekiqMetrics = ({
  faults,
  startedAt,
}: ProductContext): ((now: number) => readonly Metric[]) => {
  const counts = bounds.map(() => 0);
  let done = 0;
  let sum = 0;

  const work = (now: number): void => {
    const slow = faults.read(slowJobs);
    for (const due = Math.floor(((now - startedAt) / 1_000) * jobRate); done < due; done += 1) {
      const usual = runtimes[done % runtimes.length] ?? 0;
      const runtime = slow === undefined ? usual : milliseconds(slow.parameters.runtime) / 1_000;
      sum += runtime;
      bounds.forEach((bound, index) => {
        if (runtime <= bound) counts[index] = (counts[index] ?? 0) + 1;
      });
    }
  };
  const waiting = (queue: string, now: number): number => {
    const growth = faults.read(queueGrowth);
    const usual = Math.floor(now / 5_000) % 3;
    if (growth === undefined || queue !== behind) return usual;
    const { jobs, over } = growth.parameters;
    const share = Math.min(1, (now - growth.since) / Math.max(1, milliseconds(over)));
    return usual + Math.round(jobs * share);
  };

  return (now) => {
    work(now);
    const labels = { queue: behind, worker };
    const histogram: readonly Sample[] = [
      ...bounds.map((bound, index) => ({
        suffix: "_bucket",
        labels: { ...labels, le: String(bound) },
        value: counts[index] ?? 0,
      })),
      { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: done },
      { suffix: "_sum", labels, value: sum },
      { suffix: "_count", labels, value: done },
    ];
    return [
      {
        name: "sidekiq_jobs_waiting_count",
        type: "gauge",
        help: "Jobs that wait in a queue.",
        samples: queues.map((queue) => ({ labels: { queue }, value: waiting(queue, now) })),
      },
      {
        name: "sidekiq_queue_latency",
        type: "gauge",
        help: "Seconds since the oldest job of a queue came.",
        samples: queues.map((queue) => ({ labels: { queue }, value: waiting(queue, now) / jobRate })),
      },
      {
        name: "sidekiq_jobs_executed_total",
        type: "counter",
        help: "Jobs that were done.",
        samples: [{ labels, value: done }],
      },
      {
        name: "sidekiq_job_runtime_seconds",
        type: "histogram",
        help: "How long jobs took.",
        samples: histogram,
      },
    ];
  };
};

/** The worker's metrics endpoint. */
export const sidekiqRoutes = (context: ProductContext): Hono => {
  const metrics = sidekiqMetrics(context);
  const routes = new Hono();
  routes.get("/metrics", (c) =>
    c.body(prometheusText(metrics(Date.now())), 200, { "Content-Type": prometheusContentType }),
  );
  return routes;
};
