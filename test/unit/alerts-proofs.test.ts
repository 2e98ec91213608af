import { describe, expect, test } from "vitest";
import { filledIn } from "../../infra/render/alerts/compose";
import { mutantsOf } from "../../infra/render/alerts/mutants";
import { rulesByApp } from "../../infra/render/alerts/registry";
import type { AlertRule } from "../../infra/render/alerts/rule";
import { alertGroups } from "../../infra/render/alerts/rule-groups";
import { ruleProof } from "../../infra/render/alerts/timeline";
import { fleetOf, soundApp } from "../support/declarations";

const fleet = fleetOf([soundApp()]);
const groups = alertGroups("shop", rulesByApp(fleet).get("shop") ?? [], fleet.settings);
const found = (alert: string, severity: string) => {
  const group = groups.find((one) => one.severity === severity);
  const rule = group?.rules.find(({ kind }) => kind.name === alert);
  if (!group || !rule) throw new Error(`no ${alert} at ${severity}`);
  return { group, rule };
};
const proofOf = (alert: string, severity: string) => {
  const { group, rule } = found(alert, severity);
  const { series, expectations } = ruleProof(rule, group);
  return {
    series: Object.fromEntries(series.map(({ series: name, values }) => [name, values])),
    times: expectations.map(({ eval_time, exp_alerts }) => [eval_time, exp_alerts.length]),
    alerts: expectations.flatMap(({ exp_alerts }) => exp_alerts),
  };
};

describe("a proof", () => {
  test("keeps one machine just below the limit, another just above it for as long as it takes to fire", () => {
    const { series, times, alerts } = proofOf("FlyMemoryHigh", "critical");
    // 85 %: 84.15 % of a billion bytes are used all the time; 85.85 % for eleven evaluations of 30 s.
    const metric = "fly_instance_memory_mem_available";
    expect(series[`${metric}{app="shop",instance="memory-app-quiet",region="ams"}`]).toBe("158500000+0x11");
    expect(series[`${metric}{app="shop",instance="memory-app-loud",region="ams"}`]).toBe(
      "141500000+0x10 1000000000",
    );
    expect(times).toEqual([
      ["270s", 0],
      ["300s", 1],
      ["330s", 0],
    ]);
    expect(alerts[0]?.exp_labels).toEqual({
      app: "shop",
      instance: "memory-app-loud",
      process_group: "app",
      severity: "critical",
      signal: "memory",
      team: "reliability",
    });
    expect(alerts[0]?.exp_annotations["description"]).toBe(
      "Memory of machine memory-app-loud is at 85.8 %, over the limit of 85 % for 5 minutes.",
    );
  });

  test("takes what is summed up one phase after the other, with new counters in each", () => {
    const { series, times } = proofOf("FlyErrorRateHigh", "critical");
    const failed = Object.entries(series).filter(([name]) => name.includes('status="503"'));
    expect(failed.map(([name]) => /host="(\w+)"/.exec(name)?.[1])).toEqual(["q0", "q1", "loud"]);
    // Below the limit for 13 evaluations, too few failures for 13, then both above: quiet, quiet, not yet, fires, cleared.
    expect(times.map(([, count]) => count)).toEqual([0, 0, 0, 1, 0]);
  });

  test("of what counts whole things stands on the limit itself", () => {
    const { series } = proofOf("FlyMachineCrashLooping", "critical");
    const values = Object.entries(series).filter(([name]) => name.startsWith("flymon_machine_failed_exits"));
    expect(values.map(([, value]) => value)).toEqual(["2+0x1", "3 0"]);
  });
});

test("annotations are filled in as the engine does", () => {
  const text = 'At {{ printf "%.1f" $value }} % on {{ $labels.instance }}{{ $labels.none }}.';
  expect(filledIn(text, 90.94, { instance: "a" })).toBe("At 90.9 % on a.");
});

describe("mutants of a rule", () => {
  const what = ({ group, rule }: { group: (typeof groups)[number]; rule: AlertRule }): string[] =>
    mutantsOf(rule, group, 1).map((mutant) => mutant.what);

  test("move thresholds by a tenth, durations by one evaluation, flip comparisons, drop labels", () => {
    expect(what(found("FlyMemoryHigh", "critical"))).toEqual([
      "threshold 85 becomes 93.5",
      "threshold 85 becomes 76.5",
      "> 85 becomes <",
      "for 5m becomes 330s",
      "for 5m becomes 270s",
      "label severity dropped",
      "label signal dropped",
      "label team dropped",
      "label app dropped",
      "label instance dropped",
      "label process_group dropped",
    ]);
  });

  test("reach what is recorded for the rule, and the limits that are counted", () => {
    expect(what(found("FlyErrorRateHigh", "warning"))).toEqual(
      expect.arrayContaining([
        "app:fly_errors:percent: threshold 2 becomes 2.2",
        "app:fly_errors:percent: > 2 becomes <",
      ]),
    );
    expect(what(found("FlyHealthCheckFailing", "warning"))).toEqual(
      expect.arrayContaining(["threshold 0 becomes 1", "threshold 0 becomes -1", "> 0 becomes >="]),
    );
  });

  test("differ from the sound rule, each in its own way", () => {
    for (const group of groups) {
      for (const rule of group.rules) {
        const mutants = mutantsOf(rule, group, 1);
        const bodies = mutants.map(({ written, recording }) =>
          JSON.stringify([{ ...written, alert: "" }, recording]),
        );
        expect(new Set(bodies).size, rule.kind.name).toBe(mutants.length);
      }
    }
  });
});
