import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fleet } from "../infra/model/fleet";
import type { Duration } from "../infra/model/units";
import { seconds as secondsOf } from "../infra/render/alerts/durations";
import { switchKind } from "../infra/render/alerts/families/watchtower";
import { writtenGroup, writtenRecordings } from "../infra/render/alerts/rule-groups";
import { alertGroupsOf } from "../infra/render/alerts/texts";
import { evaluationArguments, storeArguments } from "../infra/render/watchtower/scrape";
import { fleetSeries } from "./alert-series";
import type { Engine } from "./engine";
import { startEngine } from "./engine";

/** Fly's. */
const scrapeEvery = 15;
/** Written before the rules begin: more than the longest window of those that every app has. */
const past = 600;
/** Every group is evaluated at least once, and what starting costs is over. */
const warmUp = 70;
/** Two or more evaluations of each group. */
const measured = 120;

/** Writes all samples of a run at once, those of its future too: nothing else works while it is measured. */
const write = async (store: Engine, fleet: Fleet): Promise<number> => {
  const start = Math.floor(Date.now() / 1_000 - past);
  const count = Math.ceil((past + warmUp + measured + 60) / scrapeEvery);
  const steps = Array.from({ length: count }, (_, index) => index * scrapeEvery);
  const timestamps = steps.map((step) => 1_000 * (start + step));
  let written = 0;
  for (const series of fleetSeries(fleet)) {
    const body = series
      .map(({ metric, from, perSecond }) =>
        JSON.stringify({ metric, values: steps.map((step) => from + perSecond * step), timestamps }),
      )
      .join("\n");
    const answer = await fetch(`${store.url}/api/v1/import`, { method: "POST", body });
    if (!answer.ok) throw new Error(`VictoriaMetrics refused the samples: ${await answer.text()}`);
    written += series.length;
  }
  return written;
};

const sum = (values: ReadonlyMap<string, number>): number =>
  [...values.values()].reduce((all, value) => all + value, 0);

interface Counters {
  readonly cpu: number;
  readonly evaluating: ReadonlyMap<string, number>;
  readonly iterations: ReadonlyMap<string, number>;
  readonly missed: number;
}

/** A fleet's rules in the engines that evaluate them, over real intervals. */
export interface RuleEvaluation {
  readonly apps: number;
  readonly rules: number;
  readonly series: number;
  /** CPUs that both engines use, on average. */
  readonly cpus: number;
  /** How much of the slowest group's interval its evaluation takes. */
  readonly slowestGroup: {
    readonly name: string;
    readonly milliseconds: number;
    readonly ofInterval: number;
  };
  readonly medianGroupMilliseconds: number;
  /** Evaluations left out because the one before had not ended. There should be none. */
  readonly missed: number;
  /** Alerts of a fleet that is healthy, without the dead man's switch. There should be none. */
  readonly firing: number;
  readonly peakMemoryMiB: { readonly vmalert: number; readonly store: number };
}

export const evaluateRules = async (
  fleet: Fleet,
  texts: ReadonlyMap<string, string>,
  engines: { readonly vmalert: string; readonly store: string },
  folder: string,
): Promise<RuleEvaluation> => {
  for (const [name, text] of texts) {
    if (!name.startsWith("alerts/rules/")) continue;
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const store = await startEngine(engines.store, [
    `-storageDataPath=${path.join(folder, "data")}`,
    "-retentionPeriod=30d",
    ...storeArguments(fleet.settings),
  ]);
  try {
    const series = await write(store, fleet);
    await fetch(`${store.url}/internal/force_flush`);
    const vmalert = await startEngine(engines.vmalert, [
      `-rule=${path.join(folder, "alerts", "rules", "*.yaml")}`,
      `-datasource.url=${store.url}`,
      `-remoteWrite.url=${store.url}`,
      `-remoteRead.url=${store.url}`,
      "-notifier.blackhole",
      ...evaluationArguments(fleet.settings),
    ]);
    try {
      await sleep(1_000 * warmUp);
      const both = [vmalert, store];
      const read = async (): Promise<Counters> => {
        const cpu = await Promise.all(
          both.map(async (one) => sum(await one.metric("process_cpu_seconds_total"))),
        );
        return {
          cpu: (cpu[0] ?? 0) + (cpu[1] ?? 0),
          evaluating: await vmalert.metric("vmalert_iteration_duration_seconds_sum"),
          iterations: await vmalert.metric("vmalert_iteration_duration_seconds_count"),
          missed: sum(await vmalert.metric("vmalert_iteration_missed_total")),
        };
      };
      const before = await read();
      const begun = performance.now();
      const peaks = [0, 0];
      while (performance.now() - begun < 1_000 * measured) {
        await sleep(5_000);
        for (const [index, one] of both.entries()) {
          const bytes = sum(await one.metric("process_resident_memory_bytes"));
          peaks[index] = Math.max(peaks[index] ?? 0, bytes / 1_048_576);
        }
      }
      const elapsed = (performance.now() - begun) / 1_000;
      const after = await read();
      const firing = sum(
        new Map(
          [...(await vmalert.metric("vmalert_alerts_firing"))].filter(
            ([labels]) => !labels.includes(`alertname="${switchKind.name}"`),
          ),
        ),
      );

      const groups = alertGroupsOf(fleet);
      const intervals = new Map(
        [...groups.map(writtenGroup), ...writtenRecordings(fleet.settings)].map(({ name, interval }) => [
          name,
          secondsOf(interval as Duration),
        ]),
      );
      const means = [...after.evaluating].flatMap(([labels, all]) => {
        const times = (after.iterations.get(labels) ?? 0) - (before.iterations.get(labels) ?? 0);
        const name = /group="([^"]*)"/.exec(labels)?.[1] ?? labels;
        const mean = (all - (before.evaluating.get(labels) ?? 0)) / times;
        return times > 0 ? [{ name, mean, ofInterval: mean / (intervals.get(name) ?? Number.NaN) }] : [];
      });
      const byMean = means.toSorted((a, b) => a.mean - b.mean);
      const slowest = means.toSorted((a, b) => b.ofInterval - a.ofInterval)[0];
      return {
        apps: fleet.apps.length,
        rules: groups.reduce((all, { rules }) => all + rules.length, 0),
        series,
        cpus: (after.cpu - before.cpu) / elapsed,
        slowestGroup: {
          name: slowest?.name ?? "none",
          milliseconds: 1_000 * (slowest?.mean ?? Number.NaN),
          ofInterval: slowest?.ofInterval ?? Number.NaN,
        },
        medianGroupMilliseconds: 1_000 * (byMean[Math.floor(byMean.length / 2)]?.mean ?? Number.NaN),
        missed: after.missed - before.missed,
        firing,
        peakMemoryMiB: { vmalert: peaks[0] ?? 0, store: peaks[1] ?? 0 },
      };
    } finally {
      await vmalert.stop();
    }
  } finally {
    await store.stop();
  }
};
