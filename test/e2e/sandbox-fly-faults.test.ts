import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readSeries, type Series } from "../../sandbox/fly/metrics/series";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { callerOf, type Call, type MachineBody } from "../support/fly-sandbox";

// Each fault that an alert is about, as the alert sees it: in Fly's metrics or in the Machines API.

let sandbox: LaunchedSandbox;
let call: Call;
const fly = () => {
  const { fly: announced } = sandbox.announcement;
  if (announced === undefined) throw new Error("Fly does not run");
  return announced;
};
beforeAll(async () => {
  sandbox = await launchSandbox([
    ...["--fly", "on", "--fly-factor", "30", "--fly-limits", "off", "--fly-hold", "1000"],
    ...["--apps", "hotdash-chatwoot,hotdash-agent-service,hotdash-staging-db"],
  ]);
  call = callerOf(fly().apiUrl, fly().token);
});
afterEach(() => sandbox.client.mendAll());
afterAll(() => sandbox.stop());

const federate = async (...matches: readonly string[]): Promise<readonly Series[]> => {
  const search = new URLSearchParams(matches.map((match): [string, string] => ["match[]", match]));
  const response = await fetch(`${fly().prometheusUrl}/federate?${search.toString()}`, {
    headers: { authorization: `FlyV1 ${fly().readOnlyToken}` },
  });
  if (!response.ok) throw new Error(`federate: ${response.status}`);
  return (await response.text()).split("\n").flatMap((line) => readSeries(line) ?? []);
};
const sum = async (match: string): Promise<number> =>
  (await federate(match)).reduce((total, { value }) => total + Number(value), 0);
