import { z } from "zod";
import { limits } from "./limits";
import { matching } from "./matching";
import { durationSchema } from "./units";

/** Every request of a check says who asks. Source: monitoring runbook, "CPU Utilization: Configuration". */
export const monitoringHeaders: Readonly<Record<string, string>> = { "X-Monitoring": "fly-health-check" };

export const portSchema = z.int().min(limits.ports.min).max(limits.ports.max);

/** A path on a server, query included. */
export const pathSchema = matching(/^\//, "a path that starts with /", 'write it as "/health"');

const timing = {
  /** A name for people and for Pulumi; unique in its process group. */
  name: z.string().min(1),
  interval: durationSchema,
  timeout: durationSchema,
  /** How long after a start failures do not count. */
  gracePeriod: durationSchema,
};

const http = {
  type: z.literal("http"),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).default("GET"),
  path: pathSchema,
  /** What the machine speaks on its port; TLS usually ends at Fly's proxy. */
  protocol: z.enum(["http", "https"]).default("http"),
  tlsSkipVerify: z.boolean().optional(),
  tlsServerName: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({ ...monitoringHeaders }),
};

/**
 * A service check: failing takes the machine out of Fly's routing and holds a deploy; it never restarts anything.
 * Source: Fly docs, "Health checks".
 */
export const serviceCheckSchema = z.discriminatedUnion("type", [
  z.strictObject({ ...timing, ...http }),
  z.strictObject({ ...timing, type: z.literal("tcp") }),
]);
export type ServiceCheck = z.infer<typeof serviceCheckSchema>;

/** A top-level check: informational, without effect on routing, yet deploys wait for it. Needs its own port. */
export const topLevelCheckSchema = z.discriminatedUnion("type", [
  z.strictObject({ ...timing, ...http, port: portSchema }),
  z.strictObject({ ...timing, type: z.literal("tcp"), port: portSchema }),
]);
export type TopLevelCheck = z.infer<typeof topLevelCheckSchema>;
