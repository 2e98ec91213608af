import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { UptimeBackend } from "../../infra/model/uptime";
import { launchSandbox, type LaunchedSandbox } from "../../sandbox/launch";
import { repositoryRoot } from "../../toolchain/root";
import { withStack } from "../support/engine";
import type { Watching } from "../support/uptime-rig";
import {
  prepareAccounts,
  runGatus,
  secretsOf,
  syntheticToken,
  whoWatches,
  writeSettings,
  writtenFiles,
} from "../support/uptime-rig";

// The real program, CLI and provider against the sandbox's Better Stack, UptimeRobot, Gatus and Slack: one word says
// who watches from outside, and an outage is told in the same channel whoever it is.

const app = "hotdash-production";
const scratch = mkdtempSync(path.join(os.tmpdir(), "flymon-uptime-"));
const gatusFile = path.join(scratch, "generated", "outside", "gatus", "config.yaml");

let sandbox: LaunchedSandbox;
let webhooks: Record<string, string>;
beforeAll(async () => {
  sandbox = await launchSandbox(["--apps", `${app},hotdash-chatwoot,hotdash-staging`]);
  webhooks = await prepareAccounts(sandbox);
});
afterAll(async () => {
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
    seen.push(await whoWatches(sandbox, gatusFile));
    await sleep(25);
  }
  await ended;
  return seen;
};

/** What the apps are asked by each backend: Chatwoot's answer has two fields, which Better Stack takes one by one. */
const full: Watching = { gatus: 4, betterstack: 5, uptimerobot: 4 };

test("one word says who watches: the same outage is told, nothing goes unwatched in between, and no secret is told", async () => {
  const { client, announcement } = sandbox;
  const outputs: string[] = [];
  const states: string[] = [];
  const secrets = new Set(Object.values(secretsOf(sandbox, webhooks)));
  const settings = writeSettings(sandbox, scratch, "gatus");
  await withStack(
    repositoryRoot,
    async (stack) => {
      const switchTo = async (backend: UptimeBackend): Promise<readonly Watching[]> => {
        await stack.setConfig("hotdash:uptimeBackend", backend);
        const running = stack.up();
        const seen = await lookedAt(running);
        const { exitCode, output } = await running;
        expect(exitCode, output).toBe(0);
        outputs.push(output);
        states.push((await stack.export()).text);
        const { text } = await stack.export(true);
        for (const [, url = ""] of text.matchAll(/"(http[^"]*\/heartbeat\/[^"]+)"/g)) secrets.add(url);
        const again = await stack.preview("--expect-no-changes");
        expect(again.exitCode, again.output).toBe(0);
        return seen;
      };

      await switchTo("gatus");
      const gatus = await runGatus(gatusFile, scratch, announcement.slack.token);
      try {
        await outage();
      } finally {
        await gatus.stop();
      }

      for (const [from, to] of [
        ["gatus", "betterstack"],
        ["betterstack", "uptimerobot"],
        ["uptimerobot", "gatus"],
      ] as const) {
        const seen = await switchTo(to);
        // At every moment one of both watches everything.
        const gaps = seen.filter((each) => each[from] < full[from] && each[to] < full[to]);
        expect(gaps, `${from} to ${to}`).toEqual([]);
        expect(await whoWatches(sandbox, gatusFile)).toEqual({
          gatus: 0,
          betterstack: 0,
          uptimerobot: 0,
          [to]: full[to],
        });
        if (to !== "gatus") await outage();
      }

      const destroyed = await stack.destroy();
      expect(destroyed.exitCode, destroyed.output).toBe(0);
      outputs.push(destroyed.output);
    },
    { stack: "outside", secrets: secretsOf(sandbox, webhooks), configFile: settings },
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

  const pages = await Promise.all(
    [
      announcement.betterstack.page,
      announcement.uptimerobot.page,
      announcement.slack.page,
      `${announcement.control.url}/`,
    ].map(async (page) => (await fetch(page)).text()),
  );
  expect(secrets.size).toBeGreaterThan(8); // 6 of the stack, and heartbeats at both services
  expect(secrets.has(syntheticToken)).toBe(true);
  const told = { outputs, states, files: writtenFiles(scratch), pages };
  for (const secret of secrets) {
    for (const [where, texts] of Object.entries(told)) {
      const found = texts.filter((text) => text.includes(secret)).length;
      expect(found, `${secret.slice(0, 12)}... in ${where}`).toBe(0);
    }
  }
}, 400_000);
