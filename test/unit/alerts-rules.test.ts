import { describe, expect, test } from "vitest";
import { exporterMetrics } from "../../infra/model/exporter-metrics";
import { severities } from "../../infra/model/severity";
import { anchor } from "../../infra/render/alerts/compose";
import { expressionText } from "../../infra/render/alerts/expression";
import { rulesByApp } from "../../infra/render/alerts/registry";
import { recordingGroups } from "../../infra/render/alerts/recordings";
import type { AlertRule } from "../../infra/render/alerts/rule";
import { alertGroupsOf, alertTexts } from "../../infra/render/alerts/texts";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

const hotdash = hotdashFleet();
const all = [...rulesByApp(hotdash)];
const rulesOf = (app: string, fleet = hotdash): readonly AlertRule[] => rulesByApp(fleet).get(app) ?? [];
const one = (rules: readonly AlertRule[], alert: string, severity: string): AlertRule | undefined =>
  rules.find((rule) => rule.kind.name === alert && rule.severity === severity);
const said = (rule: AlertRule | undefined): string =>
  rule ? `${expressionText(rule.expression)} for ${rule.for}` : "no rule";

describe("the rules of an app", () => {
  test("have the runbook's values and durations where the app says nothing else", () => {
    const rules = rulesOf("hotdash-production");
    const selected = '{app="hotdash-production"}';
    expect(severities.map((severity) => said(one(rules, "FlyCpuHigh", severity)))).toEqual([
      `machine:fly_cpu:percent${selected} > 50 for 15m`,
      `machine:fly_cpu:percent${selected} > 70 for 10m`,
      `machine:fly_cpu:percent${selected} > 90 for 5m`,
    ]);
    expect(severities.map((severity) => said(one(rules, "FlyMemoryHigh", severity)))).toEqual([
      `machine:fly_memory:percent${selected} > 50 for 15m`,
      `machine:fly_memory:percent${selected} > 70 for 10m`,
      `machine:fly_memory:percent${selected} > 85 for 5m`,
    ]);
    expect(severities.map((severity) => said(one(rules, "FlyErrorRateHigh", severity)))).toEqual([
      `app:fly_errors:percent${selected} > 0.5 for 15m`,
      `app:fly_errors:percent${selected} > 1 for 10m`,
      `app:fly_errors:percent${selected} > 5 for 5m`,
    ]);
    expect(severities.map((severity) => said(one(rules, "FlyLatencyHigh", severity)))).toEqual([
      `app:fly_latency_p95:milliseconds${selected} > 500 for 20m`,
      `app:fly_latency_p95:milliseconds${selected} > 1000 for 15m`,
      `app:fly_latency_p95:milliseconds${selected} > 2000 for 10m`,
    ]);
    expect(said(one(rules, "FlyHealthCheckFailing", "warning"))).toBe(
      `flymon_check_failing${selected} > 0 for 2m`,
    );
    expect(said(one(rules, "FlyHealthCheckFailing", "critical"))).toBe(
      `flymon_check_failing${selected} > 0 for 5m`,
    );
    expect(said(one(rules, "FlyHealthCheckFlapping", "info"))).toContain("[15m]) > 3 for 0s");
  });

  test("have the app's own limits where it has some", () => {
    expect(said(one(rulesOf("hotdash-staging"), "FlyLatencyHigh", "warning"))).toContain("> 800 for 15m");
    const chatwoot = rulesOf("hotdash-chatwoot");
    expect(said(one(chatwoot, "FlyLatencyHigh", "info"))).toBe("no rule");
    expect(said(one(chatwoot, "FlyLatencyHigh", "warning"))).toContain("> 500 for 15m");
    expect(said(one(chatwoot, "SidekiqQueueBackedUp", "critical"))).toMatch(
      /sidekiq_jobs_waiting_count.*> 1000 for 5m/,
    );
    expect(said(one(chatwoot, "SidekiqJobsSlow", "warning"))).toMatch(
      /sidekiq_job_runtime_seconds_bucket.*> 30 for 5m/,
    );
    expect(said(one(chatwoot, "AppDependencyFailing", "critical"))).toContain(
      "flymon_answer_condition_failing",
    );
    const mcp = rulesOf("hotdash-llamaindex-mcp");
    expect(said(one(mcp, "McpQueriesSlow", "warning"))).toMatch(/tool="query_support"} > 500 for 15m/);
    expect(said(one(mcp, "McpQueriesSlow", "critical"))).toContain("> 1000 for 10m");
    expect(said(one(mcp, "FlyAutoStartSlow", "warning"))).toContain("flymon_autostart_seconds");
    const agents = rulesOf("hotdash-agent-service");
    expect(said(one(agents, "ApprovalQueueOld", "warning"))).toContain("> 30 for 1m");
    expect(said(one(agents, "ApprovalQueueOld", "critical"))).toContain("> 60 for 1m");
  });

  test("read metrics by the names that the app gives them", () => {
    const fleet = fleetOf([
      soundApp({
        thresholds: {
          sidekiqQueue: { critical: { above: 9, for: "5m" } },
          jobDuration: { warning: { above: 3, for: "5m" } },
        },
        metricNames: { sidekiqQueue: "queue_jobs", jobDuration: "job_seconds" },
      }),
    ]);
    const rules = rulesOf("shop", fleet);
    expect(said(one(rules, "SidekiqQueueBackedUp", "critical"))).toContain('queue_jobs{app="shop"}');
    expect(said(one(rules, "SidekiqJobsSlow", "warning"))).toContain('job_seconds_bucket{app="shop"}');
  });

  test("never alert for having no machine where the app may scale to zero", () => {
    const down = (app: string) => said(one(rulesOf(app), "FlyAllMachinesDown", "critical"));
    expect(down("hotdash-llamaindex-mcp")).toBe("no rule");
    expect(down("hotdash-agent-service")).toBe("no rule");
    expect(down("hotdash-chatwoot")).toBe(
      'flymon_group_started_machines{app="hotdash-chatwoot",process_group=~"web|worker"} < 1 for 1m',
    );
    expect(down("hotdash-staging")).toContain("< 1 for 1m");
    // Its absence is no alert of an app at all: only the watch over the watch looks for what is missing.
    for (const [app, rules] of all.filter(([name]) => name !== "watchtower")) {
      expect(
        rules.filter((rule) => /absent/.test(expressionText(rule.expression))),
        app,
      ).toEqual([]);
    }
  });

  test("say nothing of requests where there are none, and of idle machines where none is stopped", () => {
    const names = new Set(rulesOf("hotdash-staging-db").map(({ kind }) => kind.name));
    for (const alert of [
      "FlyErrorRateHigh",
      "FlyLatencyHigh",
      "FlyMachineNotStopping",
      "CertificateEnding",
    ]) {
      expect(names).not.toContain(alert);
    }
    expect(rulesOf("hotdash-production").map(({ kind }) => kind.name)).not.toContain("FlyMachineNotStopping");
  });

  test("run faster by the stack's divisor, evaluation included", () => {
    const fast = hotdashFleet({ timeDivisor: 60 });
    const rules = rulesOf("hotdash-chatwoot", fast);
    expect(one(rules, "FlyCpuHigh", "critical")?.for).toBe("5s");
    expect(alertGroupsOf(fast).find(({ name }) => name === "hotdash-chatwoot/warning")?.interval).toBe("1s");
    expect(JSON.stringify(recordingGroups({ timeDivisor: 60 }))).toContain("[5s]");
  });
});

