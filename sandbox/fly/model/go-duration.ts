import { z } from "zod";

const milliseconds = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
const whole = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** A time as the Machines API takes it: Go's text ("15s", "1m30s"), or a number of nanoseconds. */
export const goDurationSchema = z.union([
  z.string().regex(whole, 'a duration such as "15s" is needed'),
  z.number().min(0),
]);
export type GoDuration = z.infer<typeof goDurationSchema>;

/** Milliseconds of a duration. */
export const goMilliseconds = (duration: GoDuration): number =>
  typeof duration === "number"
    ? duration / 1e6
    : [...duration.matchAll(part)].reduce(
        (sum, [, amount, unit]) => sum + Number(amount) * milliseconds[unit as keyof typeof milliseconds],
        0,
      );

/** As Go prints a duration, which is how the API hands it back: "60s" becomes "1m0s". */
export const goText = (duration: GoDuration): string => {
  const ms = goMilliseconds(duration);
  if (ms === 0) return "0s";
  if (ms < 1_000) return ms >= 1 ? `${ms}ms` : ms >= 1e-3 ? `${ms * 1e3}µs` : `${Math.round(ms * 1e6)}ns`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${(ms % 60_000) / 1_000}s`;
  return hours > 0 ? `${hours}h${minutes}m${seconds}` : minutes > 0 ? `${minutes}m${seconds}` : seconds;
};
