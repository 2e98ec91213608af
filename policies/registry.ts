import type { Rule } from "./rule";
import { fleetNotEmpty } from "./rules/fleet";
import { fragmentLintsClean } from "./rules/fragments";
import { healthCheckBounds, healthCheckPresent } from "./rules/health-checks";
import { autoStart, staysUp, workerMemory } from "./rules/machines";
import { httpsForced } from "./rules/network";
import { thresholdsOrdered, thresholdsStrict } from "./rules/thresholds";
import { sleepingAppNotPolled, uptimeMonitorPresent } from "./rules/uptime";

/** Every rule of the pack, in the order of docs/policies.md. */
export const rules: readonly Rule[] = [
  fleetNotEmpty,
  healthCheckPresent,
  healthCheckBounds,
  httpsForced,
  workerMemory,
  autoStart,
  staysUp,
  thresholdsOrdered,
  thresholdsStrict,
  uptimeMonitorPresent,
  sleepingAppNotPolled,
  fragmentLintsClean,
];
