import { milliseconds, durationOf } from "../../model/units";
import { prometheusDuration } from "./durations";
import type { Comparison, Expression } from "./expression";
import { expressionText } from "./expression";
import { recordingGroups } from "./recordings";
import type { AlertRule, Recording } from "./rule";
import type { AlertGroup, WrittenGroup, WrittenRule } from "./rule-groups";
import { writtenAlert, writtenGroup } from "./rule-groups";
import type { RuleProof } from "./timeline";
import { ruleProof } from "./timeline";

/** A rule with one thing wrong. Its proof, which is that of the sound rule, must turn red. */
export interface Mutant {
  readonly rule: AlertRule;
  /** The mutant's own alertname, so that many live in one world. */
  readonly name: string;
  /** What was done: "threshold 90 becomes 99". */
  readonly what: string;
  readonly written: WrittenRule;
  /** The recording that was changed, under a name of its own. */
  readonly recording?: WrittenRule;
  /** What the sound rule would do; it is played in the sound rule's own world. */
  readonly expectations: RuleProof["expectations"];
}

interface ChangedExpression {
  readonly what: string;
  readonly text: string;
}

const changed = (expression: Expression, index: number, what: string, part: string): ChangedExpression => ({
  what,
  text: expressionText(expression.map((old, at) => (at === index ? part : old))),
});

/** A tenth of the limit; of a number of things at least a whole one, and where a tenth of nothing is nothing, one. */
const step = ({ limit, whole }: Comparison): number => {
  const tenth = Math.abs(limit) / 10;
  if (limit === 0) return 1;
  return whole ? Math.max(1, Math.round(tenth)) : tenth;
};

const changedComparisons = (expression: Expression): ChangedExpression[] =>
  expression.flatMap((part, index): ChangedExpression[] => {
    if (typeof part === "string") return [];
    const { operator, limit, whole } = part;
    const flipped = operator === ">" ? "<" : ">";
    const moved = [limit + step(part), limit - step(part)].map((to) => Number(to.toPrecision(12)));
    return [
      ...moved.map((to) =>
        changed(
          expression,
          index,
          `threshold ${limit} becomes ${to}`,
          expressionText([{ operator, limit: to }]),
        ),
      ),
      changed(expression, index, `${operator} ${limit} becomes ${flipped}`, `${flipped} ${limit}`),
      // Of things that are counted the limit itself can be met, so that its own side matters.
      ...(whole
        ? [changed(expression, index, `${operator} ${limit} becomes ${operator}=`, `${operator}= ${limit}`)]
        : []),
    ];
  });

type Change = Pick<Mutant, "what" | "written" | "recording">;

const changedDurations = (rule: AlertRule, { interval }: AlertGroup): Change[] => {
  const [duration, one] = [milliseconds(rule.for), milliseconds(interval)];
  return [duration + one, duration - one]
    .filter((ms) => ms >= 0)
    .map((ms) => {
      const to = ms === 0 ? "0s" : prometheusDuration(durationOf(ms));
      return { what: `for ${rule.for} becomes ${to}`, written: { ...writtenAlert(rule), for: to } };
    });
};

const without = (labels: Readonly<Record<string, string>>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => label !== name));

const droppedLabels = (rule: AlertRule): Change[] => {
  const written = writtenAlert(rule);
  const ofSeries = Object.keys(rule.proof.alerts[0] ?? {});
  return [
    ...Object.keys(rule.labels).map((label) => ({
      what: `label ${label} dropped`,
      written: { ...written, labels: without(rule.labels, label) },
    })),
    ...ofSeries.map((label) => ({
      what: `label ${label} dropped`,
      written: { ...written, expr: `max without (${label}) (${written.expr})` },
    })),
  ];
};

const changedRecordings = (rule: AlertRule, recordings: readonly Recording[]): Change[] => {
  const written = writtenAlert(rule);
  return recordings
    .filter(({ record }) => written.expr.includes(`${record}{`))
    .flatMap(({ record, expression }) =>
      changedComparisons(expression).map(({ what, text }, index) => {
        const name = `${record}:mutant${index}`;
        return {
          what: `${record}: ${what}`,
          written: { ...written, expr: written.expr.replaceAll(`${record}{`, `${name}{`) },
          recording: { record: name, expr: text },
        };
      }),
    );
};

/** All mutants of a rule: thresholds moved, comparisons flipped, durations shifted, labels dropped. */
export const mutantsOf = (rule: AlertRule, group: AlertGroup, timeDivisor: number): Mutant[] => {
  const recordings = recordingGroups({ timeDivisor }).flatMap(({ recordings: own }) => own);
  const changes: Change[] = [
    ...changedComparisons(rule.expression).map(({ what, text }) => ({
      what,
      written: { ...writtenAlert(rule), expr: text },
    })),
    ...changedRecordings(rule, recordings),
    ...changedDurations(rule, group),
    ...droppedLabels(rule),
  ];
  const { expectations } = ruleProof(rule, group);
  return changes.map(({ what, written, recording }, index) => {
    const name = `${rule.kind.name}_mutant${index}`;
    return {
      rule,
      name,
      what,
      written: { ...written, alert: name },
      ...(recording && { recording }),
      expectations: expectations.map((expectation) => ({ ...expectation, alertname: name })),
    };
  });
};

/** A group with its sound rules, as a control, and mutants of them. */
export const mutantGroup = (group: AlertGroup, mutants: readonly Mutant[]): WrittenGroup => {
  const sound = writtenGroup(group);
  return { ...sound, rules: [...sound.rules, ...mutants.map(({ written }) => written)] };
};

/** The changed recordings, each once. */
export const mutantRecordings = (mutants: readonly Mutant[]): WrittenRule[] => [
  ...new Map(
    mutants.flatMap(({ recording }) =>
      recording && "record" in recording ? [[recording.record, recording] as const] : [],
    ),
  ).values(),
];
