import type { Duration } from "../../model/units";
import { milliseconds } from "../../model/units";

/** A duration as MetricsQL and vmalert read it: "5m", "1500ms". */
export const prometheusDuration = (duration: Duration): string =>
  Number.isInteger(milliseconds(duration)) ? duration : `${Math.round(milliseconds(duration))}ms`;

/** Seconds of a duration. */
export const seconds = (duration: Duration): number => milliseconds(duration) / 1_000;

/** A duration in words: "5 minutes", "1 hour", "90 seconds". */
export const inWords = (duration: Duration): string => {
  const [, amount = "", unit = ""] = /^([\d.]+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  const names: Record<string, string> = { ms: "millisecond", s: "second", m: "minute", h: "hour", d: "day" };
  return `${amount} ${names[unit] ?? unit}${amount === "1" ? "" : "s"}`;
};
