import type { ResolvedApp } from "../../model/app";
import type { Fleet } from "../../model/fleet";
import type { Severity } from "../../model/severity";
import { upTo } from "../../model/severity";
import { thresholdOf } from "../../model/signals";
import type { Duration } from "../../model/units";
import { milliseconds } from "../../model/units";
import type { Monitor } from "../../model/uptime";
import { isProcedure, ladderOf } from "../alertmanager/ladder";

/** Somebody is told: the channel of a severity when it is reached, and whoever comes later on its ladder. */
export interface Level {
  readonly severity: Severity;
  /** Milliseconds since it began to fail. */
  readonly after: number;
  /** Since its severity was reached: "0s" for the first. */
  readonly step: Duration;
  readonly action: string;
  /** Whether the severity's channel hears: of the beginning, and of a procedure. */
  readonly channel: boolean;
  /** E-mail addresses. */
  readonly people: readonly string[];
  /** Whether who is on call is called. */
  readonly onCall: boolean;
  /** Everybody in the channel is called by name. */
  readonly isProcedure: boolean;
}

/** The words of a step: "T+5m". */
export const stepName = ({ step }: Pick<Level, "step">): string => `T+${step === "0s" ? "0" : step}`;

type Told = Pick<Fleet, "alerting" | "settings">;

const emailOf = ({ alerting: { recipients } }: Told, name: string): string => {
  const recipient = recipients[name];
  if (recipient === undefined) throw new RangeError(`no recipient ${name}`); // the schema has refused it before
  return recipient.email;
};

/** Who is told from when a severity is reached, `from` milliseconds after the beginning: critical climbs the ladder. */
const levelsOfSeverity = (fleet: Told, severity: Severity, from: number): Level[] => {
  const { alerting, settings } = fleet;
  const { email, sms } = alerting.routes[severity];
  const first = { severity, channel: true, onCall: sms !== undefined, isProcedure: false } as const;
  const addresses = (names: readonly string[]): string[] => names.map((name) => emailOf(fleet, name));
  if (severity !== "critical")
    return [{ ...first, after: from, step: "0s", action: "Alert detected", people: addresses(email) }];
  return ladderOf(alerting, settings).map((step, index) => ({
    ...first,
    after: from + milliseconds(step.after),
    step: step.after,
    action: step.action,
    channel: index === 0 || isProcedure(step),
    people: addresses(step.people),
    onCall: index === 0 && first.onCall,
    isProcedure: index > 0 && isProcedure(step),
  }));
};

/** How long a monitor must fail until a severity is reached; undefined for one that it does not reach. */
export const reachedAfter = (
  { thresholds }: Pick<ResolvedApp, "thresholds">,
  monitor: Monitor,
  severity: Severity,
): number | undefined => {
  if (monitor.kind === "cold-start") return severity === "critical" ? 0 : undefined;
  if (!upTo(monitor.severity).includes(severity)) return undefined;
  const threshold = thresholdOf(thresholds, "healthCheck", severity);
  if (threshold === undefined) return undefined;
  return Math.max(milliseconds(threshold.for), milliseconds(monitor.confirmation ?? "0s"));
};

/** Everybody who is told of a monitor, by time. */
export const levelsOf = (
  fleet: Told,
  app: Pick<ResolvedApp, "thresholds">,
  monitor: Monitor,
): readonly Level[] =>
  (["warning", "critical"] as const)
    .flatMap((severity) => {
      const after = reachedAfter(app, monitor, severity);
      return after === undefined ? [] : levelsOfSeverity(fleet, severity, after);
    })
    .toSorted((one, other) => one.after - other.after);

/** Everybody who is told at once of something of this severity, such as a call that stayed away. */
export const levelsAtOnce = (fleet: Told, severity: Severity): readonly Level[] =>
  levelsOfSeverity(fleet, severity, 0);
