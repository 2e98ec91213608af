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
    if (before !== undefined && before !== values) {
      throw new Error(`two proofs of one app and severity disagree on ${series}`);
    }
    all.set(series, values);
  }
  return [...all].map(([series, values]) => ({ series, values }));
};

/** A world without any series, in which there must be something to write. */
const bystander: InputSeries = { series: "up", values: "1" };

/** One world for all proofs of an app and severity. */
export const proofFile = (
  group: AlertGroup,
  ruleFiles: readonly string[],
  recordingGroups: readonly string[],
): ProofFile => {
  const proofs = group.rules.map((rule) => ruleProof(rule, group));
  const series = merged(proofs);
  return {
    rule_files: ruleFiles,
    evaluation_interval: group.interval,
    group_eval_order: [...recordingGroups, group.name],
    tests: [
      {
        name: group.name,
        interval: group.interval,
        input_series: series.length > 0 ? series : [bystander],
        alert_rule_test: proofs.flatMap(({ expectations }) => expectations),
      },
    ],
  };
};
