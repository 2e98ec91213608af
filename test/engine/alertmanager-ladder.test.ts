import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { milliseconds } from "../../infra/model/units";
import { ensureToolchain } from "../../toolchain/setup";
import { eventually, startWorld, type World } from "../support/alertmanager-world";
import { anew } from "../support/anew";
import { hotdashFleet } from "../support/declarations";

// The ladder in Alertmanager itself: its times divided, everybody it tells on loopback.

const divisor = 100;
const after = (duration: "5m" | "15m" | "30m"): number => milliseconds(duration) / divisor;
/** Group wait, the seconds it is rounded up to, and what a busy machine takes. */
const late = 2_500;

let binary = "";
let world: World;

const fleetAt = ({ slackApiUrl, smtp }: { slackApiUrl: string; smtp: string }) =>
  hotdashFleet({
    timeDivisor: divisor,
    slackApiUrl,
    given: ["onCallWebhook", "heartbeatUrl", "smtpPassword"],
    watchtower: {
      app: "tower",
      region: "iad",
      smtp: { host: smtp, from: "alerts@hotdash", username: "flymon", requireTls: false },
    },
  });

const alert = (app: string, labels: Readonly<Record<string, string>> = {}) => ({
  alertname: "FlyMemoryHigh",
  app,
  process_group: "worker",
  severity: "critical",
  signal: "memory",
  team: "reliability",
  instance: "e28650d9a12345",
  ...labels,
});

const mailsTo = (to: string, app: string) =>
  world.mails.filter((mail) => mail.to === `${to}@team` && mail.subject.includes(` ${app}:`));
const failing = (to: string, app: string) =>
  mailsTo(to, app).filter(({ subject }) => subject.includes("FAILING"));
const recovered = (to: string, app: string) =>
  mailsTo(to, app).filter(({ subject }) => subject.includes("RECOVERED"));
const postsOf = (app: string, channel = "#incidents") =>
  world.posts.filter((post) => post.channel === channel && post.text.includes(`*${app}*`));
const callsOf = (app: string, hook: string) =>
  world.calls.filter((call) => call.hook === hook && call.alerts.some(({ labels }) => labels["app"] === app));

beforeAll(async () => {
  ({
    engines: { alertmanager: binary },
  } = await ensureToolchain({ only: ["alertmanager"] }));
}, 300_000);

