import { channelOf } from "./alerting";
import type { Fleet } from "./fleet";
import { servicesOf } from "./app";

/** A row of the table that people read after an apply. */
export interface SummaryRow {
  readonly app: string;
  readonly checks: readonly string[];
  readonly scaling: readonly string[];
  readonly uptime: readonly string[];
  readonly channel: string;
  readonly severity: string;
}

/** What is watched and who hears of it, a row an app. */
export const summaryOf = ({ apps, alerting }: Fleet): SummaryRow[] =>
  apps.map((app) => ({
    app: app.name,
    checks: [
      ...servicesOf(app).flatMap(({ service }) => service.checks),
      ...Object.values(app.processGroups).flatMap(({ checks }) => checks),
    ].map((check) => (check.type === "http" ? check.path : `tcp ${check.name}`)),
    scaling: Object.entries(app.processGroups).map(([name, { autoscaling, autoStop, machines }]) => {
      if (autoscaling === undefined) return `${name} ${machines ?? 1}`;
      const { minMachinesRunning: min, maxMachines: max } = autoscaling;
      return `${name} ${min === max ? min : `${min}-${max}`} ${autoStop?.autoStopMachines ?? "off"}`;
    }),
    uptime: app.uptime.map(
      ({ name, kind, interval }) => `${name} ${kind === "poll" ? "" : "cold start "}every ${interval}`,
    ),
    channel: `#${channelOf(alerting, app.alertLevel).name}`,
    severity: app.alertLevel,
  }));

/** A row as one line: "/api; web 1 off, worker 1; api every 60s; #incidents (critical)" */
export const summaryLine = ({ checks, scaling, uptime, channel, severity }: SummaryRow): string =>
  [checks, scaling, uptime, [`${channel} (${severity})`]]
    .filter((part) => part.length > 0)
    .map((part) => part.join(", "))
    .join("; ");
