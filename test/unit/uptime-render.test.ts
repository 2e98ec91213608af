import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Fleet } from "../../infra/model/fleet";
import { milliseconds } from "../../infra/model/units";
import { uptimeBackends } from "../../infra/model/uptime";
import { monitor as betterStackMonitor } from "../../infra/provider/betterstack/monitor";
import { betterStackPlan, jsonKeyword, timeoutFor } from "../../infra/render/uptime/betterstack";
import { closestWords } from "../../infra/render/uptime/closest";
import { guarantees, guaranteesTable } from "../../infra/render/uptime/guarantees";
import { heartbeatsOf } from "../../infra/render/uptime/heartbeats";
import { levelsOf } from "../../infra/render/uptime/levels";
import { uptimeRobotChannels, uptimeRobotPlan } from "../../infra/render/uptime/uptimerobot";
import { repositoryRoot } from "../../toolchain/root";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

const shop = (uptime: object, settings: Parameters<typeof fleetOf>[1] = {}): Fleet =>
  fleetOf([soundApp({ uptime: [{ kind: "poll", name: "health", path: "/health", ...uptime }] })], settings);
const better = { uptimeBackend: "betterstack" } as const;
const robot = { uptimeBackend: "uptimerobot" } as const;
const only = <Thing>([thing]: readonly Thing[]): Thing => {
  if (thing === undefined) throw new Error("there is none");
  return thing;
};

describe("the ladder", () => {
  test("counts minutes of failing: when a severity is reached, and the runbook's steps since then", () => {
    const fleet = hotdashFleet(better);
    const app = only(fleet.apps.filter(({ name }) => name === "hotdash-production"));
    const levels = levelsOf(fleet, app, only(app.uptime));
    expect(levels.map(({ severity, after, people }) => [severity, after / 60_000, people])).toEqual([
      ["warning", 2, ["reliability@team"]],
      ["critical", 5, ["reliability@team"]],
      ["critical", 10, ["engineer@team"]],
      ["critical", 20, ["manager@team"]],
      ["critical", 35, []],
    ]);
  });

  test("is a policy at Better Stack whose waits count from the step before, after the confirmation", () => {
    const { policies, monitors } = betterStackPlan(shop({}, better));
    const { inputs, policy } = only(monitors);
    expect(inputs.confirmationPeriod).toBe("2m");
    const { steps } = only(policies.filter(({ key }) => key === policy));
    expect(steps.map(({ waitBefore }) => waitBefore)).toEqual(["0s", "3m", "5m", "10m", "15m"]);
    expect(steps.map(({ people }) => people)).toEqual([
      ["reliability@team"],
      ["reliability@team"],
      ["engineer@team"],
      ["manager@team"],
      [],
    ]);
    expect(steps.map(({ onCall }) => onCall)).toEqual([false, true, false, false, false]);
    // Who hears of the beginning hears of the acknowledgement and the end.
    expect(steps[1]?.webhooks).toEqual(["critical-T+0", "critical-acknowledged", "critical-resolved"]);
  });

  test("begins at once at Better Stack where only a critical alert is told", () => {
    const thresholds = { healthCheck: { warning: null } };
    const fleet = fleetOf([soundApp({ thresholds })], better);
    const { policies, monitors } = betterStackPlan(fleet);
    expect(only(monitors).inputs.confirmationPeriod).toBe("5m");
    const { steps } = only(policies.filter(({ key }) => key === "critical"));
    expect(steps.map(({ waitBefore }) => waitBefore)).toEqual(["0s", "5m", "10m", "15m"]);
  });

  test("is a contact for each step at UptimeRobot, by minutes down", () => {
    const { contacts, monitors } = uptimeRobotPlan(shop({}, robot));
    expect(only(monitors).told).toEqual([
      { contact: "warning-T+0", threshold: "2m" },
      { contact: "warning-recovered", threshold: "2m" },
      { contact: "critical-T+0", threshold: "5m" },
      { contact: "critical-recovered", threshold: "5m" },
      { contact: "critical-T+5m", threshold: "10m" },
      { contact: "critical-T+15m", threshold: "20m" },
      { contact: "critical-T+30m", threshold: "35m" },
    ]);
    const words = (key: string): string => contacts.find((each) => each.key === key)?.inputs.postValue ?? "";
    expect(words("critical-T+0")).toContain(
      ":rotating_light: FAILING **monitorFriendlyName** (SEV-1, critical)",
    );
    expect(words("critical-T+5m")).toContain("T+5m: Still critical, for engineer@team.");
    expect(words("critical-T+30m")).toContain("<!channel> T+30m: Emergency procedures.");
    expect(uptimeRobotChannels(shop({}, robot))).toEqual(["monitoring", "incidents"]);
  });

  test("tells everybody at once on UptimeRobot's free plan", () => {
    const free = { ...robot, uptimeRobotPlan: "free", escalation: "all-at-once" } as const;
    const { monitors } = uptimeRobotPlan(shop({ interval: "5m" }, free));
    expect(new Set(only(monitors).told.map(({ threshold }) => threshold))).toEqual(new Set(["0s"]));
  });
});