describe("every rule", () => {
  const rules = all.flatMap(([, own]) => own);

  test("has all labels, and each alert of its proof has the app and the process group", () => {
    for (const rule of rules) {
      for (const alert of rule.proof.alerts) {
        const labels = { ...alert, ...rule.labels };
        expect(Object.keys(labels), rule.kind.name).toEqual(
          expect.arrayContaining(["app", "process_group", "severity", "signal", "team"]),
        );
        expect(Object.values(labels).every((value) => value !== "")).toBe(true);
        expect(labels).toMatchObject({ app: rule.app, severity: rule.severity, signal: rule.kind.signal });
      }
    }
  });

  test("tells the action of the runbook, and where to read on", () => {
    for (const { kind, severity, annotations, app } of rules) {
      expect(annotations.action, `${kind.name} ${severity}`).not.toBe("");
      expect(annotations.runbook_url).toBe(`${hotdash.alerting.links.runbook}#${anchor(kind)}`);
      expect(annotations.dashboard).toContain(app === "watchtower" ? "/d/flymon-fleet" : `/d/flymon-${app}`);
    }
  });

  test("stands once by its name in its group", () => {
    for (const { name, rules: own } of alertGroupsOf(hotdash)) {
      const names = own.map(({ kind }) => kind.name);
      expect(new Set(names).size, name).toBe(names.length);
    }
  });

  test("reads of the exporter only what it has promised, with the labels it has promised", () => {
    const contract = new Map<string, readonly string[]>(
      Object.entries(exporterMetrics).map(([name, { labels }]) => [name, labels]),
    );
    const read = [
      ...rules.map(({ expression }) => expressionText(expression)),
      JSON.stringify(recordingGroups({ timeDivisor: 1 })),
    ].flatMap((text) => text.match(/(?<!:)\bflymon_[a-z0-9_]+/g) ?? []);
    expect(read.filter((name) => !contract.has(name) && name !== "flymon_process_group")).toEqual([]);
    for (const { metric, labels } of rules.flatMap(({ proof }) => proof.series)) {
      const promised = contract.get(metric);
      // The watch over the watch asks for any series.
      if (promised && labels["app"] !== "any") {
        expect(Object.keys(labels).toSorted(), metric).toEqual([...promised].toSorted());
      }
    }
  });
});

test("the files are the same in every render and lie where vmalert and its test runner look for each other", () => {
  const texts = alertTexts(hotdash);
  expect([...alertTexts(hotdashFleet())]).toEqual([...texts]);
  expect([...texts.keys()].filter((path) => path.includes("chatwoot"))).toEqual(
    ["critical", "warning", "info"].flatMap((severity) => [
      `alerts/rules/hotdash-chatwoot.${severity}.yaml`,
      `alerts/tests/hotdash-chatwoot.${severity}.yaml`,
    ]),
  );
  expect(texts.get("alerts/tests/hotdash-chatwoot.info.yaml")).toContain(
    "../rules/hotdash-chatwoot.info.yaml",
  );
});
