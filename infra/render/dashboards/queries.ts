import { selector } from "../alerts/expression";

/**
 * The signals as Fly's own store can answer them, without recorded series and without the exporter, so that the
 * dashboards work in Fly's managed Grafana. `by` are the labels to keep.
 */
export const queries = {
  cpu: (labels: Readonly<Record<string, string>>, by: string): string => {
    const idle = selector({ ...labels, mode: "idle" });
    const busy = selector(labels).replace(
      /\}$/,
      `${Object.keys(labels).length > 0 ? "," : ""}mode!~"idle|iowait|steal|guest|guest_nice"}`,
    );
    return (
      `max by (${by}) (sum by (app, instance) (rate(fly_instance_cpu${busy}[$__rate_interval])) ` +
      `/ on (app, instance) count by (app, instance) (fly_instance_cpu${idle}))`
    );
  },
  memory: (labels: Readonly<Record<string, string>>, by: string): string => {
    const of = selector(labels);
    return `max by (${by}) (100 * (1 - fly_instance_memory_mem_available${of} / fly_instance_memory_mem_total${of}))`;
  },
  errorRate: (labels: Readonly<Record<string, string>>): string => {
    const failed = selector(labels).replace(
      /\}$/,
      `${Object.keys(labels).length > 0 ? "," : ""}status=~"5.."}`,
    );
    return (
      `100 * sum by (app) (rate(fly_edge_http_responses_count${failed}[$__rate_interval])) ` +
      `/ sum by (app) (rate(fly_edge_http_responses_count${selector(labels)}[$__rate_interval]))`
    );
  },
  latencyP95: (labels: Readonly<Record<string, string>>): string =>
    `1000 * histogram_quantile(0.95, sum by (app, le) (rate(fly_app_http_response_time_seconds_bucket${selector(labels)}[$__rate_interval])))`,
} as const;