describe("the ladder", () => {
  beforeAll(async () => {
    world = await startWorld(binary, fleetAt);
  });
  afterAll(async () => {
    await world.close();
  });

  test.concurrent("reaches one after the other, then calls for the emergency procedure", async () => {
    const app = anew("climbing");
    const at = await world.fire(alert(app));
    await eventually(
      "the emergency procedure",
      () => postsOf(app).find(({ text }) => text.includes("<!channel>")),
      after("30m") + 10_000,
    );
    const since = (happened: { readonly at: number } | undefined): number => (happened?.at ?? Infinity) - at;

    for (const [person, time] of [
      ["reliability", 0],
      ["engineer", after("5m")],
      ["manager", after("15m")],
    ] as const) {
      expect(failing(person, app)).toHaveLength(1);
      expect(since(failing(person, app)[0])).toBeGreaterThanOrEqual(time - 50);
      expect(since(failing(person, app)[0])).toBeLessThan(time + late);
    }
    const [headline, procedure] = postsOf(app);
    expect(since(headline)).toBeLessThan(late);
    expect(headline?.text).toBe(
      `:rotating_light: FAILING *${app}* (SEV-1, critical): FlyMemoryHigh of ${app}`,
    );
    expect(procedure?.text).toMatch(
      /^<!channel> T\+30m: Emergency procedures\. Nobody has acknowledged it for 30m\.\n/,
    );
    expect(since(procedure)).toBeGreaterThanOrEqual(after("30m") - 50);
    expect(since(procedure)).toBeLessThan(after("30m") + late);
    await eventually("the second call", () => callsOf(app, "on-call")[1]);
    expect(callsOf(app, "on-call").map(({ status }) => status)).toEqual(["firing", "firing"]);

    world.recover(alert(app));
    await eventually("the last recovery", () => recovered("manager", app)[0]);
    await pause(3_000);
    for (const person of ["reliability", "engineer", "manager"])
      expect(recovered(person, app)).toHaveLength(1);
    expect(postsOf(app).filter(({ text }) => text.includes("RECOVERED"))).toHaveLength(1);
    expect(callsOf(app, "on-call").map(({ status }) => status)).toEqual(["firing", "firing", "resolved"]);
  });

  test.concurrent("stops at the recovery, of which those hear who were told", async () => {
    const app = anew("recovering");
    await world.fire(alert(app));
    await eventually("the engineer's mail", () => failing("engineer", app)[0]);
    world.recover(alert(app));
    await eventually("the recovery", () => recovered("engineer", app)[0]);
    await pause(after("30m"));
    expect(recovered("reliability", app)).toHaveLength(1);
    expect(recovered("engineer", app)).toHaveLength(1);
    expect(mailsTo("manager", app)).toEqual([]);
    expect(postsOf(app).map(({ text }) => text.split(" ")[1])).toEqual(["FAILING", "RECOVERED"]);
    expect(callsOf(app, "on-call").map(({ status }) => status)).toEqual(["firing", "resolved"]);
  });

  test.concurrent("stops at an acknowledgement, which is a silence of the incident", async () => {
    const app = anew("acknowledged");
    await world.fire(alert(app));
    await world.fire(alert(app, { alertname: "FlyCpuHigh", signal: "cpu" }));
    await eventually("the first mails", () => failing("reliability", app)[1]);
    await fetch(`${world.url}/api/v2/silences`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        matchers: [
          { name: "app", value: app, isRegex: false },
          { name: "alertname", value: "FlyMemoryHigh", isRegex: false },
        ],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 60_000).toISOString(),
        createdBy: "test",
        comment: "acknowledged",
      }),
    });
    await eventually("the other incident's manager", () => failing("manager", app)[0]);
    await pause(late);
    for (const person of ["engineer", "manager"]) {
      expect(mailsTo(person, app).map(({ subject }) => subject)).toEqual([
        `[SEV-1, critical] FAILING ${app}: FlyCpuHigh of ${app}`,
      ]);
    }
  });

  test.concurrent("counts for each incident, and from when its alert began", async () => {
    const app = anew("joined");
    const old = alert(app, { instance: "old" });
    await world.fire(old);
    await pause(after("5m") + 500);
    // The machine recovers; another one, and another alert of the app, have waited for nothing yet.
    world.recover(old);
    const second = await world.fire(alert(app, { instance: "new" }));
    const third = await world.fire(alert(app, { alertname: "FlyCpuHigh", signal: "cpu" }));
    for (const [alertname, began] of [
      ["FlyMemoryHigh", second],
      ["FlyCpuHigh", third],
    ] as const) {
      const mail = await eventually(
        `the mail of ${alertname}`,
        () => failing("manager", app).find(({ subject }) => subject.includes(alertname)),
        after("15m") + 8_000,
      );
      expect(mail.at - began).toBeGreaterThanOrEqual(after("15m") - 1_000);
      expect(mail.at - began).toBeLessThan(after("15m") + late);
    }
  });

  test.concurrent(
    "begins anew with an incident that comes back, although vmalert goes on to send its end",
    async () => {
      const app = anew("back");
      await world.fire(alert(app));
      await eventually("the manager's mail", () => failing("manager", app)[0], after("15m") + 5_000);
      world.recover(alert(app));
      await eventually("the recovery", () => recovered("manager", app)[0]);
      await pause(1_000);
      const again = await world.fire(alert(app));
      await eventually("reliability's mail", () => failing("reliability", app)[1]);
      for (const [person, time] of [
        ["engineer", after("5m")],
        ["manager", after("15m")],
      ] as const) {
        const mail = await eventually(`the mail of ${person}`, () => failing(person, app)[1], time + 5_000);
        expect(mail.at - again).toBeGreaterThanOrEqual(time - 1_000);
        expect(mail.at - again).toBeLessThan(time + late);
      }
    },
  );

  test.concurrent(
    "is for critical alerts: a warning goes to the channel and to reliability, a notice to the journal",
    async () => {
      const [mild, milder] = [anew("mild"), anew("milder")];
      await world.fire(alert(mild, { severity: "warning" }));
      await world.fire(alert(milder, { severity: "info" }));
      await eventually("the mail", () => failing("reliability", mild)[0]);
      const line = await eventually("the journal's", () => callsOf(milder, "alerts")[0]);
      expect(line.authorization).toBe(`Basic ${Buffer.from("flymon:between the parts").toString("base64")}`);
      expect(postsOf(mild, "#monitoring")[0]?.text).toContain("(SEV-2, warning)");
      expect(postsOf(milder, "#monitoring")[0]?.text).toContain("(SEV-3, info)");
      await pause(after("5m"));
      for (const app of [mild, milder]) {
        expect(mailsTo("engineer", app)).toEqual([]);
        expect(callsOf(app, "on-call")).toEqual([]);
        expect(postsOf(app)).toEqual([]);
      }
      expect(mailsTo("reliability", milder)).toEqual([]);
    },
  );

  test.concurrent("leaves the heartbeat alone, which beats and is heard by nobody else", async () => {
    await world.fire({
      alertname: "DeadMansSwitch",
      app: "watchtower",
      severity: "info",
      signal: "deadMansSwitch",
    });
    await pause(8_000);
    const beats = world.calls.filter(({ hook }) => hook === "heartbeat");
    expect(beats.length).toBeGreaterThanOrEqual(3);
    expect(postsOf("watchtower", "#monitoring")).toEqual([]);
    expect(callsOf("watchtower", "alerts")).toEqual([]);
  });

  test.concurrent("hides the milder alert of a signal and the symptoms of an app that is down", async () => {
    const app = anew("hidden");
    const labels = { process_group: "web", signal: "errorRate" };
    await world.fire(
      alert(app, { alertname: "FlyAllMachinesDown", process_group: "web", signal: "allMachinesDown" }),
    );
    await world.fire(alert(app, { ...labels, alertname: "FlyErrorRateHigh" }));
    await world.fire(alert(app, { alertname: "FlyMachineGivenUp", process_group: "web", signal: "givenUp" }));
    await world.fire(
      alert(app, {
        ...labels,
        alertname: "FlyErrorRateHigh",
        severity: "warning",
        process_group: "other",
      }),
    );
    await world.fire(
      alert(app, {
        ...labels,
        alertname: "FlyErrorRateHigh",
        severity: "critical",
        process_group: "other",
      }),
    );
    await eventually("the mails", () => failing("reliability", app)[2]);
    await pause(3_000);
    expect(
      failing("reliability", app)
        .map(({ subject }) => subject.split(": ")[1]?.split(" ")[0])
        .sort(),
    ).toEqual(["FlyAllMachinesDown", "FlyErrorRateHigh", "FlyMachineGivenUp"]);
    expect(postsOf(app, "#monitoring")).toEqual([]);
  });
});
