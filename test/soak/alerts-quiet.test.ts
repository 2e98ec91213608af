import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MachineSummary } from "../../sandbox/fly/client";
import { onCallNotices } from "../support/alert-recipients";
import type { AlertRig } from "../support/alert-rig";
import { startAlertRig, usedPaths, usualDivisor } from "../support/alert-rig";
import { shown } from "../support/alert-messages";
import { startTraffic } from "../support/alert-traffic";

// An hour as it should be: people come and go, machines are deployed, restarted, and sleep. Nobody is told anything.

const hour = 3_600_000 / usualDivisor;
let rig: AlertRig;

beforeAll(async () => {
  rig = await startAlertRig();
}, 240_000);
afterAll(() => rig.stop());

const machinesOf = async (app: string): Promise<readonly MachineSummary[]> =>
  (await rig.client.fly.state()).apps.find(({ name }) => name === app)?.machines ?? [];

/** Until a machine takes requests again, as a rolling deploy waits. */
const untilReady = async (app: string, id: string): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    const machine = (await machinesOf(app)).find((each) => each.id === id);
    if (machine?.state === "started" && machine.checks.every(({ status }) => status === "passing")) return;
    await pause(100);
  }
  throw new Error(`machine ${id} of ${app} was not ready within 10 s`);
};

/** A rolling deploy: one machine after the other gets a new release. */
const deploy = async (app: string, release: number): Promise<void> => {
  for (const { id, state } of await machinesOf(app)) {
    await rig.client.fly.changeByHand(id, { env: { RELEASE: String(release) } });
    if (state === "started") await untilReady(app, id);
  }
};

/** People use an app that sleeps between their visits. */
const visit = async (app: string, ms: number): Promise<void> => {
  const leave = startTraffic(rig.url(app), usedPaths[app] ?? "/", 2);
  await pause(ms);
  leave();
};

test("an hour of traffic, deploys, restarts and sleep tells nobody anything", async () => {
  const begun = Date.now();
  const mailsBefore = (await rig.client.inbox.mails()).length;
  const callsBefore = (await onCallNotices(rig)).length;
  const at = (share: number): Promise<void> => pause(Math.max(0, begun + share * hour - Date.now()));

  await Promise.all([
    (async () => {
      await at(0.05);
      await deploy("hotdash-production", 1);
      await at(0.5);
      await deploy("hotdash-production", 2);
    })(),
    (async () => {
      await at(0.2);
      for (const { id, state } of await machinesOf("hotdash-production")) {
        // A program that crashes once is started again by Fly.
        if (state !== "started") continue;
        await rig.client.fly.kill(id, "SIGKILL");
        await untilReady("hotdash-production", id);
        return;
      }
    })(),
    (async () => {
      for (const share of [0.1, 0.45, 0.8]) {
        await at(share);
        await Promise.all([
          visit("hotdash-agent-service", 0.05 * hour),
          visit("hotdash-llamaindex-mcp", 0.05 * hour),
        ]);
      }
    })(),
    at(1),
  ]);

  expect(shown(await rig.told(begun), begun)).toBe("  nothing");
  expect((await rig.client.inbox.mails()).slice(mailsBefore)).toEqual([]);
  expect((await onCallNotices(rig)).slice(callsBefore)).toEqual([]);
  // Silence counts only while the monitoring is alive.
  const beats = await rig.client.inbox.calls("heartbeat", { after: begun });
  expect(beats.length).toBeGreaterThan(hour / 1_000 / 10);
}, 400_000);
