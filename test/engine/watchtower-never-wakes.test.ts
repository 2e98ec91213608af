import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ExporterConfig } from "../../infra/model/exporter-config";
import { exporterTexts } from "../../infra/render/watchtower/exporter";
import { ensureToolchain } from "../../toolchain/setup";
import { hotdashFleet } from "../support/declarations";
import { startExporter, type RunningExporter } from "../support/exporter-process";
import { startTestFly, web, type TestFly } from "../support/fly-sandbox";
import { freePort } from "../support/free-port";
import { startStore, type RunningStore } from "../support/store-process";

// What the watchtower reads of an app that may sleep, it reads without waking it and without keeping it awake.

/** Passes of Fly's autostop loop come every 10 seconds here, the watchtower asks every second. */
const factor = 30;
const passMs = 10_000;
const name = "hotdash-watchtower";

let sandbox: TestFly;
let exporter: RunningExporter;
let json: ChildProcess;
let store: RunningStore;
let folder: string;

const shared = { cpu_kind: "shared", cpus: 1, memory_mb: 512 };
const sleeper = (image: string, port: number): object => ({
  image: `registry.fly.io/${image}:1`,
  env: { PORT: String(port), PRIMARY_REGION: "iad" },
  guest: shared,
  metadata: { fly_process_group: "app", fly_platform_version: "v2" },
  services: [
    web({
      internal_port: port,
      autostop: "stop",
      autostart: true,
      min_machines_running: 0,
      checks: [
        { type: "http", method: "GET", path: "/health", interval: "30s", timeout: "5s", grace_period: "10s" },
      ],
    }),
  ],
});

// A world for each try: apps of a failed one would be in the way of the next.
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "watchtower-"));
  const { engines } = await ensureToolchain({ only: ["json_exporter"], quiet: true });
  sandbox = await startTestFly({ factor, limits: factor });
  const { apiUrl, prometheusUrl, readOnlyToken, org } = sandbox.fly.announcement;
  const fleet = hotdashFleet({
    apps: ["hotdash-llamaindex-mcp", "hotdash-agent-service"],
    timeDivisor: factor,
    watchtower: { app: name, org, region: "iad", apiUrl, prometheusUrl },
  });

  const config = JSON.parse(exporterTexts(fleet).get("exporter/config.json") ?? "") as ExporterConfig;
  // Starts are tested by another test: here nothing at all may wake a machine.
  const apps = config.apps.map(({ coldStart: _, ...app }) => app);
  exporter = await startExporter({ ...config, apps }, readOnlyToken);

  writeFileSync(path.join(folder, "json.yaml"), exporterTexts(fleet).get("json-exporter/config.yaml") ?? "");
  const jsonAt = `127.0.0.1:${await freePort()}`;
  json = spawn(
    engines["json_exporter"],
    [`--config.file=${path.join(folder, "json.yaml")}`, `--web.listen-address=${jsonAt}`],
    { stdio: "ignore" },
  );
  store = await startStore(fleet, readOnlyToken, {
    [`exporter.process.${name}.internal:9700`]: new URL(exporter.url).host,
    [`json-exporter.process.${name}.internal:7979`]: jsonAt,
  });
}, 120_000);
afterEach(async () => {
  await store.stop();
  const ended = once(json, "exit");
  json.kill("SIGKILL");
  await ended;
  await exporter.stop();
  await sandbox.fly.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a watched app falls asleep as soon as one that nobody watches, and sleeps on", async () => {
  const made = await Promise.all(
    (
      [
        ["hotdash-llamaindex-mcp", "hotdash-llamaindex-mcp", 8080],
        ["hotdash-agent-service", "hotdash-agent-service", 8787],
        ["unwatched", "hotdash-agent-service", 8787],
        ["polled", "hotdash-agent-service", 8787],
      ] as const
    ).map(([app, image, port]) =>
      sandbox.others.makeApp({ name: app, machines: [{ config: sleeper(image, port) }] }),
    ),
  );
  const ids = new Map(made.map((app) => [app.name, app.machines[0]?.id ?? ""]));
  const events = async (app: string) => (await sandbox.others.machine(ids.get(app) ?? "")).events;
  const state = async (app: string) => (await sandbox.others.machine(ids.get(app) ?? "")).state;

  // A monitor that asks the public address every now and then: what the watchtower must not be.
  const polling = new AbortController();
  const polled = made.find((app) => app.name === "polled");
  const poll = (async () => {
    while (!polling.signal.aborted) {
      await fetch(`${polled?.url ?? ""}/health`).catch(() => undefined);
      await pause(1_000, undefined, { signal: polling.signal }).catch(() => undefined);
    }
  })();

  // All that is to be read is read: Fly's metrics, the machines, and both kinds of JSON answers.
  for (const series of [
    'fly_instance_up{app="hotdash-agent-service",job="fly"}',
    `flymon_machine_started{app="hotdash-agent-service",process_group="app",instance="${ids.get("hotdash-agent-service") ?? ""}",job="flymon-exporter"} == 1`,
    'flymon_approval_oldest_age_seconds{app="hotdash-agent-service"}',
    'flymon_tool_p95_milliseconds{app="hotdash-llamaindex-mcp",process_group="app",tool="query_support"}',
  ])
    await expect
      .poll(() => store.ask(series), { timeout: 20_000, interval: 250, message: series })
      .toHaveLength(1);

  const slept = new Map<string, number>();
  const begun = Date.now();
  await expect
    .poll(
      async () => {
        for (const app of ["hotdash-llamaindex-mcp", "hotdash-agent-service", "unwatched"])
          if (!slept.has(app) && (await state(app)) === "stopped") slept.set(app, Date.now() - begun);
        return slept.size;
      },
      { timeout: 4 * passMs, interval: 100 },
    )
    .toBe(3);
  const alone = slept.get("unwatched") ?? 0;
  for (const ms of slept.values()) expect(Math.abs(ms - alone)).toBeLessThan(passMs / 2);
  const asleepAt = Date.now();

  // Three more passes, with some thirty rounds of the watchtower.
  await pause(3 * passMs);
  for (const app of slept.keys()) {
    const since = (await events(app)).filter(({ timestamp }) => timestamp > asleepAt);
    expect(since).toEqual([]);
    expect(await state(app)).toBe("stopped");
  }
  expect((await sandbox.others.held()).filter(({ app }) => slept.has(app))).toEqual([]);
  expect(await exporter.targets()).toEqual([]);
  const asked = (await sandbox.others.calls()).filter(({ path: at }) => at.includes("hotdash-agent-service"));
  expect(asked.length).toBeGreaterThan(30);
  expect(await store.ask('flymon_machine_started{app="hotdash-agent-service"} == 0')).toHaveLength(1);
  expect(await store.ask('flymon_tool_p95_milliseconds{app="hotdash-llamaindex-mcp"}')).toEqual([]);

  // The loop does stop what is idle, and a request does keep awake: so this test can fail.
  expect(await state("polled")).toBe("started");
  polling.abort();
  await poll;
}, 150_000);
