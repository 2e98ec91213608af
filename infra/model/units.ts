import { z } from "zod";

/** A span of time as people write it: "500ms", "30s", "5m", "1h", "14d". Milliseconds inside (see {@link milliseconds}). */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** An amount of memory as Fly writes it: "512mb", "2gb". MiB inside (see {@link mebibytes}). */
export type Size = `${number}${"mb" | "gb"}`;

const millisecondsPer = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const mebibytesPer = { mb: 1, gb: 1_024 } as const;

const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const sizePattern = /^(\d+(?:\.\d+)?)(mb|gb)$/;

/** True for a string that {@link milliseconds} can convert. */
export const isDuration = (text: string): text is Duration => durationPattern.test(text);

/** True for a string that {@link mebibytes} can convert. */
export const isSize = (text: string): text is Size => sizePattern.test(text);

/** Milliseconds of a duration. Throws a RangeError on anything else: schemas refuse that before it comes here. */
export const milliseconds = (duration: Duration): number => {
  const [, amount, unit] = durationPattern.exec(duration) ?? [];
  if (amount === undefined) throw new RangeError(`not a duration: ${JSON.stringify(duration)}`);
  return Number(amount) * millisecondsPer[unit as keyof typeof millisecondsPer];
};

/** MiB of a size. Throws a RangeError on anything else: schemas refuse that before it comes here. */
export const mebibytes = (size: Size): number => {
  const [, amount, unit] = sizePattern.exec(size) ?? [];
  if (amount === undefined) throw new RangeError(`not a size: ${JSON.stringify(size)}`);
  return Number(amount) * mebibytesPer[unit as keyof typeof mebibytesPer];
};

/** The shortest exact way to write a number of milliseconds: 90000 is "90s", 120000 is "2m". */
export const durationOf = (ms: number): Duration => {
  const unit = (["d", "h", "m", "s"] as const).find((candidate) => {
    const whole = ms / millisecondsPer[candidate];
    return Number.isInteger(whole) && whole > 0;
  });
  return unit === undefined ? `${ms}ms` : `${ms / millisecondsPer[unit]}${unit}`;
};

/** A duration as Go's parser and so Fly and Gatus take it: those know no days. */
export const goDuration = (duration: Duration): string => {
  const ms = milliseconds(duration);
  return duration.endsWith("d") ? `${ms / millisecondsPer.h}h` : duration;
};

/** The spans of `duration` divided for a sandbox in which time runs faster; at least one second. */
export const divided = (duration: Duration, divisor: number): Duration =>
  divisor === 1 ? duration : durationOf(Math.max(1_000, Math.round(milliseconds(duration) / divisor)));

/** Schema of a {@link Duration}. */
export const durationSchema = z.custom<Duration>((value) => typeof value === "string" && isDuration(value), {
  params: { limit: "a duration with its unit: ms, s, m, h or d", mend: 'write it as "30s" or "5m"' },
});

/** Schema of a {@link Size}. */
export const sizeSchema = z.custom<Size>((value) => typeof value === "string" && isSize(value), {
  params: { limit: "a size with its unit: mb or gb", mend: 'write it as "512mb" or "2gb"' },
});
