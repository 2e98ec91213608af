import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ExporterApp, ExporterConfig } from "../../infra/model/exporter-config";
import { exporterApp, exporterConfig } from "../support/exporter-kit";
import { authorized, startExporter, type RunningExporter } from "../support/exporter-process";
import { echo, healthCheck, startTestFly, web, type MachineBody, type TestFly } from "../support/fly-sandbox";

// The exporter as one file in an empty folder, against Fly.

let sandbox: TestFly;
const running: RunningExporter[] = [];
beforeAll(async () => {
  sandbox = await startTestFly({ factor: 20, hold: 3_000 });
});
afterEach(async () => {
  await sandbox.fly.faults.clear();
  await Promise.all(running.splice(0).map((exporter) => exporter.stop()));
  await sandbox.clear();
});
afterAll(() => sandbox.fly.stop());

/** Starts the exporter on these apps, as fast as the API lets it. */
const watch = async (
  apps: readonly ExporterApp[],
  changes: Partial<ExporterConfig> = {},
): Promise<RunningExporter> => {
  const { apiUrl, readOnlyToken } = sandbox.fly.announcement;
  const config = exporterConfig({
    apiUrl,
    apps,
    intervalMs: 1_000,
    answerAgeMs: 3_000,
    answerTimeoutMs: 1_000,
    checkSettlesMs: 6_000,
    exitsWindowMs: 30_000,
    ...changes,
  });
  const exporter = await startExporter(config, readOnlyToken);
  running.push(exporter);
  return exporter;
};

const labels = (app: string, machine: MachineBody): string =>
  `app="${app}",instance="${machine.id}",process_group="app"`;
const told = (exporter: RunningExporter, series: string, timeout = 8_000) =>
  expect.poll(async () => (await exporter.values()).get(series), { timeout, interval: 100 });
const checked = (service: object = {}): object => ({
  services: [web({ checks: [{ ...healthCheck, interval: "5s", grace_period: "1s" }], ...service })],
  metadata: { fly_process_group: "app" },
});
const namesOf = async (exporter: RunningExporter): Promise<string[]> => [
  ...new Set([...(await exporter.values()).keys()].map((series) => series.split("{")[0] ?? "")),
];

describe("what happens is told", () => {
  test("a healthy app, then one whose check fails, then one that is stopped and started", async () => {
    const machine = await sandbox.machine("world", echo(checked()));
    const exporter = await watch([exporterApp({ name: "world" })]);
    const own = labels("world", machine);
    await told(exporter, `flymon_check_failing{${own},check="servicecheck-00-http-3000"}`).toBe(0);
    const values = await exporter.values();
    expect(values.get(`flymon_machine_info{${own},region="ord"}`)).toBe(1);
    expect(values.get(`flymon_machine_started{${own}}`)).toBe(1);
    expect(values.get('flymon_app_unreadable{app="world"}')).toBe(0);

    await sandbox.others.hang(machine.id);
    await told(exporter, `flymon_check_failing{${own},check="servicecheck-00-http-3000"}`).toBe(1);
    await sandbox.others.unhang(machine.id);
    await told(exporter, `flymon_check_failing{${own},check="servicecheck-00-http-3000"}`).toBe(0);

    await sandbox.call("POST", `/apps/world/machines/${machine.id}/stop`, {});
    await told(exporter, `flymon_machine_started{${own}}`).toBe(0);
    expect(
      (await exporter.values()).get('flymon_group_started_machines{app="world",process_group="app"}'),
    ).toBe(0);
    expect((await exporter.values()).get(`flymon_machine_given_up{${own}}`)).toBe(0);
    expect(await namesOf(exporter)).not.toContain("flymon_check_failing");
    await sandbox.call("POST", `/apps/world/machines/${machine.id}/start`, {});
    await told(exporter, 'flymon_group_started_machines{app="world",process_group="app"}').toBe(1);
  });

  test("a crash, a kill for memory, and a machine that Fly gives up", async () => {
    const crash = await sandbox.machine("crash", echo(checked()));
    const full = await sandbox.machine("full", echo(checked()));
    const given = await sandbox.machine("given", {
      image: "registry.fly.io/flymon/crash:1",
      restart: { policy: "on-failure", max_retries: 3 },
      metadata: { fly_process_group: "app" },
    });
    const exporter = await watch(["crash", "full", "given"].map((name) => exporterApp({ name })));
    await told(exporter, `flymon_machine_failed_exits{${labels("crash", crash)}}`).toBe(0);

    await sandbox.others.kill(crash.id);
    await sandbox.others.setMemory(full.id, 2_000);
    const before = Date.now() / 1_000;
    await told(exporter, `flymon_machine_failed_exits{${labels("crash", crash)}}`).toBe(1);
    const oomKill = `flymon_machine_last_oom_kill_timestamp_seconds{${labels("full", full)}}`;
    await expect
      .poll(async () => (await exporter.values()).get(oomKill) ?? 0, { timeout: 8_000 })
      .toBeGreaterThan(before - 2);
    await told(exporter, `flymon_machine_given_up{${labels("given", given)}}`, 15_000).toBe(1);
    expect((await exporter.values()).get(`flymon_machine_given_up{${labels("crash", crash)}}`)).toBe(0);
    expect(
      (await exporter.values()).get(`flymon_machine_failed_exits{${labels("given", given)}}`),
    ).toBeGreaterThan(2);
  });

  test("a machine whose host cannot be reached is told of, its checks are not", async () => {
    const machine = await sandbox.machine("host", echo(checked()));
    const exporter = await watch([exporterApp({ name: "host" })]);
    await told(
      exporter,
      `flymon_check_failing{${labels("host", machine)},check="servicecheck-00-http-3000"}`,
    ).toBe(0);
    await sandbox.others.setHost(machine.id, "unreachable");
    await expect.poll(() => namesOf(exporter), { timeout: 5_000 }).not.toContain("flymon_check_failing");
    expect((await exporter.values()).get(`flymon_machine_started{${labels("host", machine)}}`)).toBe(1);
  });
});

