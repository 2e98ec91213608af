import { z } from "zod";
import { pathSchema } from "./health-check";
import { matching } from "./matching";
import { severitySchema } from "./severity";
import { durationSchema } from "./units";

export { uptimeBackends, type UptimeBackend } from "./uptime-names";

/** Where a service can watch from; each has its own word for these. */
export const uptimeRegions = ["north-america", "europe", "asia", "oceania"] as const;
export type UptimeRegion = (typeof uptimeRegions)[number];

/** UptimeRobot's plans as far as they differ here. Source: uptimerobot.com/api, "alert_contacts". */
export const uptimeRobotPlans = ["free", "paid"] as const;

/** Warned before the certificate ends; Fly renews a month ahead, so two weeks left means that renewal fails. */
export const certificateWarning = "14d";

const expirySchema = z.union([durationSchema, z.literal("off")], {
  error: 'must be a duration such as "14d", or "off"',
});

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
  /** Where it is watched from: all that the backend has, where not given. Gatus watches from where it runs. */
  regions: z.array(z.enum(uptimeRegions)).min(1).optional(),
  /** How long before its end the certificate of the app's address is told of; asked once an app. */
  certificateExpiry: expirySchema.default(certificateWarning),
  /** The same of the domain's registration; "off" as long as apps are at fly.dev, which Fly renews. */
  domainExpiry: expirySchema.default("off"),
  /** Kept, and not asked. */
  paused: z.boolean().default(false),
};

/** A text that the answer must hold, or must not. */
const keywordSchema = z.strictObject({
  text: z.string().min(1).max(500),
  present: z.boolean().default(true),
});

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
  keyword: keywordSchema.optional(),
  /** An answer that takes longer is a failure. */
  responseBudget: durationSchema.optional(),
  /** How long it must fail before anybody is told; the `for` of the app's healthCheck thresholds where that is longer. */
  confirmation: durationSchema.optional(),
  /** How long it must be well before that is told; a minute where not given, on a backend that waits at all. */
  recovery: durationSchema.optional(),
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

/** How long something must be well where its declaration does not say. */
export const usualRecovery = "1m";

/** Something that has to call regularly: what stays away is told of. */
export const heartbeatSchema = z.strictObject({
  /** Unique in the stack. */
  name: common.name,
  /** What calls. */
  about: z.string().min(1),
  /** How often it calls. */
  period: durationSchema,
  /** How late it may be. */
  grace: durationSchema,
  severity: severitySchema.exclude(["info"]).default("warning"),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** The page that tells people outside how the apps are, where the backend has one. */
export const statusPageSchema = z.strictObject({
  /** The page is at SUBDOMAIN of the backend's; unique among all its customers. */
  subdomain: matching(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    "a-z, 0-9 and dashes between them",
    'write it as "hotdash-status"',
  ),
  company: z.string().min(1),
  companyUrl: z.url({ protocol: /^https?$/ }),
  /** Rails' name of a time zone. */
  timezone: z.string().min(1).default("UTC"),
});
export type StatusPageSettings = z.output<typeof statusPageSchema>;
