import type { ResolvedApp } from "../../model/app";
import type { Fleet } from "../../model/fleet";
import type { Levels } from "../../model/signals";
import { defaultThresholds } from "../../model/signals";
import { severities } from "../../model/severity";
import { expressionText } from "../alerts/expression";
import { rulesOfApp } from "../alerts/registry";
import type { AlertKind, AlertRule } from "../alerts/rule";
import type { Board } from "./board";
import { board } from "./board";
import type { Line } from "./panels";
import { graph } from "./panels";
import { queries } from "./queries";
import { dashboardUid, fleetDashboardUid } from "./uid";

const linesOf = (levels: Levels): Line[] =>
  severities.flatMap((severity) => {
    const level = levels[severity];
    return level ? [{ severity, operator: ">" as const, limit: level.above }] : [];
  });

/** The comparison that ends a rule's expression: what is left of it is the value, itself the line. */
const ending = (rule: AlertRule): { readonly value: string; readonly line: Line } | undefined => {
  const last = rule.expression.at(-1);
  if (last === undefined || typeof last === "string") return undefined;
  return {
    value: expressionText(rule.expression.slice(0, -1)),
    line: { severity: rule.severity, operator: last.operator, limit: last.limit },
  };
};

/** The four signals that Fly's store answers by itself, by the name of their alert's signal. */
const drawn = {
  cpu: (app: string) => ({
    expression: queries.cpu({ app }, "app, instance"),
    unit: "percent",
    legend: "{{instance}}",
  }),
  memory: (app: string) => ({
    expression: queries.memory({ app }, "app, instance"),
    unit: "percent",
    legend: "{{instance}}",
  }),
  errorRate: (app: string) => ({
    expression: queries.errorRate({ app }),
    unit: "percent",
    legend: "{{app}}",
  }),
  latencyP95: (app: string) => ({ expression: queries.latencyP95({ app }), unit: "ms", legend: "P95" }),
} as const;

const units: Readonly<Record<string, string>> = {
  oomKill: "s",
  autoStart: "s",
  jobDuration: "s",
  mcpQueryP95: "ms",
  approvalQueueAge: "s",
  cpuThrottle: "percent",
  cpuBalance: "s",
  volume: "percent",
  certificate: "d",
};

const appDashboard = (app: ResolvedApp, fleet: Fleet): Board => {
  const byKind = new Map<AlertKind, AlertRule[]>();
  for (const rule of rulesOfApp(app, fleet)) byKind.set(rule.kind, [...(byKind.get(rule.kind) ?? []), rule]);

  const graphs = [...byKind].flatMap(([kind, rules]) => {
    const ends = rules.flatMap((rule) => ending(rule) ?? []);
    const [first] = ends;
    if (first === undefined) return [];
    const own = Object.hasOwn(drawn, kind.signal)
      ? drawn[kind.signal as keyof typeof drawn](app.name)
      : undefined;
    return [
      graph({
        title: kind.title,
        description: `${kind.meaning} Alert: ${kind.name}.`,
        unit: own?.unit ?? units[kind.signal] ?? "short",
        expression: own?.expression ?? first.value,
        legend: own?.legend ?? "__auto",
        lines: ends.map(({ line }) => line),
      }),
    ];
  });
  return board(dashboardUid(app.name), app.name, `${app.description}.`, graphs);
};

const fleetDashboard = (): Board =>
  board(fleetDashboardUid, "HotDash on Fly.io", "All apps at a glance.", [
    graph({
      title: "Firing alerts",
      description: "Alerts that fire, by app and severity. Needs the watchtower's store.",
      unit: "short",
      expression: 'sum by (app, severity) (ALERTS{alertstate="firing",alertname!="DeadMansSwitch"})',
      legend: "{{app}} {{severity}}",
      lines: [],
    }),
    graph({
      title: "Running machines",
      description: "Machines that report metrics; an app that has scaled to zero has none.",
      unit: "short",
      expression: "sum by (app) (fly_instance_up)",
      legend: "{{app}}",
      lines: [],
    }),
    graph({
      title: "CPU",
      description:
        "The busiest machine of each app. Lines: the runbook's limits; an app's own are on its dashboard.",
      unit: "percent",
      expression: queries.cpu({}, "app"),
      legend: "{{app}}",
      lines: linesOf(defaultThresholds.cpu),
    }),
    graph({
      title: "Memory",
      description: "The fullest machine of each app.",
      unit: "percent",
      expression: queries.memory({}, "app"),
      legend: "{{app}}",
      lines: linesOf(defaultThresholds.memory),
    }),
    graph({
      title: "Errors",
      description: "Answers with 5xx at Fly's edge in percent.",
      unit: "percent",
      expression: queries.errorRate({}),
      legend: "{{app}}",
      lines: linesOf(defaultThresholds.errorRate),
    }),
    graph({
      title: "P95 latency",
      description: "Time within which 95 of 100 requests are answered by the app.",
      unit: "ms",
      expression: queries.latencyP95({}),
      legend: "{{app}}",
      lines: linesOf(defaultThresholds.latencyP95),
    }),
    graph({
      title: "Failing checks",
      description: "Checks of started machines that fail. Needs the exporter.",
      unit: "short",
      expression: "sum by (app) (flymon_check_failing)",
      legend: "{{app}}",
      lines: linesOf(defaultThresholds.healthCheck),
    }),
    graph({
      title: "Fullest volumes",
      description: "Used share of each volume.",
      unit: "percent",
      expression: "max by (app, id) (fly_volume_used_pct)",
      legend: "{{app}} {{id}}",
      lines: [],
    }),
  ]);

/**
 * The dashboards of a stack as JSON for Grafana's import, by path: one of the fleet and one of each app. The module
 * brings Grafana's SDK along: import it only where dashboards are written.
 */
export const dashboardTexts = (fleet: Fleet): ReadonlyMap<string, string> =>
  new Map(
    [
      ["dashboards/fleet.json", fleetDashboard()] as const,
      ...fleet.apps.map((app) => [`dashboards/${app.name}.json`, appDashboard(app, fleet)] as const),
    ].map(([path, made]) => [path, `${JSON.stringify(made, null, 2)}\n`]),
  );
