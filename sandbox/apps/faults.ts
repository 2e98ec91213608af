import { z } from "zod";
import { durationSchema } from "../../infra/model/units";
import { down, hang } from "../faults/common";
import { fault, noParameters } from "../faults/fault";

/** Health checks suffer with all else; or, where false, they see nothing of it: their paths do no work. */
const withChecks = { checks: z.boolean().default(true) };

/** Each answer comes `delay` later. */
export const slow = fault({
  name: "slow",
  summary: "each answer comes late",
  parameters: z.strictObject({ delay: durationSchema.default("2s"), ...withChecks }),
  example: { delay: "2s" },
});

/** A share (0 to 1) of the requests gets a 5xx, evenly spread: 0.25 is every fourth. */
export const errors = fault({
  name: "errors",
  summary: "a share of the answers is a 5xx",
  parameters: z.strictObject({
    share: z.number().min(0).max(1).default(1),
    status: z.int().min(500).max(599).default(500),
    ...withChecks,
  }),
  example: { share: 0.5, status: 500 },
});

/**
 * The paths that health checks ask answer `status`, all others as ever; `path` is another one. With `flapping` it comes
 * and goes, for so long each.
 */
export const failingCheck = fault({
  name: "failing-check",
  summary: "what health checks ask answers an error",
  parameters: z.strictObject({
    path: z.string().startsWith("/").optional(),
    status: z.int().min(400).max(599).default(503),
    flapping: durationSchema.optional(),
  }),
  example: {},
});

/** Chatwoot's Sidekiq falls behind: within `over`, so many jobs wait. Only where its worker runs, on Fly. */
export const queueGrowth = fault({
  name: "queue-growth",
  summary: "Sidekiq's queue grows",
  parameters: z.strictObject({
    jobs: z.int().min(1).default(1_500),
    over: durationSchema.default("5s"),
  }),
  example: { jobs: 1_500 },
});

/** Each job of Chatwoot's Sidekiq takes so long. Only where its worker runs, on Fly. */
export const slowJobs = fault({
  name: "slow-jobs",
  summary: "Sidekiq's jobs are slow",
  parameters: z.strictObject({ runtime: durationSchema.default("45s") }),
  example: { runtime: "45s" },
});

/** Chatwoot without Redis: `queue_services` is "failing", the status stays 200. */
export const redisGone = fault({
  name: "redis-gone",
  summary: 'queue_services "failing" behind a 200',
  parameters: noParameters,
  example: {},
});

/** Chatwoot without Postgres: `data_services` is "failing", the status stays 200. */
export const postgresGone = fault({
  name: "postgres-gone",
  summary: 'data_services "failing" behind a 200',
  parameters: noParameters,
  example: {},
});

/** The storefront without Shopify: `status` is "unhealthy" in the health answers, their HTTP status stays 200. */
export const shopifyGone = fault({
  name: "shopify-gone",
  summary: 'health "unhealthy" behind a 200',
  parameters: noParameters,
  example: {},
});

/** A tool of the MCP server answers slowly: its p95LatencyMs is `p95`. */
export const slowTool = fault({
  name: "slow-tool",
  summary: "an MCP tool's P95 is high",
  parameters: z.strictObject({
    tool: z.enum(["query_support", "refresh_index", "insight_report"]).default("query_support"),
    p95: durationSchema.default("1200ms"),
  }),
  example: { tool: "query_support", p95: "1200ms" },
});

/** An approval that has been waiting for `age` when the fault is switched on, and grows older. */
export const oldApprovals = fault({
  name: "old-approvals",
  summary: "the oldest pending approval is old",
  parameters: z.strictObject({ age: durationSchema.default("90s") }),
  example: { age: "90s" },
});

/** A scaled-to-zero machine takes `delay` to start for the first request after `idle` without any. */
export const coldStart = fault({
  name: "cold-start",
  summary: "the first request after idle time waits for a start",
  parameters: z.strictObject({ delay: durationSchema.default("12s"), idle: durationSchema.default("5m") }),
  example: { delay: "12s", idle: "30s" },
});

/** A client that never leaves: a request to a stream that does not end is in flight all the time. Only on Fly. */
export const stuckConnection = fault({
  name: "stuck-connection",
  summary: "a connection stays open and keeps a machine awake",
  parameters: noParameters,
  example: {},
});

/** What can happen to any app. */
export const everyAppsFaults = [down, hang, slow, errors, failingCheck] as const;
