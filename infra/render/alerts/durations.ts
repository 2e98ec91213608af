import type { Duration } from "../../model/units";
import { durationOf, milliseconds } from "../../model/units";

/** A duration as MetricsQL and vmalert read it: "5m", "1500ms". */
export const prometheusDuration = (duration: Duration): string =>
  Number.isInteger(milliseconds(duration)) ? duration : `${Math.round(milliseconds(duration))}ms`;

/**
 * A span divided for a sandbox in which time runs faster. Whole seconds, at least one: vmalert knows no shorter time.
 */
export const divided = (duration: Duration, divisor: number): Duration =>
  divisor === 1 ? duration : durationOf(1_000 * Math.max(1, Math.round(seconds(duration) / divisor)));

/** Seconds of a duration. */
export const seconds = (duration: Duration): number => milliseconds(duration) / 1_000;

/** A duration in words: "5 minutes", "1 hour", "90 seconds". */
export const inWords = (duration: Duration): string => {
  const [, amount = "", unit = ""] = /^([\d.]+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  const names: Record<string, string> = { ms: "millisecond", s: "second", m: "minute", h: "hour", d: "day" };
  return `${amount} ${names[unit] ?? unit}${amount === "1" ? "" : "s"}`;
};