/** How fast a counter grows, a second. */
const rate = async (match: string, over = 3_000): Promise<number> => {
  const [from, begun] = [await sum(match), performance.now()];
  await pause(over);
  return ((await sum(match)) - from) / ((performance.now() - begun) / 1_000);
};
const machine = async (app: string, name: string): Promise<MachineBody> => {
  const { body } = await call<MachineBody[]>("GET", `/apps/${app}/machines`);
  const found = body.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no machine ${name}`);
  return found;
};
const state = async (app: string, name: string): Promise<string> => (await machine(app, name)).state;
const chatwoot = "hotdash-chatwoot";
const agent = "hotdash-agent-service";
const url = (app: string): string => sandbox.announcement.apps[app]?.url ?? "";
const patient = { timeout: 20_000, interval: 100 };

describe("resources", () => {
  const used = (instance: string): string =>
    `fly_instance_cpu{instance="${instance}",mode!~"idle|iowait|steal"}`;

  test("a program that burns CPU does so, and shows it; others of the app do not", async () => {
    const [worker, web] = [
      await machine(chatwoot, "chatwoot-worker"),
      await machine(chatwoot, "chatwoot-web"),
    ];
    const { pid } = await sandbox.client.fly.machine(worker.id);
    const really = (): number => {
      const fields =
        readFileSync(`/proc/${pid ?? 0}/stat`, "utf8")
          .split(") ")[1]
          ?.split(" ") ?? [];
      return Number(fields[11]) + Number(fields[12]);
    };
    await sandbox.client.breakApp(chatwoot, "cpu-burn", { group: "worker", percent: 95, duty: 0.2 });
    await pause(500);
    const before = really();
    const [burnt, other] = await Promise.all([rate(used(worker.id)), rate(used(web.id))]);
    const share = (really() - before) / 3;
    expect(burnt).toBeGreaterThan(85);
    expect(burnt).toBeLessThan(105);
    // What a busy computer gives of the fifth of a CPU that was asked for.
    expect(share).toBeGreaterThan(4);
    expect(share).toBeLessThan(28);
    expect(other).toBeLessThan(40);
    await sandbox.client.mendApp(chatwoot, "cpu-burn");
    await pause(300);
    expect(await rate(used(worker.id), 1_500)).toBeLessThan(40);
  });

  test("memory grows to its share and falls back", async () => {
    const percent = async (): Promise<number> => {
      const part = (name: string): Promise<number> => sum(`fly_instance_memory_${name}{app="${agent}"}`);
      return 100 * (1 - (await part("mem_available")) / (await part("mem_total")));
    };
    await fetch(`${url(agent)}/health`);
    const before = await percent();
    await sandbox.client.breakApp(agent, "memory-growth", { percent: 92, over: "1s" });
    await expect.poll(percent, patient).toBeCloseTo(92, 0);
    await pause(500);
    expect(await percent()).toBeCloseTo(92, 0);
    await sandbox.client.mendApp(agent, "memory-growth");
    await expect.poll(percent, patient).toBeLessThan(before + 5);
  });

  test("what Fly throttles is held back, and has no burst left", async () => {
    const { id } = await machine(chatwoot, "chatwoot-web");
    const balance = (): Promise<number> => sum(`fly_instance_cpu_balance{instance="${id}"}`);
    expect(await balance()).toBeGreaterThan(100);
    await sandbox.client.breakApp(chatwoot, "burst-spent", { group: "web" });
    expect(await balance()).toBe(0);
    expect(await rate(`fly_instance_cpu_throttle{instance="${id}"}`, 500)).toBe(0);
    await sandbox.client.mendApp(chatwoot, "burst-spent");
    expect(await balance()).toBeGreaterThan(100);
    await sandbox.client.breakApp(chatwoot, "cpu-throttled", { percent: 30 });
    const held = await rate(`fly_instance_cpu_throttle{instance="${id}"}`);
    expect(held).toBeGreaterThan(20);
    expect(held).toBeLessThan(50);
    expect(await balance()).toBe(0);
    expect((await fetch(`${url(chatwoot)}/api`)).status).toBe(200);
  });

  test("volumes fill up, and are as before", async () => {
    const percent = (): Promise<number> => sum('fly_volume_used_pct{app="hotdash-staging-db"}');
    expect(await percent()).toBeCloseTo(9.4, 1);
    await sandbox.client.breakApp("hotdash-staging-db", "volume-filling", { percent: 93 });
    await sandbox.client.breakApp("hotdash-staging-db", "volume-filling", { percent: 95 });
    expect(await percent()).toBeCloseTo(95, 1);
    await sandbox.client.mendApp("hotdash-staging-db", "volume-filling");
    expect(await percent()).toBeCloseTo(9.4, 1);
    await expect(sandbox.client.breakApp(agent, "volume-filling")).rejects.toThrow("no such fault");
  });
});

describe("machines", () => {
  const exits = async (app: string, name: string) =>
    (await machine(app, name)).events.flatMap(({ request }) => request?.exit_event ?? []);

  test("a machine is killed for memory as often as said, and starts again", async () => {
    const kills = async (): Promise<number> =>
      (await exits(chatwoot, "chatwoot-web")).filter((exit) => exit.oom_killed === true).length;
    const told = (): Promise<number> => sum(`fly_instance_exit_oom{app="${chatwoot}"}`);
    const before = { kills: await kills(), told: await told() };
    await sandbox.client.breakApp(chatwoot, "oom-kill", { group: "web", kills: 1 });
    await expect.poll(kills, patient).toBe(before.kills + 1);
    await expect.poll(() => state(chatwoot, "chatwoot-web"), patient).toBe("started");
    await pause(1_500);
    expect(await kills()).toBe(before.kills + 1);
    expect(await told()).toBe(before.told + 1);
  });

  test("a crash loop goes on until Fly gives up; mended, the machine runs again", async () => {
    await sandbox.client.breakApp(chatwoot, "crash-loop", { group: "worker", exitCode: 3 });
    await expect
      .poll(() => state(chatwoot, "chatwoot-worker"), { ...patient, timeout: 60_000 })
      .toBe("stopped");
    const [last, ...earlier] = await exits(chatwoot, "chatwoot-worker");
    expect(last).toMatchObject({ exit_code: 3 });
    expect(last?.restarting ?? false).toBe(false);
    expect(last?.requested_stop ?? false).toBe(false);
    expect(earlier.every(({ restarting }) => restarting)).toBe(true);
    expect(await state(chatwoot, "chatwoot-web")).toBe("started");
    await sandbox.client.mendApp(chatwoot, "crash-loop");
    await expect.poll(() => state(chatwoot, "chatwoot-worker"), patient).toBe("started");
  });

  test("all machines of a group are stopped, and no request starts them before it is mended", async () => {
    await sandbox.client.breakApp(chatwoot, "machines-stopped", { group: "web" });
    await expect.poll(() => state(chatwoot, "chatwoot-web"), patient).toBe("stopped");
    expect((await fetch(`${url(chatwoot)}/api`)).status).toBe(503);
    expect(await state(chatwoot, "chatwoot-web")).toBe("stopped");
    expect(await state(chatwoot, "chatwoot-worker")).toBe("started");
    await sandbox.client.mendApp(chatwoot, "machines-stopped");
    await expect.poll(() => state(chatwoot, "chatwoot-web"), patient).toBe("started");
  });

  test("checks fail while other paths are well, and come and go", async () => {
    const check = async (): Promise<string | undefined> =>
      (await machine(chatwoot, "chatwoot-web")).checks?.[0]?.status;
    await expect.poll(check, patient).toBe("passing");
    await sandbox.client.breakApp(chatwoot, "failing-check");
    await expect.poll(check, patient).toBe("critical");
    const address = (await machine(chatwoot, "chatwoot-web")).private_ip;
    expect((await fetch(`http://${address}:3000/api`)).status).toBe(503);
    expect((await fetch(`http://${address}:3000/else`)).status).toBe(404);
    await sandbox.client.breakApp(chatwoot, "failing-check", { flapping: "1s" });
    await expect.poll(check, patient).toBe("passing");
    await expect.poll(check, patient).toBe("critical");
    await sandbox.client.mendApp(chatwoot, "failing-check");
    await expect.poll(check, patient).toBe("passing");
  });
});

