import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { expect, test } from "vitest";
import { launchSandbox } from "../../sandbox/launch";
import { portsTaken } from "../../sandbox/ports";
import { repositoryRoot } from "../../toolchain/root";
import { freePorts } from "../support/free-port";

const entry = path.join(repositoryRoot, "sandbox", "main.cjs");

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const goneWithin = async (pid: number, ms: number): Promise<boolean> => {
  const deadline = Date.now() + ms;
  while (alive(pid) && Date.now() < deadline) await pause(20);
  return !alive(pid);
};
const refused = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => false,
    () => true,
  );

test("says where everything is in one line, and ends at once when asked, with a stream open and an app hanging", async () => {
  const sandbox = await launchSandbox(["--apps", "hotdash-chatwoot,hotdash-staging-db"]);
  const { slack, control, apps } = sandbox.announcement;
  expect(slack).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown,
    apiUrl: `${slack.url}/api/`,
    page: `${slack.url}/`,
    token: expect.stringMatching(/^xoxb-\d+-\d+-\w{24}$/) as unknown,
  });
  expect(Object.keys(apps)).toEqual(["hotdash-chatwoot", "hotdash-staging-db"]);
  expect((await sandbox.client.state()).apps["hotdash-chatwoot"]?.listening).toBe(true);

  const stream = await fetch(`${slack.page}api/page/events`);
  await sandbox.client.breakApp("hotdash-chatwoot", "hang");
  const hanging = refused(`${apps["hotdash-chatwoot"]?.url}/api`);
  await pause(50);
  const begun = performance.now();
  await sandbox.stop();
  expect(performance.now() - begun).toBeLessThan(1_500);
  expect(alive(sandbox.pid)).toBe(false);
  expect(await hanging).toBe(true);
  await stream.body?.cancel().catch(() => undefined);
  expect(await refused(control.url)).toBe(true);
  expect(await sandbox.ended).toMatch(/^exit 0/);
});

test("ends with SIGINT, too, and when its standard input is closed", async () => {
  for (const end of ["SIGINT", "stdin"] as const) {
    const child = spawn(process.execPath, [entry, "--apps", "hotdash-chatwoot"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
    if (end === "SIGINT") child.kill("SIGINT");
    else child.stdin.end();
    expect(await exit).toBe(0);
  }
});

test("ends when its parent is killed", async () => {
  const script = `
    const child = require("node:child_process").spawn(process.execPath, [${JSON.stringify(entry)}, "--apps", "hotdash-chatwoot"], { stdio: ["pipe", "pipe", "ignore"] });
    child.stdout.once("data", () => console.log(child.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once("data", resolve)));
  expect(alive(pid)).toBe(true);
  parent.kill("SIGKILL");
  expect(await goneWithin(pid, 3_000)).toBe(true);
});

test("takes the ports and the token that are wanted, and says which port is taken", async () => {
  const base = await freePorts(portsTaken + 1);
  const sandbox = await launchSandbox([
    "--port-base",
    String(base),
    "--slack-token",
    "xoxb-mine",
    "--slack-limits",
    "off",
  ]);
  try {
    const { control, slack, apps } = sandbox.announcement;
    expect(control.url).toBe(`http://127.0.0.1:${base}`);
    expect(slack).toMatchObject({ url: `http://127.0.0.1:${base + 1}`, token: "xoxb-mine" });
    expect(apps["hotdash-staging-db"]?.ports).toEqual({
      postgres: base + 30,
      checks: base + 31,
      metrics: base + 32,
    });
    await expect(launchSandbox(["--port-base", String(base)])).rejects.toThrow(`port ${base + 1} is taken`);
  } finally {
    await sandbox.stop();
  }
});

test.each([
  { args: ["--apps", "nobody"], words: "no such app: nobody. There are hotdash-chatwoot" },
  { args: ["--port-base", "80"], words: "a port from 1024" },
  { args: ["--slack-token", "secret"], words: "a bot token starts with xoxb-" },
  { args: ["--slack-limits", "none"], words: "on, off, or a factor" },
  { args: ["--frobnicate"], words: "unknown option" },
])("refuses $args with exit 2 and no stack", async ({ args, words }) => {
  const { exitCode, stderr, stdout } = await execa(process.execPath, [entry, ...args], { reject: false });
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/\n\s+at /);
});
