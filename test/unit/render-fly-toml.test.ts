import TOML from "@iarna/toml";
import { describe, expect, test } from "vitest";
import type { ResolvedApp } from "../../infra/model/app";
import { flyTomlFile } from "../../infra/render/files";
import { flyTomlText } from "../../infra/render/toml-text";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

const { apps } = hotdashFleet();

const fragmentOf = (app: ResolvedApp | undefined) => {
  if (app === undefined) throw new Error("no such app");
  const { settings, header } = flyTomlFile(app, "test");
  return TOML.parse(flyTomlText(settings, header));
};
const fragment = (name: string) => fragmentOf(apps.find((app) => app.name === name));

const header = { "X-Monitoring": "fly-health-check" };

describe("fly.toml fragments of the HotDash fleet", () => {
  test("chatwoot: two groups, each with its own [[vm]], checks as a list under [[services]]", () => {
    expect(fragment("hotdash-chatwoot")).toEqual({
      app: "hotdash-chatwoot",
      primary_region: "ord",
      processes: {
        web: "bundle exec rails server -b 0.0.0.0 -p 3000",
        worker: "bundle exec sidekiq -C config/sidekiq.yml",
      },
      services: [
        {
          protocol: "tcp",
          internal_port: 3000,
          auto_stop_machines: "off",
          auto_start_machines: true,
          min_machines_running: 1,
          processes: ["web"],
          concurrency: { type: "connections", soft_limit: 20, hard_limit: 25 },
          ports: [
            { port: 80, handlers: ["http"], force_https: true },
            { port: 443, handlers: ["tls", "http"] },
          ],
          http_checks: [
            {
              interval: "15s",
              timeout: "10s",
              grace_period: "30s",
              method: "GET",
              path: "/api",
              headers: header,
            },
          ],
        },
      ],
      vm: [
        { memory: "2gb", cpu_kind: "shared", cpus: 1, processes: ["web"] },
        { memory: "2gb", cpu_kind: "shared", cpus: 1, processes: ["worker"] },
      ],
      metrics: [{ port: 9394, path: "/metrics", processes: ["worker"] }],
    });
  });

  test("staging: both checks of the file as [[http_service.checks]], headers as a table", () => {
    expect(fragment("hotdash-staging")["http_service"]).toEqual({
      internal_port: 3000,
      force_https: true,
      auto_stop_machines: "stop",
      auto_start_machines: true,
      min_machines_running: 1,
      processes: ["app"],
      checks: [
        {
          interval: "30s",
          timeout: "5s",
          grace_period: "10s",
          method: "GET",
          path: "/health",
          headers: header,
        },
        {
          interval: "60s",
          timeout: "10s",
          grace_period: "10s",
          method: "GET",
          path: "/api/monitoring/health",
          headers: header,
        },
      ],
    });
  });

  test("staging-db: TCP and role checks at the top level, no service, no size of ours", () => {
    const database = fragment("hotdash-staging-db");
    expect(Object.keys(database)).toEqual(["app", "primary_region", "checks", "metrics"]);
    expect(database["checks"]).toMatchObject({
      postgres: { type: "tcp", port: 5432, processes: ["app"] },
      role: { type: "http", port: 5500, path: "/flycheck/role" },
    });
  });

  test.each([
    ["hotdash-llamaindex-mcp", "stop", 0],
    ["hotdash-agent-service", "stop", 0],
    ["hotdash-production", "off", 2],
  ])("%s: auto-stop %s, at least %d running", (name, autoStop, minimum) => {
    expect(fragment(name)["http_service"]).toMatchObject({
      auto_stop_machines: autoStop,
      min_machines_running: minimum,
    });
  });

  test("production keeps its deploy settings and none of the keys that Fly ignores", () => {
    const production = fragment("hotdash-production");
    expect(production["deploy"]).toEqual({ strategy: "rolling", wait_timeout: "5m", max_unavailable: 0.25 });
    expect(Object.keys(production)).toEqual([
      "app",
      "primary_region",
      "deploy",
      "http_service",
      "vm",
      "metrics",
    ]);
  });
});

describe("forms that flyctl honours", () => {
  const [app] = fleetOf([
    soundApp({
      processGroups: {
        app: {
          role: "service",
          services: [
            {
              kind: "tcp",
              internalPort: 5000,
              ports: [{ port: 5000 }],
              checks: [{ name: "tcp", type: "tcp", interval: "15s", timeout: "2s", gracePeriod: "1s" }],
            },
          ],
          autoscaling: { minMachinesRunning: 1, maxMachines: 1 },
          autoStop: { autoStopMachines: "suspend", autoStartMachines: true },
          restart: { policy: "always", retries: 5 },
          metrics: { port: 9091, path: "/metrics" },
        },
      },
    }),
  ]).apps;

  test("TCP checks, restart and metrics are lists that name their group", () => {
    expect(fragmentOf(app)).toMatchObject({
      services: [{ tcp_checks: [{ interval: "15s", timeout: "2s", grace_period: "1s" }] }],
      restart: [{ policy: "always", retries: 5, processes: ["app"] }],
      metrics: [{ port: 9091, path: "/metrics", processes: ["app"] }],
    });
  });

  test("an absent size stays absent: a partial [[vm]] would reset the machine", () => {
    expect(fragmentOf(app)).not.toHaveProperty("vm");
  });
});
