import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { shown } from "../support/alert-messages";
import { waitForTold } from "../support/alert-play";
import type { AlertRig } from "../support/alert-rig";
import { startAlertRig } from "../support/alert-rig";

// Whatever dies or does not answer while alerts fire and recover: each is told, and at most once too often.

/** Two alerts: one that has to be pending for a while, and one that fires at once. */
const incidents = [
  {
    app: "hotdash-staging-db",
    fault: "volume-filling",
    parameters: { percent: 95 },
    expected: { alert: "FlyVolumeFilling", severity: "critical" },
  },
  {
    app: "hotdash-chatwoot",
    fault: "redis-gone",
    parameters: {},
    expected: { alert: "AppDependencyFailing", severity: "critical" },
  },
] as const;

/** Seconds, with engines that start anew. */
const told = 75;
/** Milliseconds until both alerts are about to fire, or to recover. */
const amid = 4_000;

interface Count {
  readonly alert: string;
  readonly state: "firing" | "recovered";
  readonly times: number;
}
/** How often each was told, by what was disturbed. */
const tally = new Map<string, readonly Count[]>();

let rig: AlertRig;
beforeAll(async () => {
  rig = await startAlertRig();
}, 240_000);
afterEach(async () => {
  await rig.client.mendAll();
  await rig.calm();
});
afterAll(async () => {
  await rig.stop();
  const lines = [...tally].map(([disturbance, counts]) => {
    const duplicates = counts.reduce((sum, { times }) => sum + times - 1, 0);
    const each = counts.map(({ alert, state, times }) => `${alert} ${state} ${times}x`).join(", ");
    return `  ${disturbance}: ${each}; ${duplicates} told twice`;
  });
  process.stdout.write(`${["Told:", ...lines].join("\n")}\n`);
});

type Disturbance = () => Promise<void>;

/** Breaks and mends both apps, disturbed each time, and counts how often each was told. */
const disturbed = async (what: string, disturb: Disturbance): Promise<void> => {
  const begun = Date.now();
  await Promise.all(
    incidents.map(({ app, fault, parameters }) => rig.client.breakApp(app, fault, parameters)),
  );
  await pause(amid);
  await disturb();
  await Promise.all(
    incidents.map(({ app, expected }) => waitForTold(rig, app, expected, "firing", begun, told)),
  );
  // A second message would come with the next look at the group.
  await pause(amid);

  const mended = Date.now();
  await Promise.all(incidents.map(({ app, fault }) => rig.client.mendApp(app, fault)));
  await pause(amid);
  await disturb();
  await Promise.all(
    incidents.map(({ app, expected }) => waitForTold(rig, app, expected, "recovered", mended, told)),
  );
  await pause(amid);

  const all = await rig.told(begun);
  const counts = incidents.flatMap(({ app, expected: { alert } }) =>
    (["firing", "recovered"] as const).map((state): Count => ({
      alert,
      state,
      times: all.filter((each) => each.app === app && each.alert === alert && each.state === state).length,
    })),
  );
  tally.set(what, counts);
  expect(
    counts.filter(({ times }) => times > 2),
    shown(all, begun),
  ).toEqual([]);
};

describe("an engine is killed while alerts fire, and again while they recover", () => {
  test.each(["vmalert", "alertmanager", "metrics", "exporter"] as const)(
    "%s",
    async (part) => {
      await disturbed(`${part} killed`, () => rig.client.fly.kill(rig.machine(part), "SIGKILL"));
    },
    300_000,
  );
});

describe("Slack fails while alerts fire, and again while they recover", () => {
  const post = { method: "chat.postMessage", calls: 6 };
  test.each([
    ["answers 429", "rate-limited", { ...post, retryAfter: 1 }],
    ["answers 500", "server-error", post],
  ] as const)(
    "%s",
    async (does, fault, parameters) => {
      await disturbed(`Slack ${does}`, () => rig.client.breakService("slack", fault, parameters));
    },
    300_000,
  );

  test("is out of reach for a minute and more", async () => {
    await disturbed("Slack out of reach", async () => {
      await rig.client.breakService("slack", "down");
      await pause(10_000);
      await rig.client.mendService("slack", "down");
    });
  }, 300_000);
});
