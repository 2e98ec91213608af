import type { ResolvedApp } from "../../model/app";
import type { Alerting } from "../../model/alerting";
import type { Settings } from "../../model/settings";
import type { Severity } from "../../model/severity";
import type { Duration } from "../../model/units";
import type { Expression } from "./expression";

/** What an alert is, whatever the app: a section of docs/alerts.md. */
export interface AlertKind {
  /** The alertname: FlyMemoryHigh. */
  readonly name: string;
  /** Label `signal`: alerts of one signal inhibit each other by severity. */
  readonly signal: string;
  /** Headline: "Memory is high". */
  readonly title: string;
  /** What it means, and how it is measured. */
  readonly meaning: string;
  /** What to do, by severity. Source: the runbooks. */
  readonly action: Partial<Record<Severity, string>>;
  readonly source: string;
}

/** Values of a series in a proof, by the phase that the proof is in. */
export interface ProofSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * A counter's values are its increase a second; a timestamp's are added to the present time; a switch's say how often
   * it goes to and fro between 0 and 1, once an evaluation, before it rests.
   */
  readonly kind: "gauge" | "counter" | "timestamp" | "switch";
  /** One value for each of the proof's quiet phases. */
  readonly quiet: readonly number[];
  /** `null`: the series is absent. */
  readonly loud: number | null;
  /** After the recovery. */
  readonly calm: number;
  /**
   * Goes through all phases, one after the other; or is one machine among others, which stays in one quiet phase or is
   * loud from the beginning until it recovers.
   */
  readonly lane: "all" | "loud" | { readonly quiet: number };
}

/**
 * The synthetic world in which a rule is proven: quiet phases lie just on the harmless side of a limit, the loud one
 * just beyond it.
 */
export interface Proof {
  readonly series: readonly ProofSeries[];
  /** The expression's value in the loud phase, as the annotations tell it. */
  readonly value: number;
  /** The labels that the series bring to each alert of the loud phase. */
  readonly alerts: readonly Readonly<Record<string, string>>[];
  /** How far back the expression looks, and so how long it takes to forget a phase. */
  readonly memory?: Duration;
  /** Evaluations from the beginning of the loud phase until the expression is true: 1 with counters, otherwise 0. */
  readonly lag?: number;
}

/** Texts with {@link placeholders} for value and labels. */
export interface Annotations {
  readonly summary: string;
  readonly description: string;
  readonly action: string;
  readonly dashboard: string;
  readonly runbook_url: string;
}

/** One alert of one app and severity: pure data, from which rule, proof, docs and mutants come. */
export interface AlertRule {
  readonly kind: AlertKind;
  readonly app: string;
  readonly severity: Severity;
  readonly expression: Expression;
  readonly for: Duration;
  /** Labels the rule adds; all others come with the series. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Annotations;
  readonly proof: Proof;
  /** What the threshold table of the docs says: "over 85 %". */
  readonly limit: string;
}

/** A series computed once and read by several rules and dashboards. */
export interface Recording {
  readonly record: string;
  readonly meaning: string;
  readonly expression: Expression;
}

/** What a family of rules is made from. */
export interface AppContext {
  readonly app: ResolvedApp;
  readonly alerting: Alerting;
  readonly settings: Settings;
}

/** One kind of alert and the rules it makes of an app. */
export interface AlertFamily {
  readonly kind: AlertKind;
  readonly rules: (context: AppContext) => readonly AlertRule[];
}
