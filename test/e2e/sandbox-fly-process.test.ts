import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { repositoryRoot } from "../../toolchain/root";
import { alive, callerOf, type Call, type MachineBody } from "../support/fly-sandbox";

let sandbox: LaunchedSandbox;
let call: Call;
beforeAll(async () => {
  sandbox = await launchSandbox(["--fly", "on", "--fly-factor", "50", "--fly-limits", "off"]);
  const { fly } = sandbox.announcement;
  call = callerOf(fly?.apiUrl ?? "", fly?.token ?? "");
});
afterAll(() => sandbox.stop());

const goneWithin = async (pids: readonly number[], ms: number): Promise<readonly number[]> => {
  const deadline = Date.now() + ms;
  while (pids.some(alive) && Date.now() < deadline) await pause(20);
  return pids.filter(alive);
};
/** Whether a machine's folder is there, in whichever sandbox's. */
const hasFiles = (machine: string): boolean =>
  readdirSync(tmpdir())
    .filter((folder) => folder.startsWith("flymon-fly-"))
    .some((folder) => existsSync(path.join(tmpdir(), folder, machine)));
const machinesOf = async (app: string): Promise<readonly MachineBody[]> =>
  (await call<MachineBody[]>("GET", `/apps/${app}/machines`)).body;
const url = (app: string): string => sandbox.announcement.apps[app]?.url ?? "";

test("the fleet runs as machines, behind by what the files say it has drifted", async () => {
  const { fly, apps } = sandbox.announcement;
  expect(fly).toMatchObject({ org: "hotdash", token: expect.stringMatching(/^fm2_/) as unknown });
  expect(Object.keys(apps)).toHaveLength(6);
  const worker = (await machinesOf("hotdash-chatwoot")).find(({ name }) => name === "chatwoot-worker");
  expect(worker?.config).toMatchObject({
    guest: { memory_mb: 512 },
    metadata: { fly_process_group: "worker" },
  });
  const [web] = await machinesOf("hotdash-chatwoot");
  expect(web?.config).toMatchObject({ services: [{ autostop: false, checks: [{ path: "/rails/health" }] }] });
  const [mcp] = await machinesOf("hotdash-llamaindex-mcp");
  expect(mcp?.config).toMatchObject({ services: [{ autostop: false, min_machines_running: 1 }] });
  const [database] = await machinesOf("hotdash-staging-db");
  expect(Object.keys(database?.config?.checks ?? {})).toEqual(["pg", "role", "vm"]);
  expect(await machinesOf("hotdash-production")).toHaveLength(2);

  expect(await (await fetch(`${url("hotdash-chatwoot")}/api`)).json()).toMatchObject({
    queue_services: "ok",
  });
  expect((await fetch(`${url("hotdash-production")}/health`)).headers.get("via")).toBe("1.1 fly.io");
  await expect
    .poll(
      async () => {
        const state = await sandbox.client.fly.state();
        return state.apps.flatMap(({ machines }) =>
          machines.flatMap(({ checks }) => checks.map(({ status }) => status)),
        );
      },
      { timeout: 10_000 },
    )
    .toEqual(Array.from({ length: 12 }, () => "passing"));
});

test("the faults of the apps reach their machines, also those that start later", async () => {
  await sandbox.client.breakApp("hotdash-chatwoot", "redis-gone");
  const queue = async (): Promise<unknown> =>
    ((await (await fetch(`${url("hotdash-chatwoot")}/api`)).json()) as { queue_services: string })
      .queue_services;
  await expect.poll(queue).toBe("failing");
  const web = (await machinesOf("hotdash-chatwoot")).find(({ name }) => name === "chatwoot-web");
  await sandbox.client.fly.kill(web?.id ?? "");
  await expect
    .poll(async () => (await sandbox.client.fly.machine(web?.id ?? "")).restartCount, { timeout: 5_000 })
    .toBe(1);
  await expect.poll(queue, { timeout: 10_000 }).toBe("failing");
  await sandbox.client.mendAll();
  await expect.poll(queue).toBe("ok");

  await sandbox.client.breakApp("hotdash-staging", "down");
  await expect
    .poll(async () => (await sandbox.client.fly.machine("staging-app")).checks[0]?.status, { timeout: 5_000 })
    .toBe("critical");
  await sandbox.client.mendApp("hotdash-staging", "down");
  await expect
    .poll(async () => (await sandbox.client.fly.machine("staging-app")).routable, { timeout: 5_000 })
    .toBe(true);
});

