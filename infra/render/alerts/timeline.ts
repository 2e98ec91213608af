import { milliseconds } from "../../model/units";
import { filledIn } from "./compose";
import { selector } from "./expression";
import type { AlertGroup } from "./rule-groups";
import type { AlertRule, ProofSeries } from "./rule";

/** A series as vmalert-tool reads it. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** What must fire at one moment, as vmalert-tool reads it. */
export interface Expectation {
  readonly eval_time: string;
  readonly groupname: string;
  readonly alertname: string;
  readonly exp_alerts: readonly {
    readonly exp_labels: Readonly<Record<string, string>>;
    readonly exp_annotations: Readonly<Record<string, string>>;
  }[];
}

/** When a rule's proof is in which phase, in evaluations since its beginning. */
interface Phases {
  readonly quiet: readonly { readonly start: number; readonly end: number }[];
  /** First evaluation of the loud phase. */
  readonly loud: number;
  /** The evaluation at which the alert fires, the last of the loud phase. */
  readonly fires: number;
  /** The evaluation at which it must have cleared, the last of all. */
  readonly cleared: number;
}

const steps = (rule: AlertRule, intervalMs: number) => ({
  pending: Math.ceil(milliseconds(rule.for) / intervalMs),
  lag: rule.proof.lag ?? (rule.proof.series.some(({ kind }) => kind === "counter") ? 1 : 0),
  memory: rule.proof.memory === undefined ? 0 : Math.ceil(milliseconds(rule.proof.memory) / intervalMs) + 1,
});

const phasesOf = (rule: AlertRule, intervalMs: number): Phases => {
  const { pending, lag, memory } = steps(rule, intervalMs);
  const inTurn = rule.proof.series.some(({ lane }) => lane === "all");
  const quietPhases = inTurn ? Math.max(...rule.proof.series.map(({ quiet }) => quiet.length)) : 0;
  // Long enough to fire if the value were on the other side of the limit.
  const quietLength = pending + lag + 2;
  const quiet = Array.from({ length: quietPhases }, (_, index) => {
    const start = index * (quietLength + memory);
    return { start, end: start + quietLength - 1 };
  });
  const loud = quietPhases * (quietLength + memory);
  const fires = loud + lag + pending;
  return { quiet, loud, fires, cleared: fires + Math.max(1, memory) };
};

/** Without an exponent, which the notation does not know, and without the noise of the last digits. */
const plain = (value: number): string => {
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return String(value);
  const fixed = Number(value.toPrecision(12)).toFixed(9);
  return fixed.replace(/\.?0+$/, "");
};

const run = (start: number, step: number, length: number): string => {
  if (length === 1) return plain(start);
  return `${plain(start)}${step < 0 ? "-" : "+"}${plain(Math.abs(step))}x${length - 1}`;
};

/** Values in the notation of rule tests: "1+0x20" is 21 ones. */
const valuesOf = (series: ProofSeries, phases: Phases, intervalMs: number): string => {
  const step = intervalMs / 1_000;
  const parts: string[] = [];
  let at = 0;
  let counted = 0; // by a counter
  const absent = (length: number): void => {
    if (length > 0) parts.push(`_x${length}`);
    at += length;
  };
  const stay = (value: number | null, length: number): void => {
    if (length <= 0) return;
    if (value === null) {
      absent(length);
      return;
    }
    switch (series.kind) {
      case "gauge":
        parts.push(run(value, 0, length));
        break;
      case "timestamp":
        parts.push(run(at * step + value, step, length));
        break;
      case "counter":
        parts.push(run(counted, value * step, length));
        counted += value * step * length;
        break;
      case "switch":
        for (let index = 0; index < length; index += 1) parts.push(plain(Math.min(index, value) % 2));
        break;
    }
    at += length;
  };
  const { lane } = series;
  if (typeof lane === "object") {
    const phase = phases.quiet[lane.quiet];
    absent(phase?.start ?? 0);
    stay(series.quiet[lane.quiet] ?? 0, (phase?.end ?? phases.cleared) - at + 1);
    return parts.join(" ");
  }
  if (lane === "all") {
    // Between the phases nothing is wrong; an absent gauge would still be seen with its last value.
    phases.quiet.forEach(({ start, end }, index) => {
      stay(series.calm, start - at);
      stay(series.quiet[index] ?? 0, end - start + 1);
    });
    stay(series.calm, phases.loud - at);
  }
  absent(phases.loud - at);
  stay(series.loud, phases.fires - phases.loud + 1);
  stay(series.calm, phases.cleared - phases.fires);
  return parts.join(" ");
};

/**
 * A counter that goes through all phases is a new one in each, on another of Fly's hosts: the engine takes a rate across
 * a gap from the value before it.
 */
const byPhase = (series: ProofSeries): readonly ProofSeries[] => {
  if (series.kind !== "counter" || series.lane !== "all") return [series];
  const on = (host: string, lane: ProofSeries["lane"]): ProofSeries => ({
    ...series,
    labels: { ...series.labels, host },
    lane,
  });
  return [...series.quiet.map((_, index) => on(`q${index}`, { quiet: index })), on("loud", "loud")];
};

/** Machines of different proofs in one world must not be taken for each other. */
const ownMachine = (
  rule: AlertRule,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  labels["instance"] === undefined
    ? labels
    : { ...labels, instance: `${rule.kind.signal}-${labels["instance"]}` };

const timeOf = (step: number, intervalMs: number): string => {
  const ms = step * intervalMs;
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
};

/** The alerts that a rule must have at the height of its proof. */
export const expectedAlerts = (rule: AlertRule): Expectation["exp_alerts"] =>
  rule.proof.alerts.map((alert) => {
    const labels = { ...ownMachine(rule, alert), ...rule.labels };
    return {
      exp_labels: labels,
      exp_annotations: Object.fromEntries(
        Object.entries(rule.annotations).map(([name, text]: [string, string]) => [
          name,
          filledIn(text, rule.proof.value, labels),
        ]),
      ),
    };
  });

/** The world of a rule's proof, and what must be seen in it. */
export interface RuleProof {
  readonly series: readonly InputSeries[];
  readonly expectations: readonly Expectation[];
}

/**
 * A rule's proof in time: just on the quiet side for as long as it takes to fire, silent; just on the loud side, silent
 * one evaluation before its duration has passed and firing when it has, with exactly its labels and annotations; and
 * cleared after the recovery.
 */
export const ruleProof = (rule: AlertRule, group: Pick<AlertGroup, "name" | "interval">): RuleProof => {
  const intervalMs = milliseconds(group.interval);
  const phases = phasesOf(rule, intervalMs);
  const at = (step: number, alerts: Expectation["exp_alerts"]): Expectation => ({
    eval_time: timeOf(step, intervalMs),
    groupname: group.name,
    alertname: rule.kind.name,
    exp_alerts: alerts,
  });
  return {
    series: rule.proof.series.flatMap(byPhase).map((series) => ({
      series: `${series.metric}${selector(ownMachine(rule, series.labels))}`,
      values: valuesOf(series, phases, intervalMs),
    })),
    expectations: [
      ...phases.quiet.map(({ end }) => at(end, [])),
      ...(phases.fires > 0 && phases.fires - 1 > (phases.quiet.at(-1)?.end ?? -1)
        ? [at(phases.fires - 1, [])]
        : []),
      at(phases.fires, expectedAlerts(rule)),
      ...(rule.proof.series.length > 0 ? [at(phases.cleared, [])] : []),
    ],
  };
};
