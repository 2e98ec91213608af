import { describe, expect, test } from "vitest";
import { exporterMetrics } from "../../infra/model/exporter-metrics";
import { slotOf } from "../../watchtower/exporter/cold-start";
import { failingConditions, fieldAt, oldestApproval } from "../../watchtower/exporter/json-answers";
import { isProvable } from "../../watchtower/exporter/cold-start";
import { readMachines } from "../../watchtower/exporter/machine";
import { appSamples } from "../../watchtower/exporter/metrics";
import { jsonTargets } from "../../watchtower/exporter/routes";
import { answerKey, newState } from "../../watchtower/exporter/state";
import { metricsText } from "../../watchtower/exporter/text";
import { pauseAfter } from "../../watchtower/exporter/watch";
import { byName, exporterApp, exporterConfig, published, stateOf, valuesIn } from "../support/exporter-kit";

const now = Date.parse("2026-11-22T20:00:00Z");
const ago = (seconds: number): string => new Date(now - 1_000 * seconds).toISOString();

const metadata = (group: string) => ({ metadata: { fly_process_group: group } });
const machine = (changes: object = {}): object => ({
  id: "m1",
  state: "started",
  region: "ord",
  private_ip: "fdaa:0:1::2",
  config: metadata("app"),
  checks: [],
  events: [],
  ...changes,
});
const exit = (seconds: number, event: object): object => ({
  type: "exit",
  timestamp: now - 1_000 * seconds,
  request: { exit_event: { exited_at: ago(seconds), ...event } },
});
const own = "instance=m1,process_group=app";

