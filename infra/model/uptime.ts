import { z } from "zod";
import { pathSchema } from "./health-check";
import { matching } from "./matching";
import { severitySchema } from "./severity";
import { durationSchema } from "./units";

/** Which service watches from outside. Gatus is self-hosted and the embedded default. */
export const uptimeBackends = ["gatus"] as const;
export type UptimeBackend = (typeof uptimeBackends)[number];

const common = {
  /** Unique in its app. */
  name: matching(
    /^[a-z][a-z0-9-]*$/,
    "lower-case letters, digits and dashes",
    'name it as "health" or "synthetic"',
  ),
  path: pathSchema,
  expectedStatus: z.int().min(100).max(599).default(200),
  headers: z.record(z.string(), z.string()).default({}),
};

/** A field of the JSON answer that must hold a value, where the status says nothing. */
const bodyConditionSchema = z.strictObject({
  /** Dotted path into the JSON body: "queue_services". */
  path: matching(
    /^[A-Za-z_][\w.[\]]*$/,
    "a dotted path into the JSON answer",
    'write it as "queue_services"',
  ),
  equals: matching(/^[\w.-]+$/, "letters, digits, dots and dashes", "compare with a plain word or number"),
});

/** Asks again and again. Not for what may sleep: a request a minute keeps a scale-to-zero machine awake for ever. */
const pollSchema = z.strictObject({
  ...common,
  kind: z.literal("poll"),
  interval: durationSchema.default("60s"),
  body: z.array(bodyConditionSchema).default([]),
  /** An answer that takes longer is a failure. */
  responseBudget: durationSchema.optional(),
  /** The worst severity a failure of this monitor reaches; the waiting times are those of the healthCheck thresholds. */
  severity: severitySchema.exclude(["info"]).default("critical"),
});

/** Wakes a sleeping machine on purpose, seldom, and judges how long that takes. */
const coldStartSchema = z.strictObject({
  ...common,
  kind: z.literal("cold-start"),
  interval: durationSchema.default("1h"),
  /** Source: monitoring runbook, "Auto-scaling Issues" (10 s), and the agent services' runbook (20 s). */
  budget: z
    .strictObject({
      warning: durationSchema.default("10s"),
      critical: durationSchema.default("20s"),
    })
    .prefault({}),
});

export const monitorSchema = z.discriminatedUnion("kind", [pollSchema, coldStartSchema]);
export type Monitor = z.infer<typeof monitorSchema>;
export type PollMonitor = Extract<Monitor, { kind: "poll" }>;
export type ColdStartMonitor = Extract<Monitor, { kind: "cold-start" }>;

/** Warned before the certificate ends; Fly renews a month ahead, so two weeks left means that renewal fails. */
export const certificateWarning = "14d";
