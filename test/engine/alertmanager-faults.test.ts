import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../infra/model/limits";
import { ensureToolchain } from "../../toolchain/setup";
import { eventually, startWorld, type SlackPost, type World } from "../support/alertmanager-world";
import { hotdashFleet } from "../support/declarations";

// What Alertmanager does when Slack refuses, when it is ended or killed, and when there is much to tell.

const divisor = 60;
/** When the manager is told, in ms. */
const manager = 15_000;

let binary = "";
let world: World;

const alert = (app: string, labels: Readonly<Record<string, string>> = {}) => ({
  alertname: "FlyMemoryHigh",
  app,
  process_group: "worker",
  severity: "critical",
  signal: "memory",
  instance: "e28650d9a12345",
  ...labels,
});
const words = (app: string) =>
  world.posts.filter(({ text }) => text.includes(`*${app}*`)).map(({ text }) => text.split(" ")[1]);
const subjects = (to: string, app: string) =>
  world.mails
    .filter((mail) => mail.to === `${to}@team` && mail.subject.includes(` ${app}:`))
    .map(({ subject }) => subject.split(" ")[2]);

beforeAll(async () => {
  ({
    engines: { alertmanager: binary },
  } = await ensureToolchain({ only: ["alertmanager"] }));
}, 300_000);
const fleetAt = ({ slackApiUrl, smtp }: { slackApiUrl: string; smtp: string }) =>
  hotdashFleet({
    timeDivisor: divisor,
    slackApiUrl,
    given: ["onCallWebhook"],
    watchtower: {
      app: "tower",
      region: "iad",
      smtp: { host: smtp, from: "alerts@hotdash", requireTls: false },
    },
  });
beforeEach(async () => {
  world = await startWorld(binary, fleetAt);
});
afterEach(async () => {
  await world.close();
});

const answers: Readonly<Record<string, () => Response>> = {
  "429": () => new Response("ratelimited", { status: 429, headers: { "retry-after": "1" } }),
  "500": () => new Response("oops", { status: 500 }),
  "200 with ok: false": () => Response.json({ ok: false, error: "internal_error" }),
};

describe("Slack", () => {
  test.each(Object.keys(answers))(
    "answers %s for a while: the firing and the recovery arrive, each once",
    async (kind) => {
      const refuse = answers[kind];
      let refused = 0;
      let isBroken = true;
      world.slack = () => {
        if (!isBroken) return undefined;
        refused += 1;
        return refuse?.();
      };
      await world.fire(alert("shop"));
      await pause(4_000);
      expect(words("shop")).toEqual([]);
      expect(refused).toBeGreaterThan(0);
      isBroken = false;
      await eventually("the firing", () => words("shop")[0], 12_000);

      isBroken = true;
      world.recover(alert("shop"));
      await pause(4_000);
      isBroken = false;
      await eventually("the recovery", () => words("shop")[1], 12_000);
      await pause(2_500);
      expect(words("shop")).toEqual(["FAILING", "RECOVERED"]);
      // Whoever else is told does not wait for Slack, and is not told again for it.
      expect(subjects("reliability", "shop")).toEqual(["FAILING", "RECOVERED"]);
    },
  );
});

describe("Alertmanager", () => {
  test.each(["SIGTERM", "SIGKILL"] as const)(
    "is ended by %s amid the ladder: no step is lost and none told twice",
    async (signal) => {
      await world.fire(alert("shop"));
      await eventually("the engineer's mail", () => subjects("engineer", "shop")[0]);
      // Its memory is written each second here, and each half minute where time is not divided.
      await pause(1_500);
      await world.stop(signal);
      await pause(1_000);
      await world.start();
      await eventually("the manager's mail", () => subjects("manager", "shop")[0], 2 * manager + 5_000);
      world.recover(alert("shop"));
      await eventually("the recovery", () => subjects("manager", "shop")[1]);
      await pause(2_500);
      for (const person of ["reliability", "engineer", "manager"]) {
        expect(subjects(person, "shop")).toEqual(["FAILING", "RECOVERED"]);
      }
      expect(words("shop")).toEqual(["FAILING", "RECOVERED"]);
    },
  );

  test("is down at a recovery, and tells of it when it is back", async () => {
    await world.fire(alert("shop"));
    await eventually("the firing", () => words("shop")[0]);
    await pause(1_500);
    await world.stop();
    world.recover(alert("shop"));
    await pause(1_000);
    await world.start();
    await eventually("the recovery", () => words("shop")[1]);
    await pause(2_500);
    expect(words("shop")).toEqual(["FAILING", "RECOVERED"]);
    expect(subjects("reliability", "shop")).toEqual(["FAILING", "RECOVERED"]);
  });
});

