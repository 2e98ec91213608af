import type { Duration } from "../../model/units";
import type { AlertGroup } from "./rule-groups";
import type { Expectation, InputSeries, RuleProof } from "./timeline";
import { ruleProof } from "./timeline";

/** A file as vmalert-tool reads it. */
export interface ProofFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly group_eval_order: readonly string[];
  readonly tests: readonly {
    readonly name: string;
    readonly interval: string;
    readonly input_series: readonly InputSeries[];
    readonly alert_rule_test: readonly Expectation[];
  }[];
}

/** The series of several proofs in one world; each stands there once. */
const merged = (proofs: readonly RuleProof[]): InputSeries[] => {
  const all = new Map<string, string>();
  for (const { series, values } of proofs.flatMap((proof) => proof.series)) {
    const before = all.get(series);
    if (before !== undefined && before !== values)
      throw new Error(`two proofs in one world disagree on ${series}`);
    all.set(series, values);
  }
  return [...all].map(([series, values]) => ({ series, values }));
};

/** A world without any series: there must be something to write. */
const bystander: InputSeries = { series: "up", values: "1" };

interface World {
  readonly name: string;
  /** The files with the rules, seen from the file of the proof. */
  readonly ruleFiles: readonly string[];
  /** The groups in the order of their evaluation, those that record first. */
  readonly groups: readonly string[];
  readonly interval: Duration;
  readonly proofs: readonly RuleProof[];
}

/** One world in which several rules are proven at once. */
export const proofFile = ({ name, ruleFiles, groups, interval, proofs }: World): ProofFile => {
  const series = merged(proofs);
  return {
    rule_files: ruleFiles,
    evaluation_interval: interval,
    group_eval_order: groups,
    tests: [
      {
        name,
        interval,
        input_series: series.length > 0 ? series : [bystander],
        alert_rule_test: proofs.flatMap(({ expectations }) => expectations),
      },
    ],
  };
};

/** The proofs of all rules of a group. */
export const proofsOf = (group: AlertGroup): RuleProof[] => group.rules.map((rule) => ruleProof(rule, group));
