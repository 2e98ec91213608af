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
import { median } from "./measure";

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

const writeRules = (texts: ReadonlyMap<string, string>, folder: string): void => {
  for (const [name, text] of texts) {
    if (!name.startsWith("alerts/rules/")) continue;
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
};

type Values = ReadonlyMap<string, number>;
const sum = (values: Values): number => [...values.values()].reduce((all, value) => all + value, 0);

/** What the engines have counted since their start. */
interface Counters {
  readonly cpu: number;
  readonly evaluating: Values;
  readonly iterations: Values;
  readonly missed: number;
}

const countersOf = async (vmalert: Engine, store: Engine): Promise<Counters> => ({
  cpu:
    sum(await vmalert.metric("process_cpu_seconds_total")) +
    sum(await store.metric("process_cpu_seconds_total")),
  evaluating: await vmalert.metric("vmalert_iteration_duration_seconds_sum"),
  iterations: await vmalert.metric("vmalert_iteration_duration_seconds_count"),
  missed: sum(await vmalert.metric("vmalert_iteration_missed_total")),
});

const mebibytesOf = async (engine: Engine): Promise<number> =>
  sum(await engine.metric("process_resident_memory_bytes")) / 1_048_576;

/** Mean seconds of an evaluation of each group between two readings, and what share of its interval that is. */
const groupTimes = (fleet: Fleet, before: Counters, after: Counters) => {
  const intervals = new Map(
    [...alertGroupsOf(fleet).map(writtenGroup), ...writtenRecordings(fleet.settings)].map(
      ({ name, interval }) => [name, secondsOf(interval as Duration)],
    ),
  );
  return [...after.evaluating].flatMap(([labels, all]) => {
    const times = (after.iterations.get(labels) ?? 0) - (before.iterations.get(labels) ?? 0);
    const name = /group="([^"]*)"/.exec(labels)?.[1] ?? labels;
    const mean = (all - (before.evaluating.get(labels) ?? 0)) / times;
    return times > 0 ? [{ name, mean, ofInterval: mean / (intervals.get(name) ?? Number.NaN) }] : [];
  });
};

/** Alerts that fire, without the dead man's switch. */
const firingIn = async (vmalert: Engine): Promise<number> =>
  [...(await vmalert.metric("vmalert_alerts_firing"))].reduce(
    (all, [labels, value]) => (labels.includes(`alertname="${switchKind.name}"`) ? all : all + value),
    0,
  );

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

/** Lets engines that run already work for a while, and reads what it took. */
const measure = async (
  fleet: Fleet,
  vmalert: Engine,
  store: Engine,
): Promise<Omit<RuleEvaluation, "apps" | "rules" | "series">> => {
  await sleep(1_000 * warmUp);
  const before = await countersOf(vmalert, store);
  const begun = performance.now();
  const peaks = { vmalert: 0, store: 0 };
  while (performance.now() - begun < 1_000 * measured) {
    await sleep(5_000);
    peaks.vmalert = Math.max(peaks.vmalert, await mebibytesOf(vmalert));
    peaks.store = Math.max(peaks.store, await mebibytesOf(store));
  }
  const elapsed = (performance.now() - begun) / 1_000;
  const after = await countersOf(vmalert, store);
  const times = groupTimes(fleet, before, after);
  const [slowest] = times.toSorted((a, b) => b.ofInterval - a.ofInterval);
  if (slowest === undefined) throw new Error("no group was evaluated");
  return {
    cpus: (after.cpu - before.cpu) / elapsed,
    slowestGroup: {
      name: slowest.name,
      milliseconds: 1_000 * slowest.mean,
      ofInterval: slowest.ofInterval,
    },
    medianGroupMilliseconds: 1_000 * median(times.map(({ mean }) => mean)),
    missed: after.missed - before.missed,
    firing: await firingIn(vmalert),
    peakMemoryMiB: peaks,
  };
};

export const evaluateRules = async (
  fleet: Fleet,
  texts: ReadonlyMap<string, string>,
  engines: { readonly vmalert: string; readonly store: string },
  folder: string,
): Promise<RuleEvaluation> => {
  writeRules(texts, folder);
  const store = await startEngine(engines.store, [
    `-storageDataPath=${path.join(folder, "data")}`,
    "-retentionPeriod=30d",
    ...storeArguments(fleet.settings),
  ]);
  try {
    const series = await write(store, fleet);
    const vmalert = await startEngine(engines.vmalert, [
      `-rule=${path.join(folder, "alerts", "rules", "*.yaml")}`,
      `-datasource.url=${store.url}`,
      `-remoteWrite.url=${store.url}`,
      `-remoteRead.url=${store.url}`,
      "-notifier.blackhole",
      ...evaluationArguments(fleet.settings),
    ]);
    try {
      return {
        apps: fleet.apps.length,
        rules: alertGroupsOf(fleet).reduce((all, { rules }) => all + rules.length, 0),
        series,
        ...(await measure(fleet, vmalert, store)),
      };
    } finally {
      await vmalert.stop();
    }
  } finally {
    await store.stop();
  }
};
