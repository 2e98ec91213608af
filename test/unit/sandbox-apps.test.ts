import { connect as connectTcp } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { startWorld, type World } from "../../sandbox/world";

let world: World;
let client: SandboxClient;
beforeEach(async () => {
  world = await startWorld();
  client = connect(world.announcement);
});
afterEach(() => world.stop());

const url = (app: string, path: string, port?: string): string => {
  const announced = world.announcement.apps[app];
  if (announced === undefined) throw new Error(`${app} is not announced`);
  return `${port === undefined ? announced.url : `http://127.0.0.1:${announced.ports[port]}`}${path}`;
};
const get = (app: string, path: string, port?: string): Promise<Response> =>
  fetch(url(app, path, port), { signal: AbortSignal.timeout(4_000) });
const getJson = async (app: string, path: string): Promise<unknown> => (await get(app, path)).json();
const chatwoot = "hotdash-chatwoot";

describe("answers", () => {
  test("Chatwoot says on /api how its queue and its data are", async () => {
    expect(await getJson(chatwoot, "/api")).toEqual({
      version: "4.6.0",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
      queue_services: "ok",
      data_services: "ok",
    });
    expect((await get(chatwoot, "/rails/health")).status).toBe(200);
  });

  test("the MCP server's /metrics is JSON, and /health has the names as tools and the figures as metrics", async () => {
    const figures = {
      calls: expect.any(Number) as unknown,
      errors: expect.any(Number) as unknown,
      errorRate: expect.stringMatching(/^\d+\.\d\d%$/) as unknown,
      avgLatencyMs: expect.any(Number) as unknown,
      p95LatencyMs: expect.any(Number) as unknown,
    };
    const tools = { query_support: figures, refresh_index: figures, insight_report: figures };
    expect(await getJson("hotdash-llamaindex-mcp", "/metrics")).toEqual({
      uptime: expect.stringMatching(/^\d+s$/) as unknown,
      tools,
    });
    expect(await getJson("hotdash-llamaindex-mcp", "/health")).toMatchObject({
      status: "ok",
      tools: Object.keys(tools),
      metrics: tools,
    });
  });

  test("the agent service lists approvals, none older than the runbook's 30 s", async () => {
    expect(await getJson("hotdash-agent-service", "/health")).toMatchObject({
      status: "ok",
      service: "agent-service",
    });
    const approvals = (await getJson("hotdash-agent-service", "/approvals")) as { createdAt: string }[];
    expect(approvals).toEqual([
      {
        id: expect.any(String) as unknown,
        conversationId: expect.any(Number) as unknown,
        createdAt: expect.any(String) as unknown,
        pending: [expect.anything()],
      },
    ]);
    expect(Date.now() - Date.parse(approvals[0]?.createdAt ?? "")).toBeLessThan(30_000);
  });

  test.each(["hotdash-staging", "hotdash-production"])(
    "%s answers health, metrics of its own requests, and the page",
    async (app) => {
      for (const path of ["/health", "/api/monitoring/health"])
        expect(await getJson(app, path)).toMatchObject({ status: "healthy" });
      const page = await fetch(url(app, "/app?mock=0"), { headers: { "X-Hotdash-Synthetic": "token" } });
      expect(page.headers.get("content-type")).toContain("text/html");
      expect(await page.text()).toContain('data-mock="0"');
      const metrics = await get(app, "/metrics");
      expect(metrics.headers.get("content-type")).toContain("text/plain; version=0.0.4");
      expect(await metrics.text()).toContain(
        'http_requests_total{method="GET",route="/health",status="200"} 1\n',
      );
    },
  );

  test("the database answers on its own port, on the check port and on the exporter's", async () => {
    const db = "hotdash-staging-db";
    expect(world.announcement.apps[db]?.url).toMatch(/^tcp:/);
    expect(await (await get(db, "/flycheck/pg", "checks")).text()).toMatch(/^\[✓\] connections: \d+ used/);
    expect(await (await get(db, "/flycheck/role", "checks")).text()).toBe("primary");
    expect(await (await get(db, "/flycheck/vm", "checks")).text()).toContain("[✓] checkDisk");
    expect(await (await get(db, "/metrics", "metrics")).text()).toMatch(/^pg_up 1$/m);
    const refusal = await new Promise<string>((resolve, reject) => {
      const socket = connectTcp(Number(world.announcement.apps[db]?.ports.postgres), "127.0.0.1", () =>
        socket.write(Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0])),
      );
      socket
        .on("data", (data) => {
          resolve(data.toString());
        })
        .on("error", reject);
    });
    expect(refusal).toContain("28P01");
  });

  test.each(["hotdash-chatwoot", "hotdash-staging", "hotdash-llamaindex-mcp", "hotdash-agent-service"])(
    "%s answers an unknown path with 404",
    async (app) => {
      expect((await get(app, "/nowhere")).status).toBe(404);
    },
  );
});