describe("what is published of machines", () => {
  test("a healthy one", () => {
    const checks = [{ name: "servicecheck-00-http-8080", status: "passing" }];
    expect(published([machine({ checks })], now)).toEqual({
      "flymon_app_unreadable{}": 0,
      [`flymon_machine_info{${own},region=ord}`]: 1,
      [`flymon_machine_started{${own}}`]: 1,
      [`flymon_machine_failed_exits{${own}}`]: 0,
      [`flymon_machine_given_up{${own}}`]: 0,
      [`flymon_check_failing{${own},check=servicecheck-00-http-8080}`]: 0,
      "flymon_group_started_machines{process_group=app}": 1,
    });
  });

  test("no machine at all: each declared group has none", () => {
    expect(published([], now, exporterApp({ processGroups: ["web", "worker"] }))).toEqual({
      "flymon_app_unreadable{}": 0,
      "flymon_group_started_machines{process_group=web}": 0,
      "flymon_group_started_machines{process_group=worker}": 0,
    });
  });

  test("checks: what Fly has not looked at yet says nothing, Fly's own are dropped, nor do those of a stopped machine", () => {
    const checks = [
      { name: "a", status: "warning", updated_at: new Date(now - 121_000).toISOString() },
      { name: "new", status: "warning", updated_at: new Date(now - 119_000).toISOString() },
      { name: "odd", status: "unheard of" },
      { name: "b", status: "critical" },
      { name: "c", status: "passing" },
      { name: "bg_deployments_compat_1", status: "critical" },
    ];
    const failing = (state: string) =>
      Object.entries(published([machine({ state, checks })], now)).filter(([name]) => name.includes("check"));
    expect(failing("started")).toEqual([
      [`flymon_check_failing{${own},check=a}`, 1],
      [`flymon_check_failing{${own},check=b}`, 1],
      [`flymon_check_failing{${own},check=c}`, 0],
    ]);
    expect(failing("stopped")).toEqual([]);
  });

  test("an exit for memory is told with its time, the latest of them", () => {
    const events = [
      exit(30, { exit_code: 0, requested_stop: true }),
      exit(60, { exit_code: 137, oom_killed: true }),
    ];
    expect(
      published([machine({ events: [...events, exit(300, { oom_killed: true })] })], now),
    ).toHaveProperty([`flymon_machine_last_oom_kill_timestamp_seconds{${own}}`], now / 1_000 - 60);
  });

  test("an exit inside a MonitorEvent counts too", () => {
    const event = {
      timestamp: now,
      request: { MonitorEvent: { exit_event: { exit_code: 1, exited_at: ago(5) } } },
    };
    expect(published([machine({ events: [event] })], now)).toHaveProperty(
      [`flymon_machine_failed_exits{${own}}`],
      1,
    );
  });

  test("failed exits are those within ten minutes that nobody asked for", () => {
    const events = [
      exit(1, { exit_code: 1, restarting: true }),
      exit(599, { exit_code: 2, restarting: true }),
      exit(601, { exit_code: 1 }),
      exit(10, { exit_code: 143, requested_stop: true }),
      exit(20, { exit_code: 0 }),
    ];
    expect(published([machine({ events })], now)).toHaveProperty([`flymon_machine_failed_exits{${own}}`], 2);
  });

  test.each([
    ["stopped after a failure that is not followed by a restart", "stopped", { exit_code: 1 }, 1],
    ["stopped after being killed for memory", "stopped", { oom_killed: true }, 1],
    ["restarting", "stopped", { exit_code: 1, restarting: true }, 0],
    ["stopped on request", "stopped", { exit_code: 1, requested_stop: true }, 0],
    ["done", "stopped", { exit_code: 0 }, 0],
    ["started again", "started", { exit_code: 1 }, 0],
  ])("given up: %s", (_, state, event, value) => {
    const events = [exit(5, event), exit(500, { exit_code: 1, restarting: true })];
    expect(published([machine({ state, events })], now)).toHaveProperty(
      [`flymon_machine_given_up{${own}}`],
      value,
    );
  });

  test("Fly's own machines and those that are gone are left out", () => {
    const others = [
      machine({ id: "m2", config: metadata("fly_app_release_command") }),
      machine({ id: "m3", config: metadata("fly_app_console") }),
      machine({ id: "m4", config: metadata("fly_app_test_machine_command") }),
      machine({ id: "m5", state: "destroyed" }),
      machine({ id: "m6", state: "replaced" }),
    ];
    const names = Object.keys(published([machine(), ...others], now));
    expect(names.filter((name) => /m[2-6]/.test(name))).toEqual([]);
    expect(published(others, now)).toHaveProperty(["flymon_group_started_machines{process_group=app}"], 0);
  });

  test("a machine whose host cannot be asked keeps its group where the answer or the app tells it", () => {
    const unreachable = { config: null, host_status: "unreachable" };
    const told = machine({ ...unreachable, incomplete_config: metadata("worker") });
    const groups = exporterApp({ processGroups: ["web", "worker"] });
    expect(published([told], now, groups)).toHaveProperty(
      ["flymon_machine_started{instance=m1,process_group=worker}"],
      1,
    );
    expect(published([machine(unreachable)], now)).toHaveProperty([`flymon_machine_started{${own}}`], 1);
    expect(published([machine(unreachable)], now, groups)).toHaveProperty(
      ["flymon_machine_started{instance=m1,process_group=unknown}"],
      1,
    );
  });

  test("of Fly Postgres and old apps the group is the default one", () => {
    const config = { metadata: { fly_platform_version: "v2" } };
    const groups = exporterApp({ processGroups: ["app", "cron"] });
    expect(published([machine({ config })], now, groups)).toHaveProperty(
      ["flymon_group_started_machines{process_group=app}"],
      1,
    );
  });
});

describe("an app that cannot be read", () => {
  const [first] = [stateOf([machine()], now)];
  test("keeps its answer for three intervals, then says only that it is unreadable", () => {
    expect(byName(appSamples(first, now + 45_000, exporterConfig()))).toHaveProperty(
      ["flymon_app_unreadable{}"],
      0,
    );
    expect(byName(appSamples(first, now + 45_001, exporterConfig()))).toEqual({
      "flymon_app_unreadable{}": 1,
    });
  });

  test("says nothing before it was asked", () => {
    expect(appSamples(newState(exporterApp()), now, exporterConfig())).toEqual([]);
  });

  test.each([
    ["an object", {}],
    ["an error", { error: "unauthorized" }],
    ["nothing", undefined],
    ["a machine without id", [machine(), { state: "started" }]],
    ["a machine without state", [{ id: "m1" }]],
    ["a list of numbers", [1]],
  ])("%s is no answer", (_, answer) => {
    expect(readMachines(answer)).toBeUndefined();
  });
});

