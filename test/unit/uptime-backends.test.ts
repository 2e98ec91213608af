import { describe, expect, test } from "vitest";
import type { AppDeclaration } from "../../infra/model/app";
import { Refusal } from "../../infra/model/diagnostics";
import { settingsInput, type SettingsInput } from "../../infra/model/settings";
import { uptimeBackends } from "../../infra/model/uptime";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

type Monitor = NonNullable<AppDeclaration["uptime"]>[number];
const poll = (changes: object): Monitor => ({ kind: "poll", name: "health", path: "/health", ...changes });

const mistakes = (uptime: Monitor, settings: Partial<SettingsInput>, changes = {}): string[] => {
  try {
    fleetOf([soundApp({ uptime: [uptime], ...changes })], settings);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.diagnostics.map(({ field, limit }) => `${field}: ${limit}`);
  }
};

describe("the outside watch", () => {
  test.each(uptimeBackends)("of the HotDash fleet is one word away: %s", (uptimeBackend) => {
    expect(hotdashFleet({ uptimeBackend }).apps).toHaveLength(6);
  });

  test("refuses what no backend knows", () => {
    expect(() => hotdashFleet({ uptimeBackend: "pingdom" as "gatus" })).toThrow(
      /uptimeBackend is "pingdom"\s+allowed: one of "gatus", "betterstack", "uptimerobot"/,
    );
  });
});

const free = { uptimeBackend: "uptimerobot", uptimeRobotPlan: "free" } as const;

describe("what a backend cannot do is refused before anything is applied", () => {
  test.each<[string, Partial<SettingsInput>, Monitor, string[]]>([
    [
      "regions on Gatus",
      {},
      poll({ regions: ["europe"] }),
      ["uptime[0].regions: no regions: Gatus watches from where it runs"],
    ],
    [
      "seconds between two questions at Better Stack",
      { uptimeBackend: "betterstack" },
      poll({ interval: "10s" }),
      ["uptime[0].interval: 30s or more at Better Stack"],
    ],
    [
      "days that Better Stack's set lacks",
      { uptimeBackend: "betterstack" },
      poll({ certificateExpiry: "10d", domainExpiry: "45d" }),
      [
        'uptime[0].certificateExpiry: one of 1d, 2d, 3d, 7d, 14d, 30d, 60d, or "off", at Better Stack',
        'uptime[0].domainExpiry: one of 1d, 2d, 3d, 7d, 14d, 30d, 60d, or "off", at Better Stack',
      ],
    ],
    [
      "parts of seconds at Better Stack",
      { uptimeBackend: "betterstack" },
      poll({ confirmation: "90500ms", recovery: "500ms" }),
      [
        "uptime[0].confirmation: whole seconds at Better Stack",
        "uptime[0].recovery: whole seconds at Better Stack",
      ],
    ],
    [
      "a budget above Better Stack's longest timeout",
      { uptimeBackend: "betterstack" },
      poll({ responseBudget: "90s" }),
      ["uptime[0].responseBudget: 1m or less at Better Stack"],
    ],
    [
      "a nested field at Better Stack, which looks for texts",
      { uptimeBackend: "betterstack" },
      poll({ body: [{ path: "queues.mail", equals: "ok" }] }),
      ["uptime[0].body[0].path: a field at the top of the answer: Better Stack looks for its text"],
    ],
    [
      "the ladder and a question a minute on UptimeRobot's free plan",
      free,
      poll({}),
      [
        "uptime[0].interval: 5m or more at UptimeRobot's free plan",
        "uptime[0].severity: no ladder on UptimeRobot's free plan: it tells everybody at once",
      ],
    ],
    [
      "recovery and parts of minutes at UptimeRobot",
      { uptimeBackend: "uptimerobot" },
      poll({ recovery: "2m", confirmation: "90s" }),
      [
        "uptime[0].confirmation: whole minutes at UptimeRobot",
        "uptime[0].recovery: no recovery period at UptimeRobot: one good answer ends an incident",
      ],
    ],
    [
      "keyword and conditions together at UptimeRobot",
      { uptimeBackend: "uptimerobot" },
      poll({ keyword: { text: "ok" }, body: [{ path: "a", equals: "b" }] }),
      ["uptime[0].keyword: either a keyword or conditions on JSON at UptimeRobot"],
    ],
  ])("%s", (_, settings, monitor, expected) => {
    expect(mistakes(monitor, settings)).toEqual(expected);
  });

  test("UptimeRobot's thresholds are minutes", () => {
    const thresholds = { healthCheck: { warning: { above: 0, for: "90s" } } };
    expect(mistakes(poll({}), { uptimeBackend: "uptimerobot" }, { thresholds })).toEqual([
      "thresholds.healthCheck.warning.for: whole minutes at UptimeRobot",
    ]);
  });

  test("nothing on the free plan that tells everybody at once", () => {
    expect(mistakes(poll({ interval: "5m" }), { ...free, escalation: "all-at-once" })).toEqual([]);
  });

  test("the plan is the provider's own setting", () => {
    expect(settingsInput({ "flymon:uptimeRobotPlan": "free" }, "hotdash")).toEqual({
      uptimeRobotPlan: "free",
    });
  });

  test("points at the stack's file where that set it", () => {
    const overrides = { shop: { uptime: [poll({ interval: "10s" })] } };
    expect(() => fleetOf([soundApp()], { uptimeBackend: "betterstack", overrides })).toThrow(
      /Pulumi\.test\.yaml {2}shop: uptime\[0\]\.interval is "10s"/,
    );
  });
});
