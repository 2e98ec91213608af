import type { Severity } from "../../model/severity";
import type { Setting } from "../toml-text";
import { alertKinds } from "../alerts/registry";
import { matcher } from "./matcher";

interface Inhibition {
  readonly name: string;
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
  readonly [key: string]: Setting;
}

/**
 * What two alerts of one signal must share to be about one thing. A label that both lack counts as equal: alerts of a
 * whole process group have no instance, only those of checks have a check. One that only one of them has does not,
 * so one machine's critical alert never hides what a warning says of all of them.
 */
const sameThing = [
  "app",
  "process_group",
  "signal",
  "instance",
  "check",
  "condition",
  "hostname",
  "id",
  "tool",
];

const worse = (source: Severity, targets: readonly Severity[]): Inhibition => ({
  name: `${source} says it already`,
  source_matchers: [matcher("severity", source)],
  target_matchers: [matcher("severity", targets)],
  equal: sameThing,
});

/** The alert that says that an app is down. */
const down = "allMachinesDown";

/**
 * What a process group without machines shows as well. Not why it is down (crashes, memory kills, what Fly has given
 * up): that is what people look for then. And nothing of single machines that are gone: it ends by itself.
 */
const symptomsOfDown = [
  "errorRate",
  "latencyP95",
  "healthCheck",
  "healthCheckFlapping",
  "dependency",
  "sidekiqQueue",
  "jobDuration",
  "mcpQueryP95",
  "approvalQueueAge",
] as const;

const knownSignal = (signal: string): string => {
  if (alertKinds.some((kind) => kind.signal === signal)) return signal;
  throw new RangeError(`no alert has the signal ${signal}`); // a unit test renders, so this cannot go out
};

/**
 * Which alerts hide others while they fire.
 *
 * Alerts about missing data (MachineStateMissing, FlyMetricsMissing) hide nothing: what cannot be seen does not fire,
 * and an inhibition would only swallow what the other source still sees, and the recoveries of what was told before.
 */
export const inhibitions: readonly Inhibition[] = [
  worse("critical", ["warning", "info"]),
  worse("warning", ["info"]),
  {
    name: "the app is down",
    source_matchers: [matcher("signal", knownSignal(down))],
    target_matchers: [matcher("signal", symptomsOfDown.map(knownSignal))],
    equal: ["app", "process_group"],
  },
];