describe("answers of machines", () => {
  const condition = {
    processGroup: "app",
    port: 3000,
    path: "/api",
    headers: {},
    expectedStatus: 200,
    fields: [{ path: "db", equals: "ok" }],
  };
  const approvals = { processGroup: "app", port: 3000, path: "/approvals", headers: {} };

  test.each([
    ["a", { a: 1 }, 1],
    ["a.b", { a: { b: "x" } }, "x"],
    ["a[1].b", { a: [0, { b: true }] }, true],
    ["a.b", { a: null }, undefined],
    ["constructor", {}, undefined],
    ["a", "text", undefined],
  ])("the field at %s of %j", (path, body, found) => {
    expect(fieldAt(body, path)).toBe(found);
  });

  test.each([
    [{ db: "ok" }, false],
    [{ db: "failing" }, true],
    [{ db: { ok: true } }, true],
    [{}, true],
    [undefined, true],
    [null, true],
  ])("of %j the condition fails: %s", (body, failing) => {
    expect(failingConditions(condition, body)).toEqual(new Map([["db", failing]]));
  });

  test("the oldest approval", () => {
    expect(oldestApproval([{ createdAt: ago(5) }, { createdAt: ago(90) }])).toBe(now - 90_000);
    expect(oldestApproval([])).toBeNull();
    expect(oldestApproval([{ createdAt: "soon" }])).toBeUndefined();
    expect(oldestApproval([{}])).toBeUndefined();
    expect(oldestApproval({})).toBeUndefined();
  });

  test("are told of started machines of their group while they are fresh; of two conditions of one name the worse", () => {
    const app = exporterApp({
      conditions: [condition, { ...condition, path: "/other" }],
      approvals: [approvals],
    });
    const [list] = [[machine(), machine({ id: "m2", state: "stopped" })]];
    const state = stateOf(list, now, app);
    const m1 = { id: "m1" } as Parameters<typeof answerKey>[0];
    const m2 = { id: "m2" } as Parameters<typeof answerKey>[0];
    state.answers.set(answerKey(m1, 0), { at: now, failing: new Map([["db", true]]) });
    state.answers.set(answerKey(m1, 1), { at: now, failing: new Map([["db", false]]) });
    state.answers.set(answerKey(m1, 2), { at: now, oldestApproval: now - 40_000 });
    state.answers.set(answerKey(m2, 0), { at: now, failing: new Map([["db", true]]) });
    const answers = (at: number) =>
      Object.entries(
        byName(
          appSamples({ ...state, machines: { at, list: state.machines?.list ?? [] } }, at, exporterConfig()),
        ),
      ).filter(([name]) => /answer|approval/.test(name));
    expect(answers(now + 10_000)).toEqual([
      [`flymon_answer_condition_failing{${own},condition=db}`, 1],
      [`flymon_approval_oldest_age_seconds{${own}}`, 50],
    ]);
    expect(answers(now + 50_001)).toEqual([]);
  });

  test("json_exporter is sent to started machines alone, with their labels", () => {
    const app = exporterApp({
      tools: [{ processGroup: "app", port: 8080, path: "/metrics", module: "tool-q" }],
    });
    const state = stateOf([machine(), machine({ id: "m2", state: "stopped" })], now, app);
    const labels = { app: "shop", instance: "m1", process_group: "app", __param_module: "tool-q" };
    expect(jsonTargets([state], now, exporterConfig())).toEqual([
      { targets: ["http://[fdaa:0:1::2]:8080/metrics"], labels },
    ]);
    expect(jsonTargets([state], now + 60_000, exporterConfig())).toEqual([]);
  });
});

