import { Hono } from "hono";
import { postgresGone, queueGrowth, redisGone, slowJobs } from "./faults";
import type { Product } from "./product";

const version = "4.6.0";

/** "2025-10-19 12:00:00", in UTC, as Rails prints a time for a database. */
const railsTime = (date: Date): string => date.toISOString().slice(0, 19).replace("T", " ");

/**
 * Chatwoot. `GET /api` answers 200 whatever is broken; Redis and Postgres are told apart in the body only.
 * `GET /rails/health` knows nothing of either: it is green as long as Rails runs.
 */
export const chatwoot: Product = {
  faults: [redisGone, postgresGone, queueGrowth, slowJobs],
  checkPaths: ["/api", "/rails/health"],
  listeners: ({ faults }) => {
    const routes = new Hono();
    routes
      .get("/api", (c) =>
        c.json({
          version,
          timestamp: railsTime(new Date()),
          queue_services: faults.read(redisGone) === undefined ? "ok" : "failing",
          data_services: faults.read(postgresGone) === undefined ? "ok" : "failing",
        }),
      )
      .get("/rails/health", (c) =>
        c.html('<!DOCTYPE html><html><body style="background-color: green"></body></html>'),
      );
    return [{ port: "http", kind: "http", routes }];
  },
};
