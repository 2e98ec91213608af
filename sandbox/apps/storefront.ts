import { Hono } from "hono";
import { html } from "hono/html";
import { shopifyGone } from "./faults";
import { prometheusContentType, prometheusText, type Metric } from "./prometheus";
import type { Product } from "./product";
import { requestMetrics } from "./request-metrics";

const dashboard = (mock: string | undefined) =>
  html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>HotDash</title>
      </head>
      <body>
        <h1>Operator Control Center</h1>
        <main data-mock="${mock ?? "1"}">
          <section>Sales pulse</section>
          <section>Fulfillment health</section>
          <section>Inventory heatmap</section>
        </main>
      </body>
    </html>`;

/**
 * The storefront's dashboard (React Router on Node), in staging and production. Its health answers are 200 even when
 * a dependency has failed; the body's `status` is healthy, degraded or unhealthy. The team's synthetic check asks for
 * `/app?mock=0` with an X-Hotdash-Synthetic header, which is taken and changes nothing.
 */
export const storefront: Product = {
  faults: [shopifyGone],
  checkPaths: ["/health", "/api/monitoring/health"],
  listeners: ({ faults, startedAt }) => {
    const requests = requestMetrics();
    const uptime = () => Math.floor((Date.now() - startedAt) / 1_000);
    const health = () => {
      const gone = faults.read(shopifyGone) !== undefined;
      return {
        status: gone ? "unhealthy" : "healthy",
        timestamp: new Date().toISOString(),
        uptime: uptime(),
        version: "1.0.0",
        checks: [
          { name: "process", status: "pass", message: "Memory: 84MB / 131MB", responseTime: 0 },
          gone
            ? { name: "shopify", status: "fail", message: "Shopify API returned 503", responseTime: 41 }
            : { name: "shopify", status: "pass", message: "Shopify API accessible", responseTime: 38 },
          { name: "chatwoot", status: "pass", message: "Chatwoot API accessible", responseTime: 22 },
        ],
      };
    };
    const processMetrics = (): Metric[] => [
      {
        name: "process_start_time_seconds",
        type: "gauge",
        help: "Start time of the process since the epoch.",
        samples: [{ value: startedAt / 1_000 }],
      },
    ];
    const routes = new Hono();
    routes
      .get("/health", (c) => c.json(health()))
      .get("/api/monitoring/health", (c) => c.json(health()))
      .get("/metrics", (c) =>
        c.body(prometheusText([...requests.metrics(), ...processMetrics()]), 200, {
          "Content-Type": prometheusContentType,
        }),
      )
      .get("/app", (c) => c.html(dashboard(c.req.query("mock"))));
    return [{ port: "http", kind: "http", routes, observe: requests.record }];
  },
};
