import { limits } from "../../../model/limits";
import { compose, over, placeholders, servingGroup } from "../compose";
import { divided, seconds } from "../durations";
import { selector } from "../expression";
import { httpGroups } from "../groups-of";
import { appProof, around } from "../proofs";
import { recorded } from "../recordings";
import type { AlertFamily, AlertKind, AppContext } from "../rule";

const { value } = placeholders;
const rateWindow = ({ settings }: AppContext) => divided(limits.alerts.rateWindow, settings.timeDivisor);

const errorKind: AlertKind = {
  name: "FlyErrorRateHigh",
  signal: "errorRate",
  title: "Too many requests fail",
  meaning: `Answers with a 5xx status in percent of all answers at Fly's edge over five minutes; the edge's own answers, when no machine is healthy, count. Up to ${limits.alerts.chanceFailures} failed answers in five minutes are taken for chance, whatever their share: one of two requests is no incident.`,
  action: {
    critical:
      "Execute rollback if a deploy came before it; otherwise check application logs and dependencies.",
    warning: "Investigate errors: fly logs.",
    info: "Monitor trend.",
  },
  source: 'monitoring runbook, "Error Rate"',
};

export const errorRate: AlertFamily = {
  kind: errorKind,
  rules: (context) => {
    if (httpGroups(context.app).length === 0) return [];
    const { name, region, thresholds } = context.app;
    const window = rateWindow(context);
    const floor = limits.alerts.chanceFailures / seconds(window);
    return thresholds
      .filter(({ signal }) => signal === "errorRate")
      .map(({ severity, above, for: duration }) => {
        const limit = over(above);
        const { quiet, loud } = around(limit);
        // A rate of failed answers just over what is chance, and of all answers so that their share is as wanted.
        const failed = 1.01 * floor;
        const all = (percent: number): number => (failed * 100) / percent;
        const few = 0.99 * floor;
        const edge = { app: name, region };
        return compose(context, {
          kind: errorKind,
          severity,
          for: duration,
          processGroup: servingGroup(context),
          expression: [`${recorded.errors}${selector({ app: name })}`, limit],
          limit: `over ${above} %`,
          summary: `Requests to ${name} fail`,
          description: `${value(2)} % of the answers are errors (5xx), over the limit of ${above} %`,
          proof: appProof({
            value: loud,
            memory: window,
            alerts: [{ app: name }],
            series: [
              {
                metric: "fly_edge_http_responses_count",
                labels: { ...edge, status: "503" },
                kind: "counter",
                // Too small a share; then a great share of too few.
                quiet: [failed, few],
                loud: failed,
                calm: 0,
              },
              {
                metric: "fly_edge_http_responses_count",
                labels: { ...edge, status: "200" },
                kind: "counter",
                quiet: [all(quiet) - failed, few],
                loud: all(loud) - failed,
                calm: all(quiet),
              },
            ],
          }),
        });
      });
  },
};

const latencyKind: AlertKind = {
  name: "FlyLatencyHigh",
  signal: "latencyP95",
  title: "Answers are slow",
  meaning:
    "The time within which 95 of 100 requests are answered by the app, over five minutes; time at Fly's edge and cold starts are not part of it.",
  action: {
    critical: "Scale resources.",
    warning: "Investigate slow queries: database, N+1 queries, external APIs, caching.",
    info: "Monitor trend.",
  },
  source: 'monitoring runbook, "Response Time / Latency"; operations runbook, "Alert Response"',
};

export const latency: AlertFamily = {
  kind: latencyKind,
  rules: (context) => {
    if (httpGroups(context.app).length === 0) return [];
    const { name, region, thresholds } = context.app;
    return thresholds
      .filter(({ signal }) => signal === "latencyP95")
      .map(({ severity, above, for: duration }) => {
        const histogram = p95Histogram("fly_app_http_response_time_seconds", above / 1_000, {
          app: name,
          region,
          instance: "answering",
        });
        return compose(context, {
          kind: latencyKind,
          severity,
          for: duration,
          processGroup: servingGroup(context),
          expression: [`${recorded.latency}${selector({ app: name })}`, over(above)],
          limit: `over ${above} ms`,
          summary: `${name} answers slowly`,
          description: `P95 of the answers is ${value(0)} ms, over the limit of ${above} ms`,
          proof: appProof({
            value: 1_000 * histogram.value,
            memory: rateWindow(context),
            alerts: [{ app: name }],
            series: histogram.series,
          }),
        });
      });
  },
};

/**
 * A histogram whose P95 lies just below `limit`, just above it, or at nearly nothing. All requests of a phase fall into
 * one bucket, in which the quantile is interpolated.
 */
export const p95Histogram = (
  metric: string,
  limit: number,
  labels: Readonly<Record<string, string>>,
): { readonly value: number; readonly series: Parameters<typeof appProof>[0]["series"] } => {
  const within = (lower: number, upper: number): number => lower + 0.95 * (upper - lower);
  const calmBound = limit / 100;
  const quietBound = limit;
  const loudBound = limit * (1 + 0.01 / 0.95);
  const bucket = (le: string, quiet: number, loud: number) => ({
    metric: `${metric}_bucket`,
    labels: { ...labels, le },
    kind: "counter" as const,
    quiet,
    loud,
    calm: 1,
  });
  return {
    value: within(quietBound, loudBound),
    series: [
      bucket(String(calmBound), 0, 0),
      bucket(String(quietBound), 1, 0),
      bucket(String(loudBound), 1, 1),
      bucket("+Inf", 1, 1),
    ],
  };
};
