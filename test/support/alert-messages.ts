import type { Fleet } from "../../infra/model/fleet";
import type { Severity } from "../../infra/model/severity";
import { incidentLevel, severities } from "../../infra/model/severity";
import { rulesByApp } from "../../infra/render/alerts/registry";
import type { AlertRule } from "../../infra/render/alerts/rule";
import { alertWords } from "../../infra/render/gatus";
import type { MessageView } from "../../sandbox/client";

/** What one message of Alertmanager in Slack says of one alert. */
export interface Told {
  readonly channel: string;
  readonly app: string;
  readonly severity: Severity;
  readonly alert: string;
  readonly state: "firing" | "recovered";
  /** Arrival, milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

const headline = new RegExp(
  `^:[a-z_]+: (?:${alertWords.triggered}|${alertWords.resolved}) \\*([\\w-]+)\\* \\(([^)]*)\\): `,
);

const levels = new Map(severities.map((severity) => [`${incidentLevel[severity]}, ${severity}`, severity]));

/** A summary with whatever its placeholders were filled in with. */
const pattern = ({ annotations }: AlertRule): RegExp =>
  new RegExp(
    `^${annotations.summary
      .split(/\{\{.*?\}\}/)
      .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
      .join(".+")}$`,
  );

/** Reads what messages say. Others than Alertmanager's say nothing. */
export const messageReader = (fleet: Fleet): ((message: MessageView) => readonly Told[]) => {
  const rules = rulesByApp(fleet);
  return ({ plain, channel, at }) => {
    const lines = plain.split("\n");
    const start = lines.findIndex((line) => headline.test(line));
    const [, app = "", level = ""] = headline.exec(lines[start] ?? "") ?? [];
    const severity = levels.get(level);
    if (severity === undefined) return [];
    const known = (rules.get(app) ?? [])
      .filter((rule) => rule.severity === severity)
      .map((rule) => ({ alert: rule.kind.name, summary: pattern(rule) }));
    const alertOf = (summary: string): string | undefined =>
      known.find((each) => each.summary.test(summary))?.alert;
    return lines.slice(start + 1).flatMap((line): Told[] => {
      const firing = /^\*(.+)\*$/.exec(line)?.[1];
      const recovered = new RegExp(`^${alertWords.resolved}: (.+), at \\d{4}-.* UTC after `).exec(line)?.[1];
      const summary = firing ?? recovered;
      if (summary === undefined) return [];
      const alert = alertOf(summary) ?? `unknown: ${summary}`;
      const state = firing === undefined ? "recovered" : "firing";
      return [{ channel, app, severity, alert, state, at: Date.parse(at), text: plain }];
    });
  };
};

/** For whoever reads a failure: what came, a line each. */
export const shown = (told: readonly Told[], since = 0): string =>
  told.length === 0
    ? "  nothing"
    : told
        .map(
          ({ channel, app, severity, alert, state, at }) =>
            `  +${((at - since) / 1_000).toFixed(1)} s #${channel} ${app} ${alert} (${severity}) ${state}`,
        )
        .join("\n");
