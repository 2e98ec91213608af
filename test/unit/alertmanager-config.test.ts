import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { fleet as hotdash } from "../../infra/fleet";
import type { AlertingDeclaration } from "../../infra/model/alerting";
import { Refusal } from "../../infra/model/diagnostics";
import type { Fleet } from "../../infra/model/fleet";
import { parseSettings, resolveFleet } from "../../infra/model/fleet";
import { exclusionsPast } from "../../infra/model/mutes";
import type { SettingsInput } from "../../infra/model/settings";
import { guestFolder } from "../../infra/model/watchtower";
import { missingWays } from "../../infra/render/alertmanager/given";
import { ladderOf } from "../../infra/render/alertmanager/ladder";
import { matcher } from "../../infra/render/alertmanager/matcher";
import { alertmanagerFile, alertmanagerTexts, templateFile } from "../../infra/render/alertmanager/texts";
import { hotdashFleet } from "../support/declarations";

const routeSchema = z.looseObject({
  receiver: z.string().optional(),
  matchers: z.array(z.string()).optional(),
  group_by: z.array(z.string()).optional(),
  group_wait: z.string().optional(),
  group_interval: z.string().optional(),
  repeat_interval: z.string().optional(),
  mute_time_intervals: z.array(z.string()).optional(),
  continue: z.boolean().optional(),
  get routes() {
    return z.array(routeSchema).optional();
  },
});
const configurationSchema = z.looseObject({
  global: z.record(z.string(), z.unknown()),
  route: routeSchema,
  receivers: z.array(
    z.looseObject({ name: z.string(), email_configs: z.array(z.looseObject({ to: z.string() })).optional() }),
  ),
  time_intervals: z.array(z.looseObject({ name: z.string(), time_intervals: z.array(z.unknown()) })),
});

const smtp = { host: "smtp.test:587", from: "alerts@hotdash", username: "flymon" };
const tower = { app: "tower", region: "iad", smtp };
const everything: Partial<SettingsInput> = {
  watchtower: tower,
  given: ["smtpPassword", "onCallWebhook", "heartbeatUrl", "flyToken"],
};

const textOf = (fleet: Fleet): string => alertmanagerTexts(fleet).get(alertmanagerFile) ?? "";
const read = (fleet: Fleet) => configurationSchema.parse(parse(textOf(fleet)));
const receivers = (fleet: Fleet): string[] => read(fleet).receivers.map(({ name }) => name);

/** The HotDash fleet with more in its alerting. */
const fleetWith = (
  changes: Partial<AlertingDeclaration>,
  settings: Partial<SettingsInput> = everything,
): Fleet =>
  resolveFleet(
    {
      ...hotdash,
      alerting: { ...hotdash.alerting, declaration: { ...hotdash.alerting.declaration, ...changes } },
    },
    parseSettings("test", {
      environment: "production",
      apps: hotdash.apps.map(({ declaration }) => declaration.name),
      ...settings,
    }),
  );

const refusalOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("Alertmanager's configuration", () => {
  test("holds no secret, but the files that do", () => {
    const text = textOf(hotdashFleet({ ...everything, slackApiUrl: "https://slack.test/api/" }));
    expect(text).toContain("slack_app_url: https://slack.test/api/chat.postMessage\n");
    for (const file of [
      "slack-token",
      "smtp-password",
      "on-call-webhook",
      "heartbeat-url",
      "parts-password",
    ]) {
      expect(text).toContain(`${guestFolder}/secrets/${file}\n`);
    }
    expect([...alertmanagerTexts(hotdashFleet(everything)).keys()]).toEqual([alertmanagerFile, templateFile]);
  });

  test("leaves out who cannot be reached, and nothing else", () => {
    expect(receivers(hotdashFleet(everything))).toEqual([
      "heartbeat",
      ...["critical-slack", "critical-on-call", "critical-mail-0s", "critical-mail-5m", "critical-mail-15m"],
      "critical-procedure-30m",
      ...["warning-slack", "warning-mail", "info-slack", "info-journal"],
    ]);
    expect(receivers(hotdashFleet())).toEqual([
      "nobody",
      ...["critical-slack", "critical-procedure-30m", "warning-slack", "info-slack", "info-journal"],
    ]);
    // A server that asks for a password which the stack does not hold.
    expect(receivers(hotdashFleet({ watchtower: tower }))).toEqual(receivers(hotdashFleet()));
    expect(
      receivers(hotdashFleet({ watchtower: { ...tower, smtp: { host: "relay:25", from: "a@b" } } })),
    ).toContain("critical-mail-15m");
  });

  test("says in words what a stack cannot do", () => {
    expect(missingWays(hotdashFleet(everything))).toEqual([]);
    expect(missingWays(hotdashFleet({ watchtower: tower })).map((words) => words.split(":")[0])).toEqual([
      "No e-mail leaves",
      "Nobody on call is called",
      "Nobody hears when the monitoring itself dies",
    ]);
  });

  test("names every receiver once, and each route's is there", () => {
    const { route, receivers: all } = read(hotdashFleet(everything));
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const used = [route, ...(route.routes ?? [])].flatMap(({ receiver }) =>
      receiver === undefined ? [] : [receiver],
    );
    expect(used.filter((name) => !names.includes(name))).toEqual([]);
  });

  test("divides every time by the stack's divisor, to a second at least", () => {
    const times = (fleet: Fleet) =>
      (read(fleet).route.routes ?? []).map(({ group_wait, group_interval, repeat_interval }) => [
        group_wait,
        group_interval,
        repeat_interval,
      ]);
    expect(times(hotdashFleet(everything))[4]).toEqual(["5m", "1m", "1h"]);
    expect(times(hotdashFleet({ ...everything, timeDivisor: 30 }))[4]).toEqual(["10s", "2s", "2m"]);
    expect(times(hotdashFleet({ ...everything, timeDivisor: 30 }))[1]).toEqual(["1s", "1s", "2m"]);
    // The first step of the ladder waits like the channel.
    expect(times(hotdashFleet(everything))[3]).toEqual(["5s", "1m", "1h"]);
  });

  test("is the same without a watchtower, but for the journal's address", () => {
    const given = { given: everything.given ?? [] };
    const without = textOf(hotdashFleet(given));
    const { smtp: _, ...plain } = tower;
    expect(without).toBe(
      textOf(hotdashFleet({ ...given, watchtower: plain })).replace(
        "journal.process.tower.",
        "journal.process.watchtower.",
      ),
    );
  });
});

describe("the ladder", () => {
  const { alerting } = hotdashFleet();
  const people = (escalation: "ladder" | "all-at-once", changes: Partial<AlertingDeclaration> = {}) => {
    const fleet = fleetWith(changes);
    return ladderOf(fleet.alerting, { escalation }).map(({ after, people: told }) => [after, ...told]);
  };

  test("tells each person once, at the step the runbook names", () => {
    expect(people("ladder")).toEqual([
      ["0s", "reliability"],
      ["5m", "engineer"],
      ["15m", "manager"],
      ["30m"],
    ]);
  });

  test("brings everybody to T+0 where the stack says so; the procedure keeps its time", () => {
    expect(people("all-at-once")).toEqual([["0s", "reliability", "engineer", "manager"], ["30m"]]);
  });

  test("tells at once whom the route names and the ladder does not, and nobody twice", () => {
    const recipients = { ...alerting.recipients, owner: { title: "Owner", email: "owner@team" } };
    const routes = {
      ...alerting.routes,
      critical: { ...alerting.routes.critical, email: ["owner", "manager"] },
    };
    const ladder = [
      { after: "0s", notify: ["reliability"], action: "Alert detected" },
      { after: "5m", notify: ["reliability", "manager"], action: "Still critical" },
    ] as const;
    const changed = {
      recipients,
      routes,
      ladder: ladder.map((step) => ({ ...step, notify: [...step.notify] })),
    };
    expect(people("ladder", changed)).toEqual([
      ["0s", "reliability", "owner"],
      ["5m", "manager"],
    ]);
    expect(people("all-at-once", changed)).toEqual([["0s", "owner", "manager", "reliability"]]);
  });
});

test("a matcher's value is quoted, and each of several is taken literally", () => {
  expect(matcher("app", 'a"b')).toBe(String.raw`app="a\"b"`);
  expect(matcher("signal", ["a.b", "c|d"])).toBe(String.raw`signal=~"a\\.b|c\\|d"`);
});

