import { durationOf, type Duration } from "../../model/units";

const msPer = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/gy;

/**
 * Milliseconds of a duration in any spelling of the Machines API: Go's text ("15s", "1m0s", "15s0ms") or a number of
 * nanoseconds. Undefined for what is none.
 */
export const goMilliseconds = (value: unknown): number | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? value / 1e6 : undefined;
  if (typeof value !== "string" || value === "") return undefined;
  if (value === "0") return 0;
  let ms = 0;
  let end = 0;
  for (const match of value.matchAll(part)) {
    ms += Number(match[1]) * msPer[match[2] as keyof typeof msPer];
    end = match.index + match[0].length;
  }
  return end === value.length ? Math.round(ms * 1e6) / 1e6 : undefined;
};

/** The one spelling that is compared; undefined for zero and for what is no duration. */
export const plainDuration = (value: unknown): Duration | undefined => {
  const ms = goMilliseconds(value);
  return ms === undefined || ms <= 0 ? undefined : durationOf(ms);
};
