import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exporterMetrics } from "../../infra/model/exporter-metrics";
import { readMachines } from "../../watchtower/exporter/machine";
import { appSamples } from "../../watchtower/exporter/metrics";
import { metricsText } from "../../watchtower/exporter/text";
import { exporterApp, exporterConfig, stateOf, valuesIn } from "../support/exporter-kit";
import { runs } from "../support/runs";

// Whatever the Machines API answers: what is published is a text that a store takes, and says nothing untrue.

const now = Date.parse("2026-11-22T20:00:00Z");
const app = exporterApp({ name: "shop", processGroups: ["web", "worker"] });

/** A value as it should be, or anything at all. */
const oddly = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: usual, weight: 8 }, { arbitrary: fc.jsonValue(), weight: 1 }, fc.constant(undefined));
const table = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  oddly(fc.record(fields, { requiredKeys: [] }));

const exit = table({
  exit_code: oddly(fc.constantFrom(0, 1, 137)),
  oom_killed: oddly(fc.boolean()),
  requested_stop: oddly(fc.boolean()),
  restarting: oddly(fc.boolean()),
  exited_at: oddly(
    fc.integer({ min: -1_000, max: 1_000_000 }).map((ago) => new Date(now - ago).toISOString()),
  ),
});
const event = table({
  type: fc.constantFrom("exit", "start"),
  timestamp: oddly(fc.integer({ min: now - 10_000_000, max: now })),
  request: table({ exit_event: exit, MonitorEvent: table({ exit_event: exit }) }),
});
const check = table({
  name: oddly(fc.constantFrom("servicecheck-00", 'a"b', "bg_deployments_compat", "ü\n")),
  status: oddly(fc.constantFrom("passing", "warning", "critical", "unknown")),
});
const config = table({
  metadata: table({
    fly_process_group: oddly(fc.constantFrom("web", "worker", "cron", "fly_app_console")),
    fly_platform_version: oddly(fc.constant("v2")),
  }),
});
const states = ["started", "stopped", "suspended", "starting", "destroyed", "failed", "new-state"] as const;
const machine = fc.record(
  {
    id: fc.constantFrom("m1", "m2", "m3", 'm"4'),
    state: fc.constantFrom(...states),
    region: oddly(fc.constantFrom("ord", "iad")),
    private_ip: oddly(fc.constantFrom("fdaa::1", "127.0.0.1")),
    config,
    incomplete_config: config,
    checks: oddly(fc.array(check, { maxLength: 4 })),
    events: oddly(fc.array(event, { maxLength: 6 })),
  },
  { requiredKeys: ["id", "state"] },
);
const answer = fc.oneof(
  { arbitrary: fc.array(machine, { maxLength: 6 }), weight: 8 },
  { arbitrary: fc.array(fc.oneof(machine, fc.jsonValue()), { maxLength: 6 }), weight: 1 },
  fc.jsonValue(),
);

const labelled = /^([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\}$/;

describe("any answer of the Machines API", () => {
  it("is published as text in which each series stands once, with the labels of the contract", () => {
    fc.assert(
      fc.property(answer, (given) => {
        const text = metricsText(appSamples(stateOf(given, now, app), now, exporterConfig()));
        const values = valuesIn(text);
        expect(values.size).toBe(
          text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length,
        );
        for (const [series, value] of values) {
          const [, name = "", labels = ""] = labelled.exec(series) ?? [];
          const metric = exporterMetrics[name as keyof typeof exporterMetrics];
          const found = [...labels.matchAll(/([a-z_]+)="(?:[^"\\]|\\.)*"/g)].map(([, label]) => label);
          expect(found.toSorted()).toEqual([...metric.labels].toSorted());
          expect(Number.isFinite(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(0);
        }
      }),
      runs,
    );
  });

  it("tells of every machine that is there, or of none and that the app is unreadable", () => {
    fc.assert(
      fc.property(answer, (given) => {
        const state = stateOf(given, now, app);
        const samples = appSamples(state, now, exporterConfig());
        const unreadable = samples.find(({ name }) => name === "flymon_app_unreadable")?.value;
        if (unreadable === 1) {
          expect(samples).toHaveLength(1);
          return;
        }
        const list = given as readonly { readonly id: string; readonly state: string }[];
        const infos = samples.filter(({ name }) => name === "flymon_machine_info");
        const ids = new Set(list.map(({ id }) => id));
        expect(infos.every(({ labels }) => ids.has(labels["instance"] ?? ""))).toBe(true);
        // What runs in a declared group is never more than what runs.
        const started = samples.filter(({ name, value }) => name === "flymon_machine_started" && value === 1);
        const inGroups = samples.filter(({ name }) => name === "flymon_group_started_machines");
        expect(inGroups.map(({ labels }) => labels["process_group"])).toEqual(["web", "worker"]);
        const declared = started.filter(({ labels }) =>
          app.processGroups.includes(labels["process_group"] ?? ""),
        );
        expect(inGroups.reduce((sum, { value }) => sum + value, 0)).toBe(declared.length);
        // Checks are told of started machines alone.
        const running = new Set(started.map(({ labels }) => labels["instance"]));
        const checked = samples.filter(({ name }) => name === "flymon_check_failing");
        expect(checked.every(({ labels }) => running.has(labels["instance"]))).toBe(true);
      }),
      runs,
    );
  });

  it("the order of machines changes nothing", () => {
    const sound = fc.uniqueArray(machine, { maxLength: 5, selector: ({ id }) => id });
    fc.assert(
      fc.property(sound, (machines) => {
        const told = (list: readonly unknown[]) =>
          [...valuesIn(metricsText(appSamples(stateOf(list, now, app), now, exporterConfig())))].toSorted();
        expect(told(machines.toReversed())).toEqual(told(machines));
        expect(readMachines(machines)).toBeDefined();
      }),
      runs,
    );
  });
});