describe("maintenance", () => {
  const night = {
    name: "night",
    apps: ["hotdash-chatwoot"],
    weekdays: ["sunday" as const],
    times: [{ from: "02:00", to: "04:00" }],
    timezone: "America/Toronto",
    reason: "backups",
  };

  test("mutes every route of its apps, and no other app's", () => {
    const { route, time_intervals: times } = read(fleetWith({ maintenance: [night] }));
    expect(times).toEqual([
      {
        name: "maintenance-night",
        time_intervals: [
          {
            weekdays: ["sunday"],
            times: [{ start_time: "02:00", end_time: "04:00" }],
            location: "America/Toronto",
          },
        ],
      },
    ]);
    const [, own, ...others] = route.routes ?? [];
    expect(own?.matchers).toEqual(['app="hotdash-chatwoot"']);
    expect(own?.routes?.map(({ receiver, mute_time_intervals }) => [receiver, mute_time_intervals])).toEqual(
      others.map(({ receiver }) => [receiver, ["maintenance-night"]]),
    );
    expect(others.some(({ mute_time_intervals }) => mute_time_intervals !== undefined)).toBe(false);
  });

  test("is of all apps where it names none, and of none of the watchtower's alerts", () => {
    const { apps, ...everywhere } = night;
    expect(apps).toHaveLength(1);
    const routes = read(fleetWith({ maintenance: [everywhere] })).route.routes ?? [];
    expect(routes.filter(({ routes: own }) => own !== undefined)).toHaveLength(hotdash.apps.length);
  });

  test.each([
    ["never", { name: "never", reason: "x" }, "weekdays or times"],
    ["past midnight", { ...night, times: [{ from: "22:00", to: "02:00" }] }, '"24:00"'],
    ["no time", { ...night, times: [{ from: "2:00", to: "04:00" }] }, 'write it as "02:30"'],
    ["no zone", { ...night, timezone: "Mars/Olympus" }, "IANA time zone"],
    ["no app", { ...night, apps: ["hotdash-chatwot"] }, "hotdash-chatwoot"],
  ])("is refused: %s", (_, window, words) => {
    expect(refusalOf(() => fleetWith({ maintenance: [window] }))).toContain(words);
  });

  test("is refused with another's name", () => {
    expect(refusalOf(() => fleetWith({ maintenance: [night, night] }))).toContain("maintenance[1].name");
  });
});

describe("an exclusion", () => {
  const known = {
    app: "hotdash-chatwoot",
    alert: "FlyMemoryHigh",
    reason: "a migration runs",
    until: "2026-03-15",
  };
  const alerts = (fleet: Fleet) => read(fleet);

  test("mutes its alert up to its last day, by a time that ends by itself", () => {
    const { route, time_intervals: times } = alerts(fleetWith({ exclusions: [known] }));
    expect(times).toEqual([
      {
        name: "until-2026-03-15",
        time_intervals: [
          { years: ["2000:2025"] },
          { years: ["2026"], months: ["1:2"] },
          { years: ["2026"], months: ["3"], days_of_month: ["1:15"] },
        ],
      },
    ]);
    const own = route.routes?.find(({ routes }) => routes !== undefined);
    expect(own?.matchers).toEqual(['app="hotdash-chatwoot"', 'alertname="FlyMemoryHigh"']);
    expect(
      own?.routes?.every(({ mute_time_intervals }) => mute_time_intervals?.[0] === "until-2026-03-15"),
    ).toBe(true);
  });

  test("of January and of a signal and process group", () => {
    const { alert: _, ...base } = known;
    const { route, time_intervals: times } = alerts(
      fleetWith({ exclusions: [{ ...base, signal: "memory", processGroup: "worker", until: "2026-01-01" }] }),
    );
    expect(times[0]?.time_intervals).toEqual([
      { years: ["2000:2025"] },
      { years: ["2026"], months: ["1"], days_of_month: ["1:1"] },
    ]);
    expect(route.routes?.[1]?.matchers).toEqual([
      'app="hotdash-chatwoot"',
      'signal="memory"',
      'process_group="worker"',
    ]);
  });

  test("is past after its last day, and not on it", () => {
    const { exclusions } = fleetWith({ exclusions: [known] }).alerting;
    expect(exclusionsPast(exclusions, new Date("2026-03-15T23:59:59Z"))).toEqual([]);
    expect(exclusionsPast(exclusions, new Date("2026-03-16T00:00:00Z"))).toEqual(exclusions);
  });

  test("of another stack's app is nothing here", () => {
    const fleet = fleetWith({ exclusions: [known] }, { ...everything, apps: ["hotdash-staging"] });
    expect(alerts(fleet).time_intervals).toEqual([]);
  });

  test.each([
    ["neither alert nor signal", { app: known.app, reason: "x", until: known.until }, "name one of the two"],
    ["both", { ...known, signal: "cpu" }, "either alert or signal"],
    ["no such day", { ...known, until: "2026-02-30" }, 'write it as "2026-03-31"'],
    [
      "no end",
      { app: known.app, alert: "FlyCpuHigh", reason: "x" } as unknown as typeof known,
      "exclusions[0].until",
    ],
    ["no such app", { ...known, app: "hotdash" }, "an app of the fleet"],
  ])("is refused: %s", (_, exclusion, words) => {
    expect(refusalOf(() => fleetWith({ exclusions: [exclusion] }))).toContain(words);
  });

  test("is refused where no alert has its name", () => {
    const fleet = fleetWith({ exclusions: [{ ...known, alert: "FlyMemoryHihg" }] });
    expect(refusalOf(() => alertmanagerTexts(fleet))).toContain("FlyMemoryHigh");
  });
});
