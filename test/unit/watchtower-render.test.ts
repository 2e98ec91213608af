import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { ExporterConfig } from "../../infra/model/exporter-config";
import { exporterMetrics } from "../../infra/model/exporter-metrics";
import type { Fleet } from "../../infra/model/fleet";
import { dashboardTexts } from "../../infra/render/dashboards/dashboards";
import { exporterTexts } from "../../infra/render/watchtower/exporter";
import { federatedNames, metricNamesOf } from "../../infra/render/watchtower/metric-names";
import { evaluationArguments, scrapeTexts, storeArguments } from "../../infra/render/watchtower/scrape";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

const watchtower = { app: "hotdash-watchtower", org: "hotdash", region: "iad" };
const hotdash = hotdashFleet({ watchtower });

const configOf = (fleet: Fleet): ExporterConfig =>
  JSON.parse(exporterTexts(fleet).get("exporter/config.json") ?? "") as ExporterConfig;
const appOf = (name: string, fleet = hotdash) => configOf(fleet).apps.find((app) => app.name === name);

interface ScrapeJob {
  readonly job_name: string;
  readonly metrics_path?: string;
  readonly scheme?: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly honor_labels?: boolean;
  readonly static_configs?: readonly { readonly targets: readonly string[] }[];
}
const scrapeOf = (fleet: Fleet) =>
  parse(scrapeTexts(fleet).get("metrics/scrape.yaml") ?? "") as {
    readonly global: { readonly scrape_interval: string };
    readonly scrape_configs: readonly ScrapeJob[];
  };

describe("what the exporter is told", () => {
  test("Chatwoot's body is read where it answers on the private network, field by field", () => {
    expect(appOf("hotdash-chatwoot")).toEqual({
      name: "hotdash-chatwoot",
      processGroups: ["web", "worker"],
      conditions: [
        {
          processGroup: "web",
          port: 3000,
          path: "/api",
          headers: { "X-Monitoring": "fly-health-check", "X-Forwarded-Proto": "https" },
          expectedStatus: 200,
          fields: [
            { path: "queue_services", equals: "ok" },
            { path: "data_services", equals: "ok" },
          ],
        },
      ],
      approvals: [],
      tools: [],
      certificate: { host: "hotdash-chatwoot.fly.dev", port: 443 },
    });
  });

  test("approvals, tools and starts are asked for where a threshold or a monitor wants them", () => {
    expect(appOf("hotdash-agent-service")).toMatchObject({
      approvals: [{ processGroup: "app", port: 8787, path: "/approvals" }],
      tools: [],
      coldStart: {
        processGroup: "app",
        url: "https://hotdash-agent-service.fly.dev/health",
        intervalMs: 3_600_000,
        timeoutMs: 60_000,
      },
    });
    expect(appOf("hotdash-llamaindex-mcp")?.tools).toEqual([
      { processGroup: "app", port: 8080, path: "/metrics", module: "tool-query_support" },
    ]);
    expect(appOf("hotdash-production")?.coldStart).toBeUndefined();
  });

  test("a database has no public address: no certificate is looked at", () => {
    expect(appOf("hotdash-staging-db")?.certificate).toBeUndefined();
  });

  test("where TLS ends at a machine no handshake is sent: it would wake it", () => {
    const tls = soundApp();
    const group = tls.processGroups["app"];
    const raw = soundApp({
      uptime: [],
      processGroups: {
        app: {
          ...group,
          role: "web",
          services: [{ kind: "tcp", internalPort: 5432, ports: [{ port: 5432, handlers: ["tls"] }] }],
        },
      },
    });
    expect(appOf("shop", fleetOf([tls], { watchtower }))?.certificate).toBeDefined();
    expect(appOf("shop", fleetOf([raw], { watchtower }))?.certificate).toBeUndefined();
  });

  test("a stack's own address is asked, and a plain one has no certificate", () => {
    const addresses = { "hotdash-agent-service": "http://127.0.0.1:4000" };
    const app = appOf("hotdash-agent-service", hotdashFleet({ watchtower, addresses }));
    expect(app?.coldStart?.url).toBe("http://127.0.0.1:4000/health");
    expect(app?.certificate).toBeUndefined();
  });

  test("headers that only Gatus can fill in are left out", () => {
    const app = soundApp({
      uptime: [
        {
          kind: "poll",
          name: "api",
          path: "/api",
          headers: { "X-Token": "${TOKEN}", "X-Plain": "yes" },
          body: [{ path: "db", equals: "up" }],
        },
      ],
    });
    const text = exporterTexts(fleetOf([app], { watchtower })).get("exporter/config.json") ?? "";
    expect(text).not.toContain("TOKEN");
    expect(text).toContain("X-Plain");
  });

  test("intervals are divided where time runs faster, and longer where there are more apps than calls", () => {
    expect(configOf(hotdash)).toMatchObject({
      intervalMs: 15_000,
      answerAgeMs: 45_000,
      checkSettlesMs: 120_000,
      exitsWindowMs: 600_000,
    });
    expect(configOf(hotdashFleet({ watchtower, timeDivisor: 30 }))).toMatchObject({
      intervalMs: 1_000,
      checkSettlesMs: 4_000,
      exitsWindowMs: 20_000,
    });
    const many = Array.from({ length: 1_000 }, (_, index) => soundApp({ name: `shop-${index}` }));
    expect(configOf(fleetOf(many, { watchtower })).intervalMs).toBe(50_000);
  });

  test("json_exporter has a module for each name that a query tool has", () => {
    const text = exporterTexts(hotdash).get("json-exporter/config.yaml") ?? "";
    expect(parse(text)).toMatchObject({
      modules: {
        "tool-query_support": {
          metrics: [
            {
              name: "flymon_tool_p95_milliseconds",
              path: "{.tools['query_support'].p95LatencyMs}",
              labels: { tool: "query_support" },
            },
          ],
        },
      },
    });
  });

  test("without a watchtower there are no files", () => {
    expect([...exporterTexts(hotdashFleet()), ...scrapeTexts(hotdashFleet())]).toEqual([]);
  });
});