test("a change by hand shows on the API as a version of its own", async () => {
  const [before] = await machinesOf("hotdash-staging");
  await sandbox.client.fly.changeByHand("staging-app", { guest: { memory_mb: 2_048 }, env: { EXTRA: "1" } });
  await expect
    .poll(async () => (await machinesOf("hotdash-staging"))[0]?.state, { timeout: 5_000 })
    .toBe("started");
  const [after] = await machinesOf("hotdash-staging");
  expect(after?.instance_id).not.toBe(before?.instance_id);
  expect(after?.config).toMatchObject({
    guest: { memory_mb: 2_048, cpus: 1 },
    env: { HOST: "0.0.0.0", EXTRA: "1" },
  });
  await expect(sandbox.client.fly.changeByHand("staging-app", { guest: { memory_mb: 300 } })).rejects.toThrow(
    "multiple of 256",
  );
  await expect(sandbox.client.fly.changeByHand("nobody", {})).rejects.toThrow("no such machine");
});

test("Fly's faults are switched at the control server like all others", async () => {
  await sandbox.client.breakService("fly", "unavailable", { calls: 1, action: "apps.get" });
  expect((await call("GET", "/apps/hotdash-staging")).status).toBe(503);
  expect((await call("GET", "/apps/hotdash-staging")).status).toBe(200);
  expect((await sandbox.client.state()).services.fly?.known).toContain("chaos");
});

test("an idle machine stops by itself and a request starts it", async () => {
  const agent = async (): Promise<string | undefined> =>
    (await sandbox.client.fly.machine("agent-app")).state;
  await expect.poll(agent, { timeout: 20_000, interval: 200 }).toBe("stopped");
  expect((await fetch(`${url("hotdash-agent-service")}/health`)).status).toBe(200);
  expect(await agent()).toBe("started");
});

test("the page shows apps, machines, checks and events", async () => {
  const page = await (await fetch(new URL("/fly", sandbox.announcement.control.url))).text();
  for (const words of [
    "hotdash-production",
    "production-app-1",
    "servicecheck-00-http-3000",
    "passing",
    "start",
  ])
    expect(page).toContain(words);
  expect(page).not.toContain(sandbox.announcement.fly?.token ?? "fm2_");
});

test("nothing is left when the sandbox is ended, and nothing when it is killed, frozen machines included", async () => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const entry = path.join(repositoryRoot, "sandbox", "main.cjs");
    const args = [
      entry,
      "--fly",
      "on",
      "--fly-limits",
      "off",
      "--apps",
      "hotdash-staging,hotdash-production",
    ];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
    const line = await new Promise<Buffer>((resolve) => child.stdout.once("data", resolve));
    const { control } = JSON.parse(line.toString()) as LaunchedSandbox["announcement"];
    const { processes } = (await (await fetch(`${control.url}/fly/processes`)).json()) as {
      processes: { pid: number; id: string }[];
    };
    const pids = processes.map(({ pid }) => pid);
    expect(pids.filter(alive)).toHaveLength(3);
    expect(hasFiles(processes[0]?.id ?? "")).toBe(true);
    await fetch(`${control.url}/fly/machines/${processes[0]?.id ?? ""}/hang`, { method: "PUT" });
    child.kill(signal);
    expect(await goneWithin([...pids, child.pid ?? 0], 5_000)).toEqual([]);
    await expect.poll(() => hasFiles(processes[0]?.id ?? "")).toBe(false);
  }
});