describe("the test of a start", () => {
  const test_ = {
    processGroup: "app",
    url: "http://127.0.0.1:1/",
    headers: {},
    expectedStatus: 200,
    intervalMs: 3_600_000,
    timeoutMs: 1_000,
  };
  const app = exporterApp({ processGroups: ["app", "worker"], coldStart: test_ });
  const list = (...states: string[]) =>
    readMachines(states.map((state, index) => machine({ id: `m${index}`, state }))) ?? [];

  test("proves something only where all machines of the group sleep", () => {
    const state = newState(app);
    expect(isProvable(state, list("stopped", "suspended"))).toBe(true);
    expect(isProvable(state, list("stopped", "started"))).toBe(false);
    expect(isProvable(state, list("stopping"))).toBe(false);
    expect(isProvable(state, [])).toBe(false);
  });

  test("comes once an interval by the clock on the wall, at other times for other apps", () => {
    const slots = (name: string) =>
      new Set(Array.from({ length: 60 }, (_, minute) => slotOf(test_, name, now + minute * 60_000)));
    expect(slots("shop").size).toBeLessThanOrEqual(2);
    expect(slotOf(test_, "shop", now + 3_600_000)).toBe(slotOf(test_, "shop", now) + 1);
  });

  test("tells the time of the latest answer, or only that there was none", () => {
    const state = stateOf([], now, app);
    expect(byName(appSamples(state, now, exporterConfig()))).not.toHaveProperty([
      "flymon_autostart_failed{process_group=app}",
    ]);
    state.startTest = { seconds: 3.5, failed: false };
    expect(byName(appSamples(state, now, exporterConfig()))).toMatchObject({
      "flymon_autostart_seconds{process_group=app}": 3.5,
      "flymon_autostart_failed{process_group=app}": 0,
    });
    state.startTest = { failed: true };
    const after = byName(appSamples(state, now, exporterConfig()));
    expect(after).toHaveProperty(["flymon_autostart_failed{process_group=app}"], 1);
    expect(after).not.toHaveProperty(["flymon_autostart_seconds{process_group=app}"]);
  });
});

describe("the pace of calls", () => {
  const pause = (answer: Parameters<typeof pauseAfter>[0], failures = 1, tookMs = 100, intervalMs = 15_000) =>
    pauseAfter(answer, { tookMs, failures, intervalMs });

  test("an interval from call to call, and never more than Fly allows", () => {
    expect(pause({ machines: [] })).toBe(14_900);
    expect(pause({ machines: [] }, 0, 100, 1_000)).toBe(950);
    expect(pause({ machines: [] }, 0, 20_000)).toBe(0);
  });

  test("what failed is asked again soon, then as seldom as usual", () => {
    const trouble = { trouble: "status 500" };
    for (const [failures, ms] of [
      [1, 1_050],
      [2, 2_100],
      [9, 14_900],
    ] as const) {
      expect(pause(trouble, failures)).toBeGreaterThanOrEqual(ms);
      expect(pause(trouble, failures)).toBeLessThanOrEqual(ms * 1.1);
    }
    // However long the call took.
    expect(pause(trouble, 1, 60_000)).toBeGreaterThanOrEqual(1_050);
  });

  test("what Fly asks to wait is waited", () => {
    expect(pause({ trouble: "status 429", retryAfterMs: 30_000 })).toBeGreaterThanOrEqual(30_000);
  });
});

describe("the text", () => {
  test("has help and type once a metric, and escapes what must be", () => {
    const text = metricsText([
      { name: "flymon_check_failing", labels: { check: 'a"b\\c\nd' }, value: 1 },
      { name: "flymon_app_unreadable", labels: { app: "x" }, value: 0 },
      { name: "flymon_check_failing", labels: { check: "e" }, value: 0 },
    ]);
    expect(text.match(/^# TYPE flymon_check_failing gauge$/gm)).toHaveLength(1);
    expect([...valuesIn(text)]).toEqual([
      ['flymon_check_failing{check="a\\"b\\\\c\\nd"}', 1],
      ['flymon_check_failing{check="e"}', 0],
      ['flymon_app_unreadable{app="x"}', 0],
    ]);
    expect(text).toContain(exporterMetrics.flymon_app_unreadable.meaning);
  });
});
