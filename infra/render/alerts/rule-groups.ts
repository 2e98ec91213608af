import { limits } from "../../model/limits";
import type { Settings } from "../../model/settings";
import type { Severity } from "../../model/severity";
import { severities } from "../../model/severity";
import type { Duration } from "../../model/units";
import { divided, prometheusDuration } from "./durations";
import { expressionText } from "./expression";
import { recordingGroups } from "./recordings";
import type { AlertRule, Recording } from "./rule";

/** A rule as vmalert reads it. */
export type WrittenRule =
  | { readonly record: string; readonly expr: string }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

/** A group as vmalert reads it. */
export interface WrittenGroup {
  readonly name: string;
  readonly interval: string;
  /** Asked for as of now; aligned to the interval, answers would be as old as half of it on average. */
  readonly eval_alignment: false;
  readonly rules: readonly WrittenRule[];
}

type Divisor = Pick<Settings, "timeDivisor">;

export const evaluationInterval = (severity: Severity, { timeDivisor }: Divisor): Duration =>
  divided(limits.alerts.evaluationInterval[severity], timeDivisor);

export const writtenAlert = (rule: AlertRule): WrittenRule => ({
  alert: rule.kind.name,
  expr: expressionText(rule.expression),
  for: prometheusDuration(rule.for),
  labels: rule.labels,
  annotations: { ...rule.annotations },
});

const writtenRecording = ({ record, expression }: Recording): WrittenRule => ({
  record,
  expr: expressionText(expression),
});

/** The rules of one app and severity: one group, in which each alertname stands once. */
export interface AlertGroup {
  readonly app: string;
  readonly severity: Severity;
  readonly name: string;
  readonly interval: Duration;
  readonly rules: readonly AlertRule[];
}

/** An app's rules by severity; a severity without rules has no group. */
export const alertGroups = (app: string, rules: readonly AlertRule[], settings: Divisor): AlertGroup[] =>
  severities.toReversed().flatMap((severity): AlertGroup[] => {
    const own = rules.filter((rule) => rule.severity === severity);
    if (own.length === 0) return [];
    return [
      {
        app,
        severity,
        name: `${app}/${severity}`,
        interval: evaluationInterval(severity, settings),
        rules: own,
      },
    ];
  });

export const writtenGroup = ({ name, interval, rules }: AlertGroup): WrittenGroup => ({
  name,
  interval: prometheusDuration(interval),
  eval_alignment: false,
  rules: rules.map(writtenAlert),
});

/** The recording rules. */
export const writtenRecordings = (settings: Divisor): WrittenGroup[] =>
  recordingGroups(settings).map(({ name, recordings }) => ({
    name,
    interval: prometheusDuration(divided(limits.alerts.recordingInterval, settings.timeDivisor)),
    eval_alignment: false,
    rules: recordings.map(writtenRecording),
  }));
