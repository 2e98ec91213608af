import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseSettings, type Fleet } from "../../infra/model/fleet";
import { sentrySchema, type SentrySettings } from "../../infra/model/observability";
import type { SettingsInput } from "../../infra/model/settings";
import { signalNames } from "../../infra/model/signals";
import { datadogMonitors, datadogNamespace } from "../../infra/render/observability/datadog";
import { newRelicConditions, newRelicPolicies } from "../../infra/render/observability/newrelic";
import { sentryPlan } from "../../infra/render/observability/sentry";
import { thresholdAlerts } from "../../infra/render/observability/threshold-alerts";
import { repositoryRoot } from "../../toolchain/root";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

const watchtower = { app: "watch", org: "acme", region: "ams" };
const tower = (settings: Partial<SettingsInput> = {}): Fleet => hotdashFleet({ watchtower, ...settings });

describe("what hosted services can have", () => {
  test("is every threshold of every app that has a rule, by the app's own differences", () => {
    const fleet = fleetOf([
      soundApp({ thresholds: { cpu: { critical: { above: 80, for: "3m" }, info: null } } }),
    ]);
    const cpu = thresholdAlerts(fleet).filter(({ threshold }) => threshold.signal === "cpu");
    expect(cpu.map(({ threshold: { severity, above, for: time } }) => [severity, above, time])).toEqual([
      ["warning", 70, "10m"],
      ["critical", 80, "3m"],
    ]);
    const signals = new Set(thresholdAlerts(tower()).map(({ threshold }) => threshold.signal));
    expect([...signals].sort()).toEqual([...signalNames].sort());
  });

  test.each([
    ["Datadog", datadogMonitors],
    ["New Relic", newRelicConditions],
  ])("%s: each is translated or told with its reason, none is lost", (_name, render) => {
    for (const fleet of [tower(), hotdashFleet()]) {
      const { alerts, leftOut } = render(fleet);
      const all = thresholdAlerts(fleet);
      const missing = all.filter(({ app, rule }) =>
        leftOut.some(({ alert, apps }) => alert === rule.kind.name && apps.includes(app.name)),
      );
      expect(alerts.length + missing.length).toBe(all.length);
      expect(new Set(alerts.map(({ key }) => key)).size).toBe(alerts.length);
      for (const { reason } of leftOut) expect(reason.length).toBeGreaterThan(10);
    }
    const told = render(tower()).leftOut.map(({ alert }) => alert);
    expect(told).toEqual(expect.arrayContaining(["FlyMachineOutOfMemory", "DeadMansSwitch"]));
  });
});