describe("an exclusion", () => {
  const day = (offset: number): string =>
    new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

  test("is quiet up to its last day, and heard after it", async () => {
    await world.close();
    const exclude = (app: string, until: string) => ({ app, alert: "FlyMemoryHigh", reason: "known", until });
    world = await startWorld(binary, ({ slackApiUrl, smtp }) => {
      const fleet = fleetAt({ slackApiUrl, smtp });
      const exclusions = [exclude("hotdash-staging", day(1)), exclude("hotdash-production", day(-2))];
      return { ...fleet, alerting: { ...fleet.alerting, exclusions } };
    });
    await world.fire([alert("hotdash-staging"), alert("hotdash-production")]);
    await world.fire(alert("hotdash-staging", { alertname: "FlyCpuHigh", signal: "cpu" }));
    await eventually("the app whose exclusion is over", () => words("hotdash-production")[0]);
    await eventually("the other alert of the app", () => words("hotdash-staging")[0]);
    await pause(2_500);
    expect(subjects("reliability", "hotdash-production")).toEqual(["FAILING"]);
    expect(
      world.mails.filter(({ subject }) => subject.includes("hotdash-staging")).map(({ subject }) => subject),
    ).toEqual(["[SEV-1, critical] FAILING hotdash-staging: FlyCpuHigh of hotdash-staging"]);
  });
});

describe("a message", () => {
  const long = "x<&>".repeat(500);

  test("of one alert says what, since when, what to do, and how to acknowledge", async () => {
    await world.fire(alert("shop"), {
      summary: "Memory of shop (worker) is high",
      description:
        "Memory of machine e28650d9a12345 is at 96.0 %, over the limit of 95 % for 5 minutes <now> & then.",
      action: "Restart immediately: fly machine restart.",
      dashboard: "https://fly-metrics.net/d/shop",
      runbook_url: "https://docs.test/alerts.md#flymemoryhigh",
    });
    const post = await eventually<SlackPost>("the message", () => world.posts[0]);
    expect(post.authorization).toBe("Bearer xoxb-of-the-test");
    expect(post.text).toBe(
      ":rotating_light: FAILING *shop* (SEV-1, critical): Memory of shop (worker) is high",
    );
    expect(post.details.replace(/since [-\d]+ [:\d]+ UTC/, "since WHEN").split("\n")).toEqual([
      "*Memory of shop (worker) is high*",
      "since WHEN, machine `e28650d9a12345`",
      "Memory of machine e28650d9a12345 is at 96.0 %, over the limit of 95 % for 5 minutes &lt;now&gt; &amp; then.",
      "Next: Restart immediately: fly machine restart.",
      "<https://fly-metrics.net/d/shop|Dashboard>  <https://docs.test/alerts.md#flymemoryhigh|Runbook>",
      "Acknowledge: `flymon ack --stack test --app shop --alert FlyMemoryHigh`",
      "",
      "",
    ]);
    const mail = await eventually("the mail", () => world.mails[0]);
    expect(mail.subject).toBe("[SEV-1, critical] FAILING shop: Memory of shop (worker) is high");
    expect(mail.text).toMatch(/^T\+0s: Alert detected\.\n\nMemory of shop \(worker\) is high\n/);
    expect(mail.text).toContain("over the limit of 95 % for 5 minutes <now> & then.");
    expect(mail.text).toContain("flymon ack --stack test --app shop --alert FlyMemoryHigh");
  });

  test("of three hundred alerts names the first and counts the others, within Slack's limits", async () => {
    const many = Array.from({ length: 300 }, (_, index) => alert("shop", { instance: `machine-${index}` }));
    const fired = {
      summary: long,
      description: long,
      action: long,
      dashboard: "https://d.test",
      runbook_url: "https://r.test",
    };
    await world.fire(many, fired);
    const post = await eventually("the message of all", () =>
      world.posts.find(({ text }) => text.includes("300 failing")),
    );
    expect(post.details.match(/Acknowledge:/g)).toHaveLength(limits.alerting.alertsWritten);
    expect(post.details).toContain(`and ${300 - limits.alerting.alertsWritten} more that fail`);
    expect(post.details.length).toBeLessThan(40_000);
    const mail = await eventually("the mail of all", () =>
      world.mails.find(({ subject }) => subject.includes("300 failing")),
    );
    expect(mail.text.length).toBeLessThan(40_000);
    for (const labels of many) world.recover(labels);
    const end = await eventually("the recovery of all", () =>
      world.posts.find(({ text }) => text.includes("300 recovered")),
    );
    expect(end.details).toContain(`and ${300 - limits.alerting.alertsWritten} more that have recovered`);
  });
});
