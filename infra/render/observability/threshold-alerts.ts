import type { ResolvedApp } from "../../model/app";
import { channelOf, type Alerting } from "../../model/alerting";
import type { Fleet } from "../../model/fleet";
import type { Severity } from "../../model/severity";
import { incidentLevel } from "../../model/severity";
import type { Signal, Threshold } from "../../model/signals";
import { thresholdOf } from "../../model/signals";
import { milliseconds } from "../../model/units";
import { rulesInTurn, rulesOfApp } from "../alerts/registry";
import type { AlertRule } from "../alerts/rule";

// The alerts that a hosted service can have too: those of a signal with a threshold.

/** One alert of one app, signal and severity. */
export interface ThresholdAlert {
  readonly app: ResolvedApp;
  readonly threshold: Threshold;
  /** The same as vmalert's: texts, labels, links. */
  readonly rule: AlertRule;
}

/** Alerts that the service does not get, and why. */
export interface LeftOut {
  /** The alert's kind: FlyLatencyHigh. */
  readonly alert: string;
  readonly apps: readonly string[];
  readonly reason: string;
}

/** Every alert with a threshold, by the rules that are evaluated here, and so for the same apps. */
export const thresholdAlerts = (fleet: Fleet): readonly ThresholdAlert[] =>
  fleet.apps.flatMap((app) =>
    rulesOfApp(app, fleet).flatMap((rule): ThresholdAlert[] => {
      const threshold = thresholdOf(app.thresholds, rule.kind.signal as Signal, rule.severity);
      return threshold === undefined ? [] : [{ app, threshold, rule }];
    }),
  );

/** What a service makes of an alert: something, or the reason why it cannot. */
export type Translation<Made> = { readonly made: Made } | { readonly reason: string };

/** What the service gets of the whole fleet, and what it does not get. */
export interface Translated<Made> {
  readonly alerts: readonly Made[];
  readonly leftOut: readonly LeftOut[];
}

interface Left {
  readonly alert: string;
  readonly app: string;
  readonly reason: string;
}

/** Reasons are told once for an alert, with all its apps. */
const gathered = (left: readonly Left[]): LeftOut[] => {
  const found = new Map<string, { alert: string; reason: string; apps: Set<string> }>();
  for (const { alert, app, reason } of left) {
    const key = `${alert} ${reason}`;
    const entry = found.get(key) ?? { alert, reason, apps: new Set() };
    entry.apps.add(app);
    found.set(key, entry);
  }
  return [...found.values()].map(({ apps, ...entry }) => ({ ...entry, apps: [...apps] }));
};

const withoutThreshold = "without a threshold, so only the watchtower evaluates it";

export const translated = <Made>(
  fleet: Fleet,
  translate: (alert: ThresholdAlert) => Translation<Made>,
): Translated<Made> => {
  const results = thresholdAlerts(fleet).map((alert) => ({ alert, result: translate(alert) }));
  const taken = new Set(results.map(({ alert }) => alert.rule.kind.name));
  const others = [...rulesInTurn(fleet)].flatMap(([app, rules]) =>
    rules
      .filter(({ kind }) => !taken.has(kind.name))
      .map(({ kind }) => ({ alert: kind.name, app, reason: withoutThreshold })),
  );
  const refused = results.flatMap(({ alert, result }) =>
    "reason" in result ? [{ alert: alert.rule.kind.name, app: alert.app.name, reason: result.reason }] : [],
  );
  return {
    alerts: results.flatMap(({ result }) => ("made" in result ? [result.made] : [])),
    leftOut: gathered([...refused, ...others]),
  };
};

/** A name of its own in the stack: `shop-cpu-critical`. */
export const keyOf = ({ app, threshold: { signal, severity } }: ThresholdAlert): string =>
  `${app.name}-${signal}-${severity}`;

/** What is shown in lists: "SEV-1 shop: CPU is high (over 90 % for 5m)". */
export const titleOf = ({ app, rule, threshold }: ThresholdAlert): string =>
  `${incidentLevel[rule.severity]} ${app.name}: ${rule.kind.title} (${rule.limit} for ${threshold.for})`;

/** What a message says beneath its title. Values and machines are the service's own to add. */
export const textLinesOf = ({ rule }: ThresholdAlert): readonly string[] => [
  rule.kind.meaning,
  `Action: ${rule.annotations.action}`,
  `Runbook: ${rule.annotations.runbook_url}`,
  `Dashboard: ${rule.annotations.dashboard}`,
];

/** How long it must last, in whole minutes: no hosted service looks more often. Not divided: only sandboxes do. */
export const minutesOf = ({ threshold }: ThresholdAlert): number =>
  Math.max(1, Math.ceil(milliseconds(threshold.for) / 60_000));

/** Who hears of a severity: e-mail addresses, and the Slack channel without its #. */
export const heardBy = (
  alerting: Alerting,
  severity: Severity,
): { readonly emails: readonly string[]; readonly channel: string } => ({
  emails: alerting.routes[severity].email.flatMap((name) => alerting.recipients[name]?.email ?? []),
  channel: channelOf(alerting, severity).name,
});
