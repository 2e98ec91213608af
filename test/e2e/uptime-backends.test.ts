import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { UptimeBackend } from "../../infra/model/uptime";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { repositoryRoot } from "../../toolchain/root";
import { withStack, type Exported, type Run, type TestStack } from "../support/engine";
import { leaks, pagesFrom } from "../support/secret-search";
import type { Watching } from "../support/uptime-rig";
import {
  prepareAccounts,
  secretsOf,
  syntheticToken,
  towerOf,
  whoWatches,
  writeSettings,
  writtenFiles,
} from "../support/uptime-rig";

// The real program, CLI and provider against the sandbox's Better Stack, UptimeRobot, Gatus and Slack: one word says
// who watches from outside, and an outage is told in the same channel whoever it is.

const app = "hotdash-production";
const tower = "test-watchtower";
const timeDivisor = 30;
let scratch: string;
let gatusFile: string;

let sandbox: LaunchedSandbox;
let webhooks: Record<string, string>;
// Accounts for each try: what an earlier one has made would be there beside.
beforeEach(async () => {
  scratch = mkdtempSync(path.join(os.tmpdir(), "flymon-uptime-"));
  gatusFile = path.join(scratch, "generated", "outside", "gatus", "config.yaml");
  sandbox = await launchSandbox([
    ...["--apps", `${app},hotdash-chatwoot,hotdash-staging`],
    // A machine that starts while `up` works is slower: who asks is held as long, and none is called down.
    ...["--fly", "on", "--fly-factor", String(timeDivisor), "--fly-hold", "5000"],
  ]);
  webhooks = await prepareAccounts(sandbox);
});
afterEach(async () => {
  await sandbox.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** Breaks the app, waits until #incidents has heard of it, mends it, and waits for the end. */
const outage = async (): Promise<void> => {
  const before = (await sandbox.client.messages({ channel: "incidents" })).at(-1)?.ts ?? "0";
  await sandbox.client.breakApp(app, "down");
  const told = await sandbox.client.waitForMessage(
    "incidents",
    ({ plain }) => plain.includes("FAILING") && plain.includes(app) && plain.includes("SEV-1"),
    60_000,
    before,
  );
  await sandbox.client.mendApp(app, "down");
  await sandbox.client.waitForMessage(
    "incidents",
    ({ plain }) => plain.includes("RECOVERED") && plain.includes(app) && plain.includes("SEV-1"),
    60_000,
    told.ts,
  );
};

/** Looks who watches as long as something goes on. */
const lookedAt = async (work: Promise<unknown>): Promise<readonly Watching[]> => {
  const seen: Watching[] = [];
  const going = { on: true };
  const ended = work.finally(() => (going.on = false));
  while (going.on) {
    seen.push(await whoWatches(sandbox, gatusFile, tower));
    await sleep(25);
  }
  await ended;
  return seen;
};

/** What the apps are asked by each backend: Chatwoot's answer has two fields, which Better Stack takes one by one. */
const full: Watching = { gatus: 4, betterstack: 5, uptimerobot: 4 };

/** A property of an exported state, of which secrets are shown as JSON within an envelope. */
const shown = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "plaintext" in value
    ? JSON.parse(String(value.plaintext))
    : value;

/** The addresses of the heartbeats by their resources' names. */
const heartbeatsIn = (state: Exported): ReadonlyMap<string, string> =>
  new Map(
    state.resources.flatMap(({ urn, outputs }) => {
      const url = shown(outputs?.["heartbeatUrl"] ?? outputs?.["url"]);
      const isOne = typeof url === "string" && url.includes("/heartbeat/");
      return isOne ? [[urn.split("::").at(-1) ?? "", url]] : [];
    }),
  );

/** Whether a heartbeat has come, as its service says. */
const isAlive = async (backend: Exclude<UptimeBackend, "gatus">, name: string): Promise<string> => {
  const { client } = sandbox;
  const called = `flymon outside: ${name}`;
  return backend === "betterstack"
    ? ((await client.betterstack.state()).heartbeats.find((one) => one.name === called)?.status ?? "none")
    : ((await client.uptimerobot.state()).monitors.find((one) => one.name === called)?.status ?? "none");
};

/**
 * What calls the backend: Alertmanager once a minute, a script whenever it has ended. Alertmanager hangs, and #incidents
 * hears of it; the script stays away, and #monitoring does.
 */
const silence = async (
  backend: Exclude<UptimeBackend, "gatus">,
  scripts: Readonly<Record<string, string>>,
): Promise<void> => {
  const { client } = sandbox;
  const alive = { timeout: 20_000, interval: 100 };
  const upWord = /^up$/i;
  await expect.poll(() => isAlive(backend, "watchtower"), alive).toMatch(upWord);
  expect(Object.keys(scripts).sort()).toEqual(["alert-check", "synthetic-check"]);
  const since = (Date.now() / 1_000).toFixed(6);
  for (const [name, url] of Object.entries(scripts)) {
    expect((await fetch(url)).status, name).toBe(200);
    await expect.poll(() => isAlive(backend, name), alive).toMatch(upWord);
  }
  const hears = (channel: string, word: string, name: string) =>
    client.waitForMessage(
      channel,
      ({ plain }) => plain.includes(word) && plain.includes(`flymon outside: ${name}`),
      60_000,
      since,
    );
  await client.fly.hang("alertmanager");
  await hears("incidents", "FAILING", "watchtower");
  await client.fly.unhang("alertmanager");
  await hears("incidents", "RECOVERED", "watchtower");
  await hears("monitoring", "FAILING", "alert-check");
};

test("one word says who watches: the same outage is told, nothing goes unwatched in between, and no secret is told", async () => {
  const { client, announcement } = sandbox;
  const { settings, secrets: towersOwn } = towerOf(sandbox, tower);
  const given = { ...secretsOf(sandbox, webhooks), ...towersOwn };
  const secrets = new Map(Object.entries(given));
  const told: Record<string, string[]> = { output: [], events: [], state: [], files: [], pages: [] };
  const look = async (stack: TestStack, { output, eventLog }: Run): Promise<void> => {
    told.output?.push(output);
    told.events?.push(eventLog);
    told.state?.push((await stack.export()).text);
    told.files?.push(...writtenFiles(scratch));
    const { slack, inbox, betterstack, uptimerobot, control } = announcement;
    const roots = [slack.page, inbox.page, betterstack.page, uptimerobot.page].concat(
      ["/", "/fly", "/state", "/fly/state", "/betterstack/state", "/uptimerobot/state"].map(
        (route) => `${control.url}${route}`,
      ),
    );
    told.pages?.push(...[...(await pagesFrom(roots))].flat());
  };
  await withStack(
    repositoryRoot,
    async (stack) => {
      const switchTo = async (backend: UptimeBackend): Promise<readonly Watching[]> => {
        await stack.setConfig("hotdash:uptimeBackend", backend);
        const running = stack.up();
        const seen = await lookedAt(running);
        const run = await running;
        expect(run.exitCode, run.output).toBe(0);
        const again = await stack.preview("--expect-no-changes");
        expect(again.exitCode, again.output).toBe(0);
        const state = await stack.export(true);
        for (const [name, url] of heartbeatsIn(state)) secrets.set(`${backend} ${name}`, url);
        const { watchtower, heartbeats = {} } = (await stack.outputs()) as {
          watchtower: { password: string };
          heartbeats?: Record<string, string>;
        };
        secrets.set("the parts' password", watchtower.password);
        if (backend !== "gatus") await silence(backend, heartbeats);
        await outage();
        await look(stack, run);
        return seen;
      };

      await switchTo("gatus");
      for (const [from, to] of [
        ["gatus", "betterstack"],
        ["betterstack", "uptimerobot"],
        ["uptimerobot", "gatus"],
      ] as const) {
        const seen = await switchTo(to);
        // At every moment one of both watches everything.
        const gaps = seen.filter((each) => each[from] < full[from] && each[to] < full[to]);
        expect(gaps, `${from} to ${to}`).toEqual([]);
        expect(await whoWatches(sandbox, gatusFile, tower)).toEqual({
          gatus: 0,
          betterstack: 0,
          uptimerobot: 0,
          [to]: full[to],
        });
      }

      const destroyed = await stack.destroy();
      expect(destroyed.exitCode, destroyed.output).toBe(0);
      await look(stack, destroyed);
    },
    {
      stack: "outside",
      secrets: given,
      configFile: writeSettings(sandbox, scratch, "gatus", settings),
    },
  );

  const calls = await client.betterstack.calls();
  const robotCalls = await client.uptimerobot.calls();
  const at = (log: typeof calls, action: string): number[] =>
    log.filter((call) => call.action === action).map((call) => call.at);
  // The last new one was made before the first old one went.
  expect(Math.min(...at(calls, "monitors.delete"))).toBeGreaterThan(
    Math.max(...at(robotCalls, "monitors.create")),
  );
  expect((await client.betterstack.state()).counts).toMatchObject({
    monitors: 0,
    "monitor-groups": 0,
    policies: 0,
    heartbeats: 0,
    "outgoing-webhooks": 0,
  });
  expect((await client.uptimerobot.state()).counts).toMatchObject({ monitors: 0, integrations: 0 });

  await sandbox.stop();
  const said = await sandbox.ended;
  expect(secrets.get("watchtower:HOTDASH_SYNTHETIC_TOKEN")).toBe(syntheticToken);
  // 10 of the stack's configuration, one that it makes, and three heartbeats at both services.
  expect([...secrets.keys()]).toHaveLength(10 + 1 + 2 * 3);
  expect(leaks(secrets, { ...told, said: [said] })).toEqual([]);
}, 600_000);