describe("auto-scaling", () => {
  const asleep = async (): Promise<void> => {
    await expect
      .poll(async () => {
        await sandbox.client.fly.pass();
        return state(agent, "agent-app");
      }, patient)
      .toBe("stopped");
  };

  test("a connection that stays open keeps an idle machine awake, without an answer", async () => {
    await asleep();
    await sandbox.client.breakApp(agent, "stuck-connection");
    await expect.poll(() => state(agent, "agent-app"), patient).toBe("started");
    await expect.poll(() => sum(`fly_app_concurrency{app="${agent}"}`), patient).toBe(1);
    const answers = await sum(`fly_app_http_responses_count{app="${agent}"}`);
    for (let turn = 0; turn < 3; turn += 1) expect(await sandbox.client.fly.pass()).toEqual([]);
    expect(await state(agent, "agent-app")).toBe("started");
    expect(await sum(`fly_app_http_responses_count{app="${agent}"}`)).toBe(answers);
    await sandbox.client.mendApp(agent, "stuck-connection");
    await asleep();
  });

  test("requests start nothing while that is broken", async () => {
    await asleep();
    await sandbox.client.breakApp(agent, "no-autostart");
    expect((await fetch(`${url(agent)}/health`)).status).toBe(503);
    expect(await state(agent, "agent-app")).toBe("stopped");
    await sandbox.client.mendApp(agent, "no-autostart");
    expect((await fetch(`${url(agent)}/health`)).status).toBe(200);
  });

  test("a slow start is waited for, however short requests are held else", async () => {
    await asleep();
    await sandbox.client.breakApp(agent, "cold-start", { delay: "2s" });
    const begun = performance.now();
    expect((await fetch(`${url(agent)}/health`)).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(2_000);
  });
});

describe("the app's own metrics", () => {
  const p95 = async (): Promise<number> => {
    const buckets = async () =>
      new Map(
        (await federate(`sidekiq_job_runtime_seconds_bucket{app="${chatwoot}"}`)).map(
          ({ labels, value }) => [labels.le ?? "", Number(value)] as const,
        ),
      );
    const before = await buckets();
    await pause(1_500);
    const rises = [...(await buckets())].map(([le, value]) => [le, value - (before.get(le) ?? 0)] as const);
    const all = rises.find(([le]) => le === "+Inf")?.[1] ?? 0;
    return Number(rises.find(([, rise]) => all > 0 && rise >= 0.95 * all)?.[0]);
  };

  test("Sidekiq's queue and job times are in Fly's metrics under its labels", async () => {
    const queue = `sidekiq_jobs_waiting_count{queue="default",app="${chatwoot}"}`;
    const { id, region } = await machine(chatwoot, "chatwoot-worker");
    const [series] = await federate(queue);
    expect(series?.labels).toMatchObject({ app: chatwoot, instance: id, region, queue: "default" });
    expect(Number(series?.value)).toBeLessThan(10);
    expect(await p95()).toBeLessThan(1);
    await sandbox.client.breakApp(chatwoot, "queue-growth", { jobs: 1_500, over: "500ms" });
    await sandbox.client.breakApp(chatwoot, "slow-jobs", { runtime: "45s" });
    await expect.poll(() => sum(queue), patient).toBeGreaterThan(1_499);
    expect(await p95()).toBe(60);
    await sandbox.client.mendAll();
    expect(await sum(queue)).toBeLessThan(10);
    expect(await p95()).toBeLessThan(1);
  });
});

describe("the store of metrics", () => {
  test("gives what is asked for by several names and apps", async () => {
    const found = await federate(
      `{__name__=~"fly_instance_up|fly_volume_used_pct",app=~"${agent}|hotdash-staging-db"}`,
      `sidekiq_jobs_waiting_count{queue!="low"}`,
    );
    const seen = new Set(found.map(({ name, labels }) => `${name} ${labels.app ?? ""}`));
    expect(seen).toContain("fly_instance_up hotdash-staging-db");
    expect(seen).toContain("fly_volume_used_pct hotdash-staging-db");
    expect(seen).toContain(`sidekiq_jobs_waiting_count ${chatwoot}`);
    expect(seen).not.toContain(`fly_instance_up ${chatwoot}`);
    expect(found.filter(({ name }) => name.startsWith("sidekiq"))).toHaveLength(2);
  });

  test("can be gone while the API is there, for a time", async () => {
    await sandbox.client.breakService("fly", "metrics-gone", {}, "1s");
    await expect(federate("fly_instance_up")).rejects.toThrow("503");
    expect((await call("GET", `/apps/${agent}`)).status).toBe(200);
    await expect
      .poll(
        () =>
          federate("fly_instance_up").then(
            () => true,
            () => false,
          ),
        patient,
      )
      .toBe(true);
    expect((await sandbox.client.state()).services.fly?.faults).toEqual({});
  });
});
