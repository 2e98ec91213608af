import { limits } from "../../infra/model/limits";
import type { Fleet } from "../../infra/model/fleet";
import { divided } from "../../infra/model/units";
import { seconds } from "../../infra/render/alerts/durations";
import { expressionText } from "../../infra/render/alerts/expression";
import { rulesOfApp } from "../../infra/render/alerts/registry";
import type { AlertRule } from "../../infra/render/alerts/rule";
import { evaluationInterval } from "../../infra/render/alerts/rule-groups";
import { exporterConfig } from "../../infra/render/watchtower/exporter";
import type { AlertScenario, Expected } from "./alert-scenarios";

export const ruleOf = (fleet: Fleet, app: string, { alert, severity }: Expected): AlertRule => {
  const resolved = fleet.apps.find(({ name }) => name === app);
  const rule =
    resolved &&
    rulesOfApp(resolved, fleet).find((each) => each.kind.name === alert && each.severity === severity);
  if (rule === undefined) throw new RangeError(`${app} has no ${alert} of severity ${severity}`);
  return rule;
};

/** What passes at least between a fault and its message, seconds, each as it stands in the stack. */
export interface Floor {
  /** Until the fault can be seen at all. */
  readonly before: number;
  /** Of the metric, and of what the exporter reads before it is scraped. */
  readonly scrape: number;
  readonly for: number;
  readonly evaluation: number;
  readonly groupWait: number;
  readonly seconds: number;
}

export const floorOf = (fleet: Fleet, scenario: AlertScenario, expected: Expected): Floor => {
  const { settings } = fleet;
  const rule = ruleOf(fleet, scenario.app, expected);
  const { watchtower } = settings;
  const throughExporter = expressionText(rule.expression).includes("flymon_");
  const exporter =
    throughExporter && watchtower !== undefined ? exporterConfig(fleet, watchtower).intervalMs / 1_000 : 0;
  const parts = {
    before: scenario.before?.(fleet) ?? 0,
    scrape: exporter + seconds(divided(limits.watchtower.scrapeInterval, settings.timeDivisor)),
    for: seconds(rule.for),
    evaluation: seconds(evaluationInterval(rule.severity, settings)),
    groupWait: seconds(divided(limits.alerting.groupWait[rule.severity], settings.timeDivisor)),
  };
  return { ...parts, seconds: Object.values(parts).reduce((sum, part) => sum + part, 0) };
};