describe("what the store scrapes", () => {
  test("of Fly's metrics only what is read, of the stack's apps only", () => {
    const [fly] = scrapeOf(hotdash).scrape_configs;
    expect(fly).toMatchObject({
      job_name: "fly",
      scheme: "https",
      metrics_path: "/prometheus/hotdash/federate",
      authorization: { type: "FlyV1", credentials_file: "/etc/flymon/secrets/fly-token" },
      honor_labels: true,
      static_configs: [{ targets: ["api.fly.io"] }],
    });
    const match = fly?.params?.["match[]"]?.[0] ?? "";
    expect(match).toContain("fly_instance_memory_mem_available|");
    expect(match).toContain("sidekiq_jobs_waiting_count");
    expect(match).not.toContain("flymon_");
    expect(match).toMatch(/app=~"hotdash-chatwoot\|[a-z|-]+"\}$/);
  });

  test("many apps are asked for in parts, each with an address that a server takes", () => {
    const many = Array.from({ length: 1_000 }, (_, index) =>
      soundApp({ name: `a-shop-with-a-rather-long-name-${index}` }),
    );
    const parts = scrapeOf(fleetOf(many, { watchtower })).scrape_configs.filter(({ job_name: name }) =>
      name.startsWith("fly-"),
    );
    const lengths = parts.map(({ params }) => encodeURIComponent(params?.["match[]"]?.[0] ?? "").length);
    expect(lengths.filter((length) => length < 6_000)).toHaveLength(20);
    const asked = parts.flatMap(
      ({ params }) => /app=~"(.+)"/.exec(params?.["match[]"]?.[0] ?? "")?.[1]?.split("|") ?? [],
    );
    expect(asked.toSorted()).toEqual(many.map(({ name }) => name).toSorted());
  });

  test("the parts by their names on the private network, with the password in a file", () => {
    const text = scrapeTexts(hotdash).get("metrics/scrape.yaml") ?? "";
    for (const address of [
      "exporter.process.hotdash-watchtower.internal:9700",
      "json-exporter.process.hotdash-watchtower.internal:7979",
      "vmalert.process.hotdash-watchtower.internal:8880",
      "alertmanager.process.hotdash-watchtower.internal:9093",
      "metrics.process.hotdash-watchtower.internal:8428",
    ])
      expect(text).toContain(address);
    expect(text).toContain("password_file: /etc/flymon/secrets/parts-password");
  });

  test("as often as Fly itself scrapes, divided where time runs faster", () => {
    expect(scrapeOf(hotdash).global.scrape_interval).toBe("15s");
    expect(scrapeOf(hotdashFleet({ watchtower, timeDivisor: 5 })).global.scrape_interval).toBe("3s");
    expect(storeArguments({ timeDivisor: 5 })).toContain("-promscrape.httpSDCheckInterval=3s");
    expect(evaluationArguments({ timeDivisor: 5 })).toContain("-datasource.queryStep=24s");
  });

  test("with new series found as soon as they are kept", () => {
    expect(storeArguments({ timeDivisor: 1 })).toContain("-storage.cacheSizeIndexDBTagFilters=1");
  });

  test("the sandbox's metrics are on a port of its own", () => {
    const prometheusUrl = "http://127.0.0.1:4123/prometheus/hotdash";
    const [fly] = scrapeOf(hotdashFleet({ watchtower: { ...watchtower, prometheusUrl } })).scrape_configs;
    expect(fly).toMatchObject({
      scheme: "http",
      metrics_path: "/prometheus/hotdash/federate",
      static_configs: [{ targets: ["127.0.0.1:4123"] }],
    });
  });
});

describe("the names of metrics", () => {
  test.each([
    ['sum by (app) (rate(up{a="b",c=~"d}e"}[5m])) > 3', ["up"]],
    ["a_total / on (app, instance) group_left (zone) b:c unless d offset 5m", ["a_total", "b:c", "d"]],
    ['label_set((x), "process_group", "unknown") and on (app) (1e3 * y > 0.5)', ["x", "y"]],
    ["(time() - z) / 86400 or vector(1)", ["z"]],
    ['{__name__="foo"} + max without (region) (q{})', ["q"]],
  ])("%s", (expression, names) => {
    expect(metricNamesOf(expression)).toEqual(names);
  });

  test("every series that a dashboard reads is scraped, recorded or told by the exporter", () => {
    const expressions = [...dashboardTexts(hotdash).values()].flatMap((text) =>
      [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, json = ""]) => JSON.parse(json) as string),
    );
    expect(expressions.length).toBeGreaterThan(50);
    const known = new Set([...federatedNames(hotdash), ...Object.keys(exporterMetrics), "ALERTS"]);
    const read = new Set(expressions.flatMap(metricNamesOf));
    expect([...read].filter((name) => !known.has(name) && !name.includes(":"))).toEqual([]);
  });

  test("an app's own names are federated", () => {
    const app = soundApp({
      thresholds: { sidekiqQueue: { critical: { above: 10, for: "5m" } } },
      metricNames: { sidekiqQueue: "my_queue" },
    });
    expect(federatedNames(fleetOf([app]))).toContain("my_queue");
    expect(federatedNames(fleetOf([soundApp()]))).not.toContain("sidekiq_jobs_waiting_count");
  });
});
