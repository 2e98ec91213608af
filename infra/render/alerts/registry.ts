import type { ResolvedApp } from "../../model/app";
import type { Fleet } from "../../model/fleet";
import { errorRate, latency } from "./families/answers";
import { notStarting, notStopping, slowStart } from "./families/auto-scaling";
import { certificateEnding, cpuBalance, cpuThrottled, volumeFilling } from "./families/capacity";
import { healthCheckFailing, healthCheckFlapping } from "./families/health-checks";
import { allMachinesDown, crashLooping, givenUp, outOfMemory } from "./families/machines";
import { approvalQueue, dependencyFailing, jobDuration, mcpQueries, sidekiqQueue } from "./families/products";
import { cpu, memory } from "./families/resources";
import {
  exporterKind,
  machineStateUnknown,
  metricsKind,
  switchKind,
  watchtower,
  watchtowerRules,
} from "./families/watchtower";
import { alwaysOnGroups } from "./groups-of";
import type { AlertFamily, AlertKind, AlertRule } from "./rule";

/** Every family of alerts about apps, in the order of the runbook. */
const families: readonly AlertFamily[] = [
  cpu,
  memory,
  errorRate,
  latency,
  healthCheckFailing,
  healthCheckFlapping,
  notStopping,
  notStarting,
  slowStart,
  allMachinesDown,
  outOfMemory,
  crashLooping,
  givenUp,
  dependencyFailing,
  sidekiqQueue,
  jobDuration,
  mcpQueries,
  approvalQueue,
  cpuThrottled,
  cpuBalance,
  volumeFilling,
  certificateEnding,
  machineStateUnknown,
];

/** Every kind of alert there is: the sections of docs/alerts.md. */
export const alertKinds: readonly AlertKind[] = [
  ...families.map(({ kind }) => kind),
  exporterKind,
  metricsKind,
  switchKind,
];

/** The alerts of one app. */
export const rulesOfApp = (app: ResolvedApp, { alerting, settings }: Omit<Fleet, "apps">): AlertRule[] =>
  families.flatMap((family) => family.rules({ app, alerting, settings }));

/**
 * The alerts of a stack, an app after the other, those about the monitoring itself last. Made when they are asked for:
 * the proofs of a thousand apps at once are a gigabyte.
 */
export function* rulesInTurn(fleet: Fleet): Generator<readonly [string, readonly AlertRule[]]> {
  for (const app of fleet.apps) yield [app.name, rulesOfApp(app, fleet)];
  const alwaysOn = fleet.apps.some((app) => alwaysOnGroups(app).length > 0);
  yield [watchtower, watchtowerRules(fleet, alwaysOn)];
}

/** The same, all at once, by app. */
export const rulesByApp = (fleet: Fleet): ReadonlyMap<string, readonly AlertRule[]> =>
  new Map(rulesInTurn(fleet));
