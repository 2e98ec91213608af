import type { ResolvedApp } from "../../model/app";
import type { Fleet } from "../../model/fleet";
import { milliseconds } from "../../model/units";
import type { Monitor } from "../../model/uptime";
import { backendTitles } from "../../model/uptime-names";
import { timeoutFor } from "./betterstack";

/** What the stack's backend only comes close to, a line for each monitor, for whoever runs the stack. */
export const closestWords = ({ apps, settings: { uptimeBackend: backend } }: Fleet): readonly string[] => {
  if (backend === "gatus") return [];
  const of = (app: ResolvedApp, monitor: Monitor): string[] => {
    const budget = monitor.kind === "cold-start" ? monitor.budget.critical : monitor.responseBudget;
    const timeout = budget && timeoutFor(budget);
    const isLax = backend === "betterstack" && budget && timeout;
    return [
      ...(isLax && milliseconds(timeout) > milliseconds(budget) ? [`${budget} is judged as ${timeout}`] : []),
      ...(monitor.kind === "cold-start"
        ? [`only the critical budget is judged; ${monitor.budget.warning} is the autoStart rule's`]
        : []),
      ...(backend === "uptimerobot" && monitor.domainExpiry !== "off"
        ? ["the domain's end is told of on days of its own"]
        : []),
    ].map((words) => `${app.name} ${monitor.name}: ${words}`);
  };
  const lines = apps.flatMap((app) => app.uptime.flatMap((monitor) => of(app, monitor)));
  return lines.length === 0
    ? []
    : [`${backendTitles[backend]} comes only close to what is declared.`, ...lines];
};
