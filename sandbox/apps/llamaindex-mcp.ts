import { Hono } from "hono";
import { milliseconds } from "../../infra/model/units";
import { slowTool } from "./faults";
import type { Product, ProductContext } from "./product";

const tools = ["query_support", "refresh_index", "insight_report"] as const;
type Tool = (typeof tools)[number];

// Steady use: how often a tool is called, how long it takes (milliseconds, in turn), which call in how many fails.
const use: Readonly<
  Record<Tool, { callsPerMinute: number; latencies: readonly number[]; failsOneIn: number }>
> = {
  query_support: { callsPerMinute: 12, latencies: [180, 210, 240, 205, 390, 220, 260, 195], failsOneIn: 400 },
  refresh_index: { callsPerMinute: 0.2, latencies: [2_900, 3_400, 3_100], failsOneIn: 0 },
  insight_report: { callsPerMinute: 1, latencies: [820, 910, 1_050, 880], failsOneIn: 0 },
};

/** Calls counted since before the app was started, so that no counter is zero. */
const earlierCalls = 40;
/** p95 and average look at so many of the latest calls. */
const window = 100;

const toolMetrics = (tool: Tool, { faults, startedAt }: ProductContext, now: number) => {
  const { callsPerMinute, latencies, failsOneIn } = use[tool];
  const calls = earlierCalls + Math.floor(((now - startedAt) / 60_000) * callsPerMinute);
  const errors = failsOneIn === 0 ? 0 : Math.floor(calls / failsOneIn);
  const seen = Array.from(
    { length: Math.min(calls, window) },
    (_, back) => latencies[(calls - back) % latencies.length] ?? 0,
  );
  const sorted = seen.toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  const average = Math.round(seen.reduce((sum, latency) => sum + latency, 0) / seen.length);

  const broken = faults.read(slowTool)?.parameters;
  const slowdown = broken?.tool === tool ? milliseconds(broken.p95) / p95 : 1;
  return {
    calls,
    errors,
    errorRate: `${((errors / calls) * 100).toFixed(2)}%`,
    avgLatencyMs: Math.round(average * slowdown),
    p95LatencyMs: Math.round(p95 * slowdown),
  };
};

/** The MCP server on LlamaIndex. Health and metrics are JSON, and /metrics is not Prometheus' format. */
export const llamaindexMcp: Product = {
  faults: [slowTool],
  checkPaths: ["/health"],
  listeners: (context) => {
    const summary = () => {
      const now = Date.now();
      return {
        uptime: `${Math.floor((now - context.startedAt) / 1_000)}s`,
        tools: Object.fromEntries(tools.map((tool) => [tool, toolMetrics(tool, context, now)])),
      };
    };
    const routes = new Hono();
    routes
      .get("/health", (c) => {
        const { uptime, tools: metrics } = summary();
        return c.json({
          status: "ok",
          service: "llamaindex-rag-mcp",
          version: "1.0.0",
          timestamp: new Date().toISOString(),
          uptime,
          tools,
          metrics,
        });
      })
      .get("/metrics", (c) => c.json(summary()));
    return [{ port: "http", kind: "http", routes }];
  },
};