describe("when the Machines API", () => {
  test.each([
    ["answers 500", "server-error", { action: "machines.list" }],
    ["answers 429", "rate-limited", { action: "machines.list", retryAfter: 1 }],
    ["is down", "down", {}],
    ["hangs", "hang", {}],
    ["answers half", "truncated", { action: "machines.list" }],
    ["answers HTML", "bad-gateway", { action: "machines.list" }],
  ])(
    "%s: the last answer counts for three intervals, then the app is unreadable",
    async (_, fault, parameters) => {
      const name = `api-${fault}`;
      const machine = await sandbox.machine(name, echo(checked()));
      const exporter = await watch([exporterApp({ name })], { apiTimeoutMs: 1_000 });
      const started = `flymon_machine_started{${labels(name, machine)}}`;
      await told(exporter, started).toBe(1);

      expect((await sandbox.fly.faults.switchOn(fault, parameters)).kind).toBe("on");
      await pause(1_500);
      expect((await exporter.values()).get(started)).toBe(1);
      await told(exporter, `flymon_app_unreadable{app="${name}"}`).toBe(1);
      expect(await namesOf(exporter)).toEqual(["flymon_app_unreadable"]);
      expect(exporter.stderr()).toContain("the Machines API gives no answer");
      expect(exporter.stderr()).not.toContain(sandbox.fly.announcement.readOnlyToken);

      await sandbox.fly.faults.clear();
      await told(exporter, started).toBe(1);
      await told(exporter, `flymon_app_unreadable{app="${name}"}`).toBe(0);
    },
  );

  test("knows no such app, that one alone is unreadable", async () => {
    await sandbox.machine("known", echo(checked()));
    const exporter = await watch([exporterApp({ name: "known" }), exporterApp({ name: "unknown" })]);
    await told(exporter, 'flymon_app_unreadable{app="unknown"}').toBe(1);
    await told(exporter, 'flymon_app_unreadable{app="known"}').toBe(0);
  });

  test("keeps to its limits: one call an app and interval, also of many apps", async () => {
    const limited = await startTestFly({ factor: 20, limits: 1 });
    try {
      const names = Array.from({ length: 8 }, (_, index) => `many-${index}`);
      for (const name of names)
        await limited.others.makeApp({ name, machines: [{ config: echo(), state: "stopped" }] });
      await limited.others.forgetCalls();
      const { apiUrl, readOnlyToken } = limited.fly.announcement;
      const config = exporterConfig({
        apiUrl,
        intervalMs: 1_000,
        answerAgeMs: 3_000,
        apps: names.map((name) => exporterApp({ name })),
      });
      const exporter = await startExporter(config, readOnlyToken);
      running.push(exporter);
      await pause(8_000);
      const calls = await limited.others.calls();
      expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
      // Eight seconds, an interval of 1.05 s, none forgotten.
      expect(calls.length).toBeGreaterThanOrEqual(8 * 6);
      expect(calls.length).toBeLessThanOrEqual(8 * 9);
      expect(
        [...(await exporter.values())]
          .filter(([name]) => name.startsWith("flymon_app_unreadable"))
          .map(([, value]) => value),
      ).toEqual(names.map(() => 0));
    } finally {
      await limited.fly.stop();
    }
  });
});

