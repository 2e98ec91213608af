import { z } from "zod";
import { isDuration, milliseconds, type Duration } from "../../model/units";

// Schemas of single inputs, with messages that say what is right.

export const text = (what: string): z.ZodString => z.string(`must be ${what}, as text`);

export const filled = (what: string): z.ZodString => text(what).min(1, "must not be empty");

export const flag = (): z.ZodBoolean => z.boolean("must be true or false");

export const whole = (bounds: { readonly min: number; readonly max?: number }): z.ZodInt => {
  const least = z.int("must be a whole number").min(bounds.min, `must be ${bounds.min} or more`);
  return bounds.max === undefined ? least : least.max(bounds.max, `must be ${bounds.max} or less`);
};

export const oneOf = (values: readonly string[]): z.ZodType<string> =>
  z.enum(values, `must be one of ${values.join(", ")}`);

export const setOfOne = (values: readonly string[]): z.ZodType<string[]> =>
  z
    .array(oneOf(values), `must be a list of ${values.join(", ")}`)
    .refine((items) => new Set(items).size === items.length, "must not name one twice");

export const url = (example: string): z.ZodURL =>
  z.url({ protocol: /^https?$/, error: `must be a URL, such as ${example}` });

/** Another resource's id; programs hand over the output of it. */
export const id = (of: string): z.ZodString =>
  z.string(`must be the id of ${of}, as text`).regex(/^\d+$/, `must be the id of ${of}: digits`);

export interface Span {
  readonly min?: Duration;
  readonly max?: Duration;
  /** What it must be a multiple of; "1s" where not told. */
  readonly step?: Duration;
}

/** A span of time within bounds, of whole units. */
export const duration = ({ min, max, step = "1s" }: Span = {}): z.ZodType<Duration> =>
  z
    .custom<Duration>(
      (value) => typeof value === "string" && isDuration(value),
      'must be a duration with its unit, such as "30s"',
    )
    .refine(
      (value) =>
        !isDuration(value) ||
        (milliseconds(value) >= milliseconds(min ?? "0s") &&
          (max === undefined || milliseconds(value) <= milliseconds(max)) &&
          milliseconds(value) % milliseconds(step) === 0),
      [
        ...(min === undefined ? [] : [`must be ${min} or longer`]),
        ...(max === undefined ? [] : [`must be ${max} or shorter`]),
        `must be a multiple of ${step}`,
      ].join(", "),
    );

/** One of a closed set of spans, however it is spelled: "60s" is "1m". */
export const durationOf = (values: readonly Duration[]): z.ZodType<Duration> =>
  duration({ step: "1ms" }).refine(
    (value) => !isDuration(value) || values.some((known) => milliseconds(known) === milliseconds(value)),
    `must be one of ${values.join(", ")}`,
  );

export const timeOfDay = (): z.ZodString =>
  z
    .string('must be a time of day, such as "09:00"')
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as "09:00"');

export const timeOfDayWithSeconds = (): z.ZodString =>
  z
    .string('must be a time of day, such as "02:00:00"')
    .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, 'must be a time of day with seconds, such as "02:00:00"');

export const instant = (): z.ZodISODateTime =>
  z.iso.datetime({
    offset: true,
    error: "must be a time as RFC 3339 has it, such as 2026-01-01T09:00:00Z",
  });

/** As the declarations take it: an address inside a company may have a domain without a dot. */
export const email = (): z.ZodEmail =>
  z.email({ pattern: /^[^\s@]+@[^\s@]+$/, error: "must be an e-mail address" });