describe("a monitor", () => {
  test("judges one field each at Better Stack, and all in one at UptimeRobot", () => {
    const body = [
      { path: "queue", equals: "ok" },
      { path: "depth", equals: "0" },
    ];
    const { monitors } = betterStackPlan(shop({ body }, better));
    expect(monitors.map(({ key, inputs }) => [key, inputs.monitorType, inputs.requiredKeyword])).toEqual([
      ["shop-health", "keyword", '"queue":"ok"'],
      ["shop-health-depth", "keyword", '"depth":0'],
    ]);
    expect(only(uptimeRobotPlan(shop({ body }, robot)).monitors).inputs).toMatchObject({
      type: "API",
      config: {
        apiAssertions: {
          logic: "AND",
          checks: [
            { property: "$.queue", comparison: "equals", target: "ok" },
            { property: "$.depth", comparison: "equals", target: 0 },
          ],
        },
      },
    });
  });

  test("that looks for the absence of a word looks at the status, too", () => {
    const keyword = { text: "error", present: false };
    const { monitors } = betterStackPlan(shop({ keyword }, better));
    expect(monitors.map(({ inputs }) => inputs.monitorType)).toEqual([
      "expected_status_code",
      "keyword_absence",
    ]);
    // UptimeRobot says when to alert, not what is well.
    expect(only(uptimeRobotPlan(shop({ keyword }, robot)).monitors).inputs.keywordType).toBe("ALERT_EXISTS");
  });

  test("is asked from the regions by each backend's own names, confirmed, recovered and paused", () => {
    const uptime = { regions: ["europe", "oceania"], confirmation: "4m", paused: true };
    expect(only(betterStackPlan(shop({ ...uptime, recovery: "3m" }, better)).monitors).inputs).toMatchObject({
      regions: ["eu", "au"],
      confirmationPeriod: "4m",
      recoveryPeriod: "3m",
      paused: true,
    });
    const { inputs, told } = only(uptimeRobotPlan(shop(uptime, robot)).monitors);
    expect(inputs).toMatchObject({ regions: ["eu", "oc"], paused: true });
    expect(told[0]?.threshold).toBe("4m");
  });

  test("tells of certificate and domain once an app", () => {
    const uptime = (["a", "b"] as const).map((name) => ({
      kind: "poll" as const,
      name,
      path: `/${name}`,
      certificateExpiry: name === "a" ? ("7d" as const) : ("30d" as const),
    }));
    const { monitors } = betterStackPlan(fleetOf([soundApp({ uptime })], better));
    expect(monitors.map(({ inputs }) => inputs.sslExpiration)).toEqual(["30d", "off"]);
    expect(monitors.map(({ expirationPolicy }) => expirationPolicy)).toEqual(["warning", undefined]);
  });

  test("is what the provider takes, for all of the fleet", () => {
    const { monitors } = betterStackPlan(hotdashFleet(better));
    expect(monitors).toHaveLength(7);
    for (const { inputs } of monitors) {
      const refused: string[] = [];
      betterStackMonitor.rules?.({ ...inputs }, (name, why) => refused.push(`${name} ${why}`));
      expect(refused, inputs.name).toEqual([]);
    }
    expect(new Set(monitors.map(({ inputs }) => `${inputs.name} ${inputs.url}`)).size).toBe(7);
  });

  test.each([
    ["800ms", "2s"],
    ["10s", "10s"],
    ["20s", "30s"],
    ["61s", "1m"],
  ] as const)("of a budget of %s has a timeout of %s at Better Stack", (budget, timeout) => {
    expect(timeoutFor(budget)).toBe(timeout);
  });

  test.each([
    ["ok", '"a":"ok"'],
    ["12.5", '"a":12.5'],
    ["true", '"a":true'],
    ["1.2.3", '"a":"1.2.3"'],
  ])("of a field that is %s looks for %s", (equals, keyword) => {
    expect(jsonKeyword({ path: "a", equals })).toBe(keyword);
  });
});

test("what a backend only comes close to is told", () => {
  expect(closestWords(hotdashFleet())).toEqual([]);
  expect(closestWords(hotdashFleet(better))).toEqual([
    "Better Stack comes only close to what is declared.",
    "hotdash-llamaindex-mcp auto-start: 20s is judged as 30s",
    "hotdash-llamaindex-mcp auto-start: only the critical budget is judged; 10s is the autoStart rule's",
    "hotdash-agent-service auto-start: 20s is judged as 30s",
    "hotdash-agent-service auto-start: only the critical budget is judged; 10s is the autoStart rule's",
    "hotdash-staging synthetic: 800ms is judged as 2s",
  ]);
  expect(closestWords(shop({ domainExpiry: "30d" }, robot))).toContain(
    "shop health: the domain's end is told of on days of its own",
  );
});

describe("heartbeats", () => {
  const watchtower = { app: "tower", region: "ams" };

  test("are those of the runbook and the watchtower's own, where it is told of no other", () => {
    const names = (settings: Parameters<typeof hotdashFleet>[0]): string[] =>
      heartbeatsOf(hotdashFleet(settings)).map(({ name }) => name);
    expect(names(better)).toEqual(["synthetic-check", "alert-check"]);
    expect(names({ ...robot, watchtower })).toEqual(["synthetic-check", "alert-check", "watchtower"]);
    expect(names({ ...better, watchtower, given: ["heartbeatUrl"] })).not.toContain("watchtower");
    expect(names({ watchtower })).toEqual([]);
  });

  test("wait longer than the watchtower takes between two calls", () => {
    const tower = heartbeatsOf(hotdashFleet({ ...better, watchtower })).find(
      ({ name }) => name === "watchtower",
    );
    expect(milliseconds(tower?.period ?? "0s")).toBe(60_000);
    expect(milliseconds(tower?.grace ?? "0s")).toBeGreaterThanOrEqual(60_000);
  });
});

test("docs/uptime.md has the table of what each backend guarantees", () => {
  const page = readFileSync(path.join(repositoryRoot, "docs", "uptime.md"), "utf8");
  expect(page).toContain(guaranteesTable());
  for (const backend of uptimeBackends) {
    expect(guarantees[backend].heartbeats).toBe(
      heartbeatsOf(hotdashFleet({ uptimeBackend: backend })).length > 0,
    );
  }
});