const answers = (name: string, changes: Partial<ExporterApp> = {}): ExporterApp =>
  exporterApp({
    name,
    conditions: [
      {
        processGroup: "app",
        port: 3000,
        path: "/health",
        headers: {},
        expectedStatus: 200,
        fields: [{ path: "status", equals: "ok" }],
      },
    ],
    ...changes,
  });

describe("answers of machines", () => {
  test("a hung machine fails its condition and delays no other", async () => {
    const hung = await sandbox.machine("hung", echo(checked()));
    const other = await sandbox.machine("other", echo(checked()));
    const exporter = await watch([answers("hung"), answers("other")], { answerTimeoutMs: 2_500 });
    const failing = (app: string, machine: MachineBody): string =>
      `flymon_answer_condition_failing{${labels(app, machine)},condition="status"}`;
    await told(exporter, failing("hung", hung)).toBe(0);
    await told(exporter, failing("other", other)).toBe(0);
    await sandbox.others.hang(hung.id);
    const begun = Date.now();
    await sandbox.call("POST", `/apps/other/machines/${other.id}/stop`, {});
    await told(exporter, `flymon_machine_started{${labels("other", other)}}`).toBe(0);
    // The hung app's own machines are told of meanwhile, too.
    expect((await exporter.values()).get(`flymon_machine_started{${labels("hung", hung)}}`)).toBe(1);
    expect(Date.now() - begun).toBeLessThan(2_500);
    await told(exporter, failing("hung", hung)).toBe(1);
    await sandbox.others.unhang(hung.id);
    await told(exporter, failing("hung", hung)).toBe(0);
  });
});

describe("a start on request", () => {
  const test_ = (url: string, timeoutMs = 5_000) => ({
    processGroup: "app",
    url: `${url}/health`,
    headers: {},
    expectedStatus: 200,
    intervalMs: 4_000,
    timeoutMs,
  });
  const sleeper = { autostop: "stop", autostart: true, min_machines_running: 0, checks: [] };
  const asleep = (name: string, service: object) =>
    sandbox.others.makeApp({ name, machines: [{ config: echo(checked(service)), state: "stopped" }] });

  test("is tested once an interval, measured, and never of a machine that runs", async () => {
    const made = await asleep("sleeper", sleeper);
    const coldStart = test_(made.url ?? "");
    const exporter = await watch([exporterApp({ name: "sleeper", coldStart })]);
    const seconds = 'flymon_autostart_seconds{app="sleeper",process_group="app"}';
    await expect
      .poll(async () => (await exporter.values()).get(seconds) ?? 0, { timeout: 10_000 })
      .toBeGreaterThan(0.02);
    expect((await exporter.values()).get(seconds)).toBeLessThan(3);
    expect((await exporter.values()).get('flymon_autostart_failed{app="sleeper",process_group="app"}')).toBe(
      0,
    );
    // It runs now, and is left alone through the next intervals.
    await sandbox.others.pass();
    await sandbox.others.pass();
    const [machine] = made.machines;
    await expect
      .poll(async () => (await sandbox.others.machine(machine?.id ?? "")).state, { timeout: 5_000 })
      .toBe("stopped");
  });

  test("that fails is told, without a time", async () => {
    const made = await asleep("stuck", { ...sleeper, autostart: false });
    const exporter = await watch([exporterApp({ name: "stuck", coldStart: test_(made.url ?? "", 1_000) })]);
    await told(exporter, 'flymon_autostart_failed{app="stuck",process_group="app"}', 12_000).toBe(1);
  });
});

describe("the program", () => {
  test("asks for a password, says that it is well, and ends when it is told to", async () => {
    const exporter = await watch([exporterApp({ name: "nobody" })], { apiTimeoutMs: 60_000 });
    const status = async (at: string, headers = {}) =>
      (await fetch(`${exporter.url}${at}`, { headers })).status;
    expect(await status("/metrics")).toBe(401);
    expect(await status("/targets/json")).toBe(401);
    expect(await status("/metrics", authorized)).toBe(200);
    expect(await status("/health")).toBe(200);
    await sandbox.fly.faults.switchOn("hang", {});
    await pause(1_500);
    running.splice(running.indexOf(exporter), 1);
    const { code, ms } = await exporter.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(2_000);
  });
});