describe("faults", () => {
  const code = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => "answered",
      (error: unknown) => {
        const { cause, name } = error as Error & { cause?: { code?: string } };
        return cause?.code ?? name;
      },
    );

  test("down refuses connections, cuts open ones, and comes back on the same port", async () => {
    await client.breakApp(chatwoot, "slow", { delay: "3s" });
    const open = code(get(chatwoot, "/api"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.breakApp(chatwoot, "down");
    expect(await open).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
    expect(await code(get(chatwoot, "/api"))).toBe("ECONNREFUSED");
    expect((await client.state()).apps[chatwoot]?.listening).toBe(false);
    await client.mendAll();
    expect((await get(chatwoot, "/api")).status).toBe(200);
  });

  test("down takes all ports of an app", async () => {
    await client.breakApp("hotdash-staging-db", "down");
    expect(await code(get("hotdash-staging-db", "/metrics", "metrics"))).toBe("ECONNREFUSED");
  });

  test("hang accepts and never answers, until it is mended", async () => {
    await client.breakApp(chatwoot, "hang");
    expect(await code(fetch(url(chatwoot, "/api"), { signal: AbortSignal.timeout(300) }))).toBe(
      "TimeoutError",
    );
    const waiting = code(get(chatwoot, "/api"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await client.mendApp(chatwoot, "hang");
    expect(await waiting).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
    expect((await get(chatwoot, "/api")).status).toBe(200);
  });

  test("slow and errors combine, and errors hit the given share evenly", async () => {
    await client.breakApp(chatwoot, "slow", { delay: "150ms" });
    await client.breakApp(chatwoot, "errors", { share: 0.5, status: 503 });
    const begun = performance.now();
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await get(chatwoot, "/api")).status);
    expect(statuses).toEqual([200, 503, 200, 503]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(590);
  });

  test("the storefront's metrics tell of the errors that it was given", async () => {
    await client.breakApp("hotdash-staging", "errors", { share: 1 });
    await get("hotdash-staging", "/health");
    await client.mendAll();
    expect(await (await get("hotdash-staging", "/metrics")).text()).toContain(
      'route="/health",status="500"} 1',
    );
  });

  test.each([
    { fault: "redis-gone", field: "queue_services", other: "data_services" },
    { fault: "postgres-gone", field: "data_services", other: "queue_services" },
  ])("$fault is told in the body only", async ({ fault, field, other }) => {
    await client.breakApp(chatwoot, fault);
    const response = await get(chatwoot, "/api");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ [field]: "failing", [other]: "ok" });
    expect((await get(chatwoot, "/rails/health")).status).toBe(200);
  });

  test("shopify-gone is told in the storefront's health body only", async () => {
    await client.breakApp("hotdash-staging", "shopify-gone");
    const response = await get("hotdash-staging", "/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "unhealthy" });
  });

  test("slow-tool sets one tool's p95", async () => {
    const before = (await getJson("hotdash-llamaindex-mcp", "/metrics")) as {
      tools: Record<string, { p95LatencyMs: number }>;
    };
    await client.breakApp("hotdash-llamaindex-mcp", "slow-tool", { p95: "1200ms" });
    expect(await getJson("hotdash-llamaindex-mcp", "/metrics")).toMatchObject({
      tools: {
        query_support: { p95LatencyMs: 1_200 },
        insight_report: { p95LatencyMs: before.tools.insight_report?.p95LatencyMs },
      },
    });
    expect(before.tools.query_support?.p95LatencyMs).toBeLessThan(500);
  });

  test("old-approvals puts one of that age first", async () => {
    await client.breakApp("hotdash-agent-service", "old-approvals", { age: "90s" });
    const approvals = (await getJson("hotdash-agent-service", "/approvals")) as { createdAt: string }[];
    const age = Date.now() - Date.parse(approvals[0]?.createdAt ?? "");
    expect(age).toBeGreaterThanOrEqual(90_000);
    expect(age).toBeLessThan(95_000);
  });

  test("cold-start makes the first request wait and not the second, and is for apps that scale to zero", async () => {
    await client.breakApp("hotdash-agent-service", "cold-start", { delay: "400ms", idle: "10s" });
    const timed = async (): Promise<number> => {
      const begun = performance.now();
      await get("hotdash-agent-service", "/health");
      return performance.now() - begun;
    };
    expect(await timed()).toBeGreaterThanOrEqual(390);
    expect(await timed()).toBeLessThan(300);
    await expect(client.breakApp(chatwoot, "cold-start")).rejects.toThrow(/no such fault/);
  });
});

describe("control", () => {
  const control = (method: string, path: string, body?: string): Promise<Response> =>
    fetch(`${world.announcement.control.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
    });

  test("an unknown app or fault is a 404 with the known ones", async () => {
    const app = await control("PUT", "/apps/nobody/faults/down");
    expect(app.status).toBe(404);
    expect(await app.json()).toMatchObject({
      known: expect.arrayContaining([chatwoot, "hotdash-production"]) as unknown,
    });
    for (const method of ["PUT", "DELETE"]) {
      const fault = await control(method, `/apps/${chatwoot}/faults/flood`);
      expect(fault.status).toBe(404);
      expect(await fault.json()).toMatchObject({
        known: expect.arrayContaining(["down", "redis-gone"]) as unknown,
      });
    }
    expect((await control("PUT", "/slack/faults/flood")).status).toBe(404);
  });

  test("wrong parameters are refused, each by name, and nothing is switched", async () => {
    const response = await control("PUT", `/apps/${chatwoot}/faults/errors`, '{"share":2,"status":200}');
    expect(response.status).toBe(400);
    expect(((await response.json()) as { mistakes: string[] }).mistakes.join()).toMatch(/share.*status/s);
    expect((await control("PUT", `/apps/${chatwoot}/faults/errors`, "{")).status).toBe(400);
    expect((await client.state()).apps[chatwoot]?.faults).toEqual({});
  });

  test("the page's buttons work as plain forms, and not from another page", async () => {
    const toggle = (turn: string, origin?: string): Promise<Response> =>
      fetch(`${world.announcement.control.url}/toggle`, {
        method: "POST",
        body: new URLSearchParams({ place: chatwoot, fault: "redis-gone", turn }),
        redirect: "manual",
        ...(origin === undefined ? {} : { headers: { origin } }),
      });
    const faults = async (): Promise<string[]> =>
      Object.keys((await client.state()).apps[chatwoot]?.faults ?? {});
    expect((await toggle("on", "http://elsewhere.example")).status).toBe(403);
    expect(await faults()).toEqual([]);
    expect((await toggle("on")).status).toBe(303);
    expect(await faults()).toEqual(["redis-gone"]);
    expect(await (await control("GET", "/")).text()).toMatch(/aria-pressed="true"[^>]*>\s*redis-gone/);
    await toggle("off");
    expect(await faults()).toEqual([]);
  });
});
