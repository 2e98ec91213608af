import type { ResolvedApp } from "../infra/model/app";
import type { Fleet } from "../infra/model/fleet";
import { startedOnRequest } from "../infra/render/alerts/groups-of";

/** A series of a healthy app: where it begins, and by how much it grows each second. */
export interface BenchSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly from: number;
  readonly perSecond: number;
}

type Labels = Readonly<Record<string, string>>;

const gauge = (name: string, labels: Labels, value: number): BenchSeries => ({
  metric: { __name__: name, ...labels },
  from: value,
  perSecond: 0,
});
const counter = (name: string, labels: Labels, perSecond: number): BenchSeries => ({
  metric: { __name__: name, ...labels },
  from: 0,
  perSecond,
});

/** As Fly's own histograms, of answers that take 30 ms. */
const bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];
const histogram = (name: string, labels: Labels): BenchSeries[] => [
  ...bounds.map((le) => counter(`${name}_bucket`, { ...labels, le }, Number(le) < 0.03 ? 0.1 : 5)),
  counter(`${name}_sum`, labels, 0.15),
  counter(`${name}_count`, labels, 5),
];

/** What Fly and the exporter tell of one machine. */
const machineSeries = (app: ResolvedApp, group: string, index: number): BenchSeries[] => {
  const { vm, services, checks } = app.processGroups[group] ?? { services: [], checks: [] };
  const instance = `${group}${index}`;
  const fly = { app: app.name, region: app.region, host: `h${index}`, instance };
  const own = { app: app.name, process_group: group, instance };
  const cpus = Array.from({ length: vm?.cpus ?? 1 }, (_, cpu) => String(cpu));
  return [
    gauge("flymon_machine_info", { ...own, region: app.region }, 1),
    gauge("flymon_machine_started", own, 1),
    gauge("flymon_machine_failed_exits", own, 0),
    gauge("flymon_machine_given_up", own, 0),
    ...[...checks, ...services.flatMap((service) => service.checks)].map(({ name }) =>
      gauge("flymon_check_failing", { ...own, check: name }, 0),
    ),
    ...app.uptime
      .flatMap((monitor) => (monitor.kind === "poll" ? monitor.body : []))
      .map(({ path }) => gauge("flymon_answer_condition_failing", { ...own, condition: path }, 0)),
    gauge("flymon_tool_p95_milliseconds", { ...own, tool: app.metricNames.mcpQueryTool }, 300),
    gauge("flymon_approval_oldest_age_seconds", own, 10),
    gauge("fly_instance_up", fly, 1),
    ...cpus.flatMap((cpu_id) =>
      (["user", "system", "idle", "iowait", "steal", "nice", "irq", "softirq"] as const).map((mode) =>
        counter("fly_instance_cpu", { ...fly, cpu_id, mode }, mode === "idle" ? 70 : 4),
      ),
    ),
    ...(["total", "available", "free"] as const).map((name) =>
      gauge(`fly_instance_memory_mem_${name}`, fly, name === "total" ? 2e9 : 1.5e9),
    ),
    gauge("fly_instance_cpu_balance", fly, 500),
    counter("fly_instance_cpu_throttle", fly, 0),
    ...(["200", "404"] as const).map((status) =>
      counter("fly_app_http_responses_count", { ...fly, status }, 5),
    ),
    counter("fly_app_tcp_connects_count", fly, 1),
    ...histogram("fly_app_http_response_time_seconds", { ...fly, status: "200" }),
  ];
};

const appSeries = (app: ResolvedApp): BenchSeries[] => {
  const { name, region, processGroups } = app;
  const edge = { app: name, region, host: "edge" };
  const machinesOf = (group: string): number =>
    processGroups[group]?.machines ?? Math.max(1, processGroups[group]?.autoscaling?.minMachinesRunning ?? 1);
  return [
    gauge("flymon_app_unreadable", { app: name }, 0),
    gauge(
      "flymon_certificate_expiry_timestamp_seconds",
      { app: name, hostname: `${name}.fly.dev` },
      Date.now() / 1_000 + 60 * 86_400,
    ),
    gauge("fly_volume_used_pct", { app: name, region, id: "vol_0" }, 20),
    ...(["200", "404", "500"] as const).map((status) =>
      counter("fly_edge_http_responses_count", { ...edge, status }, status === "500" ? 0.001 : 5),
    ),
    ...startedOnRequest(app).flatMap((group) => [
      gauge("flymon_autostart_seconds", { app: name, process_group: group }, 3),
      gauge("flymon_autostart_failed", { app: name, process_group: group }, 0),
    ]),
    ...Object.keys(processGroups).flatMap((group) => [
      gauge("flymon_group_started_machines", { app: name, process_group: group }, machinesOf(group)),
      ...Array.from({ length: machinesOf(group) }, (_, index) => machineSeries(app, group, index)).flat(),
    ]),
  ];
};

/** What a healthy fleet's metrics are, an app after the other. */
export const fleetSeries = (fleet: Fleet): readonly (readonly BenchSeries[])[] => fleet.apps.map(appSeries);
