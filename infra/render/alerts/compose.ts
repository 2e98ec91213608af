import { serviceGroups } from "./groups-of";
import type { Severity } from "../../model/severity";
import type { Duration } from "../../model/units";
import { dashboardUid } from "../dashboards/uid";
import type { Comparison, Expression } from "./expression";
import { divided, inWords } from "./durations";
import type { AlertKind, AlertRule, AppContext, Proof } from "./rule";

/** Placeholders that vmalert fills in, and {@link filledIn} for a proof. */
export const placeholders = {
  value: (digits: 0 | 1 | 2): string => `{{ printf "%.${digits}f" $value }}`,
  label: (name: string): string => `{{ $labels.${name} }}`,
} as const;

/** A text with its placeholders filled in as vmalert does. */
export const filledIn = (text: string, value: number, labels: Readonly<Record<string, string>>): string =>
  text.includes("{{")
    ? text
        .replaceAll(/\{\{ printf "%\.(\d)f" \$value \}\}/g, (_, digits: string) =>
          value.toFixed(Number(digits)),
        )
        .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? "")
    : text;

/** The heading's anchor in docs/alerts.md, as GitHub makes it. */
export const anchor = (kind: Pick<AlertKind, "name">): string => kind.name.toLowerCase();

interface RuleParts {
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly expression: Expression;
  readonly for: Duration;
  /** Set where the series bring no process group. */
  readonly processGroup?: string;
  /** What is wrong, in few words: "memory of machine X is high". */
  readonly summary: string;
  /** Value and limit: "Memory is at {value} %, over the limit of 85 %". */
  readonly description: string;
  readonly limit: string;
  readonly proof: Proof;
}

/** A rule with the labels and annotations that all rules have. */
export const compose = ({ app, alerting, settings }: AppContext, parts: RuleParts): AlertRule => {
  const { kind, severity } = parts;
  const duration = parts.for === "0s" ? parts.for : divided(parts.for, settings.timeDivisor);
  return {
    kind,
    app: app.name,
    severity,
    expression: parts.expression,
    for: duration,
    labels: {
      ...(parts.processGroup !== undefined && { process_group: parts.processGroup }),
      severity,
      signal: kind.signal,
      team: app.owner,
    },
    annotations: {
      summary: parts.summary,
      description: `${parts.description}${duration === "0s" ? "" : ` for ${inWords(duration)}`}.`,
      action: kind.action[severity] ?? "",
      dashboard: `${alerting.links.dashboards}/${dashboardUid(app.name)}`,
      runbook_url: `${alerting.links.runbook}#${anchor(kind)}`,
    },
    proof: parts.proof,
    limit: parts.limit,
  };
};

/** The process groups that answer requests, as one label value: what Fly counts at the edge has no process group. */
export const servingGroup = ({ app }: AppContext): string => serviceGroups(app).join("+");

export const over = (limit: number): Comparison => ({ operator: ">", limit });
/** Of a value that is a number of things. */
export const moreThan = (limit: number): Comparison => ({ operator: ">", limit, whole: true });
export const fewerThan = (limit: number): Comparison => ({ operator: "<", limit, whole: true });
export const under = (limit: number): Comparison => ({ operator: "<", limit });
