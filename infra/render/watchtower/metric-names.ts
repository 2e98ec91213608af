import { exporterMetrics } from "../../model/exporter-metrics";
import type { Fleet } from "../../model/fleet";
import { expressionText } from "../alerts/expression";
import { recordingGroups } from "../alerts/recordings";
import { rulesByApp } from "../alerts/registry";

/** Words of MetricsQL that stand where a metric could. */
const words: ReadonlySet<string> = new Set(
  "and or unless if ifnot default by without on ignoring group_left group_right bool offset keep_metric_names inf nan start end step".split(
    " ",
  ),
);

/** The names of the metrics that an expression of MetricsQL reads. */
export const metricNamesOf = (expression: string): string[] => {
  const bare = expression
    .replaceAll(/\{(?:"(?:[^"\\]|\\.)*"|[^}"])*\}/g, " ")
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, " ")
    .replaceAll(/\[[^\]]*\]/g, " ")
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ");
  // What a parenthesis follows is a function; a number may end in a unit.
  return [...bare.matchAll(/(?<![\w:.])([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])/g)].flatMap(([, name = ""]) =>
    words.has(name.toLowerCase()) ? [] : [name],
  );
};

/** Read by the dashboards alone: how many machines run. */
const drawnOnly = ["fly_instance_up"];

/** What the watchtower's own parts make, and Fly does not have. */
const isOwn = (name: string): boolean =>
  Object.hasOwn(exporterMetrics, name) || name.includes(":") || name.startsWith("ALERTS");

/**
 * The metrics that rules, recordings and dashboards read from Fly, sorted: what is federated, and nothing else. Taken
 * from the expressions themselves, so that a new rule brings its metric along.
 */
export const federatedNames = (fleet: Fleet): string[] => {
  const expressions = [
    ...recordingGroups(fleet.settings).flatMap(({ recordings }) => recordings),
    ...[...rulesByApp(fleet).values()].flat(),
  ].map(({ expression }) => expressionText(expression));
  const names = new Set([...expressions.flatMap(metricNamesOf), ...drawnOnly]);
  return [...names].filter((name) => !isOwn(name)).toSorted();
};