describe("Datadog's monitors", () => {
  const monitor = (key: string, fleet: Fleet = tower()) => {
    const found = datadogMonitors(fleet).alerts.find((candidate) => candidate.key === key);
    if (found === undefined) throw new Error(`no monitor ${key}`);
    return found.args;
  };

  test("ask for the whole time above the limit, by machine", () => {
    const args = monitor("hotdash-chatwoot-memory-critical");
    expect(args.query).toMatch(
      /^min\(last_\d+m\):100 - 100 \* min:flymon\.fly_instance_memory_mem_available\{app:hotdash-chatwoot\} by \{instance\} \/ min:flymon\.fly_instance_memory_mem_total\{app:hotdash-chatwoot\} by \{instance\} > \d+$/,
    );
    expect(args.query.endsWith(`> ${args.monitorThresholds.critical}`)).toBe(true);
    expect(args.requireFullWindow).toBe(true);
  });

  test("take what may be chance for none failed", () => {
    expect(monitor("shop-errorRate-critical", fleetOf([soundApp()])).query).toBe(
      "min(last_5m):default_zero(100 * cutoff_min(moving_rollup(sum:flymon.fly_edge_http_responses_count{app:shop AND status:5*}, 300, 'avg'), 0.00833333)" +
        " / moving_rollup(sum:flymon.fly_edge_http_responses_count{app:shop}, 300, 'avg')) > 5",
    );
  });

  test("say where, what to do, and go to the route of their severity", () => {
    const critical = monitor("shop-cpu-critical", fleetOf([soundApp()], { observabilitySlack: "acme" }));
    expect(critical.name).toBe("SEV-1 shop: CPU is high (over 90 % for 5m)");
    expect(critical.message).toContain("{{instance.name}}");
    expect(critical.message).toContain("Action: Scale up CPU immediately");
    expect(critical.message).toMatch(/Runbook: https:.*#flycpuhigh/);
    expect(critical.message.split("\n").at(-1)).toBe(
      "@slack-acme-incidents @reliability@team @engineer@team @manager@team",
    );
    expect(critical.tags).toEqual(
      expect.arrayContaining(["app:shop", "severity:critical", "signal:cpu", "team:reliability"]),
    );
    const info = monitor("shop-cpu-info", fleetOf([soundApp()]));
    expect(info.message).not.toContain("@");
    expect([critical.priority, info.priority]).toEqual(["1", "3"]);
  });

  test("leave out what only a watchtower measures, where there is none", () => {
    const { leftOut } = datadogMonitors(fleetOf([soundApp()]));
    expect(leftOut).toContainEqual({
      alert: "FlyHealthCheckFailing",
      apps: ["shop"],
      reason: "the watchtower measures it, and the stack has none",
    });
    expect(leftOut.map(({ alert }) => alert)).toContain("FlyLatencyHigh");
    const withTower = datadogMonitors(fleetOf([soundApp()], { watchtower }));
    expect(withTower.leftOut.map(({ alert }) => alert)).not.toContain("FlyLatencyHigh");
    expect(withTower.alerts.map(({ key }) => key)).toContain("shop-healthCheck-critical");
  });

  test("read only what docs/observability.md tells to collect", () => {
    const page = readFileSync(path.join(repositoryRoot, "docs/observability.md"), "utf8");
    const names = datadogMonitors(tower()).alerts.flatMap(({ args }) =>
      [...args.query.matchAll(new RegExp(`${datadogNamespace}\\.(\\w+)`, "g"))].map(([, name]) => name ?? ""),
    );
    expect(names.length).toBeGreaterThan(10);
    for (const name of new Set(names)) expect(page).toContain(name);
  });
});

describe("New Relic's conditions", () => {
  const condition = (key: string, fleet: Fleet = tower()) => {
    const found = newRelicConditions(fleet).alerts.find((candidate) => candidate.key === key);
    if (found === undefined) throw new Error(`no condition ${key}`);
    return found.args;
  };

  test("hold for all of the time, in multiples of the window", () => {
    const latency = condition("shop-latencyP95-critical", fleetOf([soundApp()]));
    expect(latency.nrql.query).toBe(
      "SELECT 1000 * bucketPercentile(fly_app_http_response_time_seconds_bucket, 95) FROM Metric WHERE app = 'shop'",
    );
    expect(latency).toMatchObject({
      aggregationWindow: 300,
      slideBy: 60,
      critical: { operator: "above", threshold: 2000, thresholdDuration: 600, thresholdOccurrences: "all" },
    });
    for (const { args } of newRelicConditions(tower()).alerts) {
      expect(args.critical.thresholdDuration % args.aggregationWindow).toBe(0);
      expect(args.critical.thresholdDuration).toBeGreaterThanOrEqual(60);
    }
    const odd = fleetOf([soundApp({ thresholds: { errorRate: { critical: { above: 3, for: "90s" } } } })]);
    expect(condition("shop-errorRate-critical", odd).critical.thresholdDuration).toBe(300);
  });

  test("facet by what is told apart, quoted", () => {
    expect(condition("shop-cpu-warning", fleetOf([soundApp()])).nrql.query).toBe(
      "SELECT 100 * filter(sum(fly_instance_cpu), WHERE mode NOT IN ('idle', 'iowait', 'steal', 'guest', 'guest_nice')) / " +
        "filter(sum(fly_instance_cpu), WHERE mode NOT IN ('guest', 'guest_nice')) FROM Metric WHERE app = 'shop' FACET instance",
    );
    expect(condition("hotdash-llamaindex-mcp-mcpQueryP95-warning").nrql.query).toContain(
      "AND tool = 'query_support' FACET instance",
    );
  });

  test("are in one policy a severity, with its recipients", () => {
    expect(
      newRelicPolicies(tower()).map(({ severity, emails, channel }) => [severity, emails, channel]),
    ).toEqual([
      ["info", [], "monitoring"],
      ["warning", ["reliability@team"], "monitoring"],
      ["critical", ["reliability@team", "engineer@team", "manager@team"], "incidents"],
    ]);
  });
});

describe("Sentry's plan", () => {
  const given = (changes: object = {}): SentrySettings =>
    sentrySchema.parse({ org: "acme", projects: { shop: "shop-web" }, slackIntegration: "77", ...changes });
  const plan = (sentry: SentrySettings) =>
    sentryPlan(fleetOf([soundApp(), soundApp({ name: "other" })]), sentry, (channel) => `C-${channel}`);

  test("has the latency thresholds of the apps with a project, a window as long as their time", () => {
    const { metricAlerts, leftOut } = plan(given());
    expect(
      metricAlerts.map(({ key, inputs }) => [key, inputs.timeWindow, inputs.triggers[0]?.alertThreshold]),
    ).toEqual([
      ["shop-latencyP95-info", "30m", 500],
      ["shop-latencyP95-warning", "15m", 1000],
      ["shop-latencyP95-critical", "10m", 2000],
    ]);
    expect(metricAlerts.at(-1)?.inputs.triggers[0]?.actions).toEqual([
      {
        type: "slack",
        targetType: "specific",
        targetIdentifier: "#incidents",
        inputChannelId: "C-incidents",
        integrationId: "77",
      },
    ]);
    expect(leftOut).toContainEqual({
      alert: "FlyLatencyHigh",
      apps: ["other"],
      reason: "the app has no project in the setting sentry",
    });
    expect(leftOut).toContainEqual({
      alert: "FlyCpuHigh",
      apps: ["shop"],
      reason: "Sentry does not measure it",
    });
  });

  test("tells of new errors where warnings go, in the one environment that is named", () => {
    const { issueAlerts } = plan(given({ team: "9", environment: "production" }));
    expect(issueAlerts).toHaveLength(1);
    expect(issueAlerts[0]?.inputs).toMatchObject({ project: "shop-web", environment: "production" });
    expect(
      issueAlerts[0]?.inputs.actions.map((action) => action["channel"] ?? action["targetIdentifier"]),
    ).toEqual(["#monitoring", "9"]);
  });

  test("makes no alert that nobody hears, and says so", () => {
    const { metricAlerts, leftOut } = plan(given({ team: "9", slackIntegration: undefined }));
    expect(metricAlerts.map(({ key }) => key)).not.toContain("shop-latencyP95-info");
    expect(leftOut.map(({ reason }) => reason)).toContain("nobody would hear of severity info");
  });

  test("is refused for apps of other stacks, and without anybody who hears", () => {
    const settings = (sentry: object) => () =>
      parseSettings("test", { environment: "production", apps: ["shop"], sentry });
    expect(settings({ org: "acme", projects: { shopp: "x" }, team: "1" })).toThrow(/sentry\.projects\.shopp/);
    expect(settings({ org: "acme", projects: { shop: "x" } })).toThrow(
      /a team, a Slack integration, or both/,
    );
    expect(settings({ org: "acme", projects: {}, team: "1" })).toThrow(/at least one app/);
  });
});
