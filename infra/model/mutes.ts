import { z } from "zod";
import { matching } from "./matching";

/** Days as Alertmanager writes them, in the order of a week. */
export const weekdays = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;

const time = matching(
  /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/,
  'a time of day, "00:00" to "24:00"',
  'write it as "02:30"',
);

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false; // there is no such zone
  }
};

/** A time that comes again and again, in which work on apps is expected: nobody hears of them. */
export const maintenanceSchema = z
  .strictObject({
    name: matching(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and dashes", "rename it"),
    /** All apps of the stack, where not given. The watchtower's own alerts are never muted. */
    apps: z.array(z.string()).min(1).optional(),
    /** Every day, where not given. */
    weekdays: z.array(z.enum(weekdays)).min(1).optional(),
    /** The whole day, where not given; the end is not part of it. */
    times: z
      .array(z.strictObject({ from: time, to: time }))
      .min(1)
      .optional(),
    /** IANA name. */
    timezone: z
      .string()
      .refine(isTimeZone, {
        params: { limit: "an IANA time zone", mend: 'write it as "Europe/Berlin" or "UTC"' },
      })
      .default("UTC"),
    reason: z.string().min(1),
  })
  .superRefine(({ weekdays: days, times }, context) => {
    if (days === undefined && times === undefined) {
      const params = {
        limit: "weekdays or times, or both",
        mend: "say when; an app is never muted for good",
      };
      context.addIssue({ code: "custom", path: [], params });
    }
    for (const [index, { from, to }] of (times ?? []).entries()) {
      if (from < to) continue;
      const params = {
        limit: `later than ${from}`,
        mend: `end it at "24:00" and declare the rest of the night as a window of the next day`,
      };
      context.addIssue({ code: "custom", path: ["times", index, "to"], params });
    }
  });
export type Maintenance = z.output<typeof maintenanceSchema>;

const isDate = (text: string): boolean => {
  const date = new Date(`${text}T00:00:00Z`);
  return /^20\d\d-/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

/**
 * A known exception that nobody needs to hear of until somebody has mended it. Source: monitoring runbook, "False
 * Alarms: document exclusions".
 */
export const exclusionSchema = z
  .strictObject({
    app: z.string(),
    /** Name of an alert of docs/alerts.md: FlyMemoryHigh. */
    alert: z.string().optional(),
    /** Or all alerts of a signal: memory. */
    signal: z.string().optional(),
    /** All process groups, where not given. */
    processGroup: z.string().optional(),
    reason: z.string().min(1),
    /** The last day (UTC) on which it holds: after it the alert is heard again, whatever is deployed. */
    until: z.string().refine(isDate, {
      params: { limit: "a day of this century", mend: 'write it as "2026-03-31"' },
    }),
  })
  .superRefine(({ alert, signal }, context) => {
    if ((alert === undefined) !== (signal === undefined)) return;
    const params = { limit: "either alert or signal", mend: "name one of the two" };
    context.addIssue({ code: "custom", path: [alert === undefined ? "alert" : "signal"], params });
  });
export type Exclusion = z.output<typeof exclusionSchema>;

/** An exclusion in words: "FlyMemoryHigh of hotdash-chatwoot (worker)". */
export const exclusionWords = ({ app, alert, signal, processGroup }: Exclusion): string =>
  `${alert ?? `signal ${signal ?? ""}`} of ${app}${processGroup === undefined ? "" : ` (${processGroup})`}`;

/** The exclusions that hold no more: they do no harm, and nothing else. `now` is passed in, so that nothing here knows the time. */
export const exclusionsPast = (exclusions: readonly Exclusion[], now: Date): Exclusion[] =>
  exclusions.filter(({ until }) => until < now.toISOString().slice(0, 10));
