import type { MiddlewareHandler } from "hono";
import type { Metric, Sample } from "./prometheus";

const buckets = [0.05, 0.1, 0.25, 0.5, 0.8, 1, 2, 5, 10] as const;

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Counts an app's own requests, so that its metrics tell of the faults that it was given. */
export const requestMetrics = (): { record: MiddlewareHandler; metrics: () => Metric[] } => {
  const all = new Map<string, Series>();

  const seriesOf = (method: string, route: string, status: number): Series => {
    const key = `${method} ${route} ${status}`;
    const labels = { method, route, status: String(status) };
    const series = all.get(key) ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 };
    all.set(key, series);
    return series;
  };

  return {
    record: async (c, next) => {
      const begun = performance.now();
      await next();
      const seconds = (performance.now() - begun) / 1_000;
      // Unknown paths share one label value: a scanner must not make a series a path.
      const series = seriesOf(c.req.method, c.res.status === 404 ? "(unknown)" : c.req.path, c.res.status);
      series.count += 1;
      series.sum += seconds;
      buckets.forEach((limit, index) => {
        if (seconds <= limit) series.counts[index] = (series.counts[index] ?? 0) + 1;
      });
    },
    metrics: () => {
      const series = [...all.values()];
      const histogram = series.flatMap(({ labels, counts, sum, count }): Sample[] => [
        ...buckets.map((limit, index) => ({
          suffix: "_bucket",
          labels: { ...labels, le: String(limit) },
          value: counts[index] ?? 0,
        })),
        { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
        { suffix: "_sum", labels, value: sum },
        { suffix: "_count", labels, value: count },
      ]);
      return [
        {
          name: "http_requests_total",
          type: "counter",
          help: "Requests answered.",
          samples: series.map(({ labels, count }) => ({ labels, value: count })),
        },
        {
          name: "http_request_duration_seconds",
          type: "histogram",
          help: "Time to answer a request.",
          samples: histogram,
        },
      ];
    },
  };
};
