import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Mail } from "../../sandbox/client";
import { repositoryRoot } from "../../toolchain/root";
import { waitForTold } from "../support/alert-play";
import { onCallNotices } from "../support/alert-recipients";
import type { AlertRig } from "../support/alert-rig";
import { startAlertRig, usualDivisor } from "../support/alert-rig";

// T+0 reliability, T+5 engineer, T+15 manager, T+30 procedures, with real mails: and where the ladder stops.

/** Seconds since the first mail. */
const step = { engineer: 300 / usualDivisor, manager: 900 / usualDivisor, procedures: 1_800 / usualDivisor };
/** What looking at groups every so often, and a busy computer, may add, seconds. */
const late = 12;
const early = 2;

let rig: AlertRig;
// A rig for each try: what an earlier one has told would count, and its ladders would still stand.
beforeEach(async () => {
  rig = await startAlertRig();
}, 240_000);
afterEach(() => rig.stop());

const mailsTo = async (who: string, app: string, since: number): Promise<readonly Mail[]> =>
  (await rig.client.inbox.mails({ to: `${who}@team`, after: since })).filter(({ subject }) =>
    subject.includes(app),
  );
const firstMail = (who: string, app: string, since: number, withinSeconds: number): Promise<Mail> =>
  rig.client.inbox.waitForMail(({ subject }) => subject.includes(app), 1_000 * withinSeconds, {
    to: `${who}@team`,
    after: since,
  });

const climbs = async (): Promise<void> => {
  const app = "hotdash-chatwoot";
  const begun = Date.now();
  await rig.client.breakApp(app, "redis-gone");
  const { at } = await firstMail("reliability", app, begun, 60);
  for (const who of ["engineer", "manager"] as const) {
    const after = ((await firstMail(who, app, begun, step[who] + late)).at - at) / 1_000;
    expect(after, who).toBeGreaterThan(step[who] - early);
    expect(after, who).toBeLessThan(step[who] + late);
  }
  const procedures = await rig.client.waitForMessage(
    "incidents",
    ({ plain, at: said }) =>
      plain.includes("Emergency procedures") && plain.includes(app) && Date.parse(said) > begun,
    1_000 * (step.procedures - step.manager + late),
  );
  const after = (Date.parse(procedures.at) - at) / 1_000;
  expect(after).toBeGreaterThan(step.procedures - early);
  // The channel and the telephone are told by two notifications, of which either may be the first.
  await vi.waitFor(
    async () => {
      const calls = (await onCallNotices(rig, begun)).filter(
        ({ labels, status }) => labels["app"] === app && status === "firing",
      );
      expect(calls.length, "whoever is on call is called at first, and for the procedures").toBeGreaterThan(
        1,
      );
    },
    { timeout: 1_000 * late, interval: 250 },
  );
  await rig.client.mendApp(app, "redis-gone");
  await rig.client.inbox.waitForMail(
    ({ subject }) => subject.includes(app) && subject.includes("RECOVERED"),
    60_000,
    { to: "manager@team", after: begun },
  );
};

const stopsAtRecovery = async (): Promise<void> => {
  const app = "hotdash-staging-db";
  const begun = Date.now();
  await rig.client.breakApp(app, "volume-filling", { percent: 95 });
  const { at } = await firstMail("engineer", app, begun, 90);
  await rig.client.mendApp(app, "volume-filling");
  await pause(at + 1_000 * (step.manager + late) - Date.now());
  expect(await mailsTo("manager", app, begun)).toEqual([]);
};

const stopsAtAcknowledgement = async (): Promise<void> => {
  const app = "hotdash-production";
  const alert = "FlyMemoryHigh";
  const begun = Date.now();
  await rig.client.breakApp(app, "memory-growth", { percent: 92, over: "1s" });
  const { at } = await firstMail("reliability", app, begun, 90);
  const ack = execa(
    process.execPath,
    [
      path.join(repositoryRoot, "ops", "bin", "flymon.cjs"),
      ...["ack", "--stack", "production", "--app", app, "--alert", alert, "--by", "the test"],
      ...["--alertmanager", rig.address("alertmanager")],
    ],
    {
      env: { FLYMON_ALERTMANAGER_USER: rig.access.user, FLYMON_ALERTMANAGER_PASSWORD: rig.access.password },
      reject: false,
      all: true,
    },
  );
  await pause(at + 1_000 * (step.manager + late) - Date.now());
  expect(await mailsTo("engineer", app, begun)).toEqual([]);
  expect(await mailsTo("manager", app, begun)).toEqual([]);
  const mended = Date.now();
  await rig.client.mendApp(app, "memory-growth");
  const { exitCode, all } = await ack;
  expect(exitCode, all).toBe(0);
  // Whoever was told is told that it is over.
  await waitForTold(
    rig,
    app,
    { alert, severity: "critical" },
    "recovered",
    begun,
    60 + (mended - begun) / 1_000,
  );
};

test("climbs step by step, and stops at the recovery or when somebody acknowledges", async () => {
  const results = await Promise.allSettled([climbs(), stopsAtRecovery(), stopsAtAcknowledgement()]);
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [String((result.reason as Error).stack ?? result.reason)] : [],
  );
  expect(failures).toEqual([]);
}, 300_000);
