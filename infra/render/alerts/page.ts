import type { Fleet } from "../../model/fleet";
import { severities } from "../../model/severity";
import { limits } from "../../model/limits";
import { alertKinds, rulesByApp } from "./registry";
import { recordingGroups } from "./recordings";
import type { AlertKind, AlertRule } from "./rule";

const cell = (text: string): string => text.replaceAll("|", "\\|");

const worstFirst = severities.toReversed();

const limitCell = (rule: AlertRule | undefined): string =>
  rule === undefined ? "" : cell(rule.for === "0s" ? rule.limit : `${rule.limit} for ${rule.for}`);

/** A row an app: its limit and duration at each severity that the alert has anywhere. */
const thresholdTable = (rules: readonly AlertRule[]): string[] => {
  const columns = worstFirst.filter((severity) => rules.some((rule) => rule.severity === severity));
  const apps = [...new Set(rules.map(({ app }) => app))];
  return [
    `| app | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "---|").join("")}`,
    ...apps.map((app) => {
      const cells = columns.map((severity) =>
        limitCell(rules.find((rule) => rule.app === app && rule.severity === severity)),
      );
      return `| ${app} | ${cells.join(" | ")} |`;
    }),
  ];
};

const section = (kind: AlertKind, rules: readonly AlertRule[]): string[] => [
  `## ${kind.name}`,
  "",
  `**${kind.title}.** ${kind.meaning} Signal: \`${kind.signal}\`.`,
  "",
  "What to do:",
  "",
  ...worstFirst.flatMap((severity) => {
    const action = kind.action[severity];
    return action === undefined ? [] : [`- ${severity}: ${action}`];
  }),
  "",
  ...(rules.length > 0 ? thresholdTable(rules) : ["No app of the fleet has it at present."]),
  "",
  `Source: ${kind.source}.`,
  "",
];

/** The text of docs/alerts.md; `fleet` is all of it, without any stack's differences. */
export const alertsPage = (fleet: Fleet): string => {
  const rules = [...rulesByApp(fleet).values()].flat();
  return (
    [
      "# Alerts",
      "",
      "<!-- Written by `npm run docs:alerts` from infra/render/alerts, infra/model/limits.ts and infra/fleet. Do not edit. -->",
      "",
      "Every alert that the watchtower raises, with what it means, the limits of each app and what to do; the link of an",
      "alert leads to its section here. Values are the declarations': what a stack's file overrides is not shown.",
      `Rules are evaluated every ${limits.alerts.evaluationInterval.critical} (critical) or ${limits.alerts.evaluationInterval.warning} (warning, info).`,
      "Each is proven before it is applied: `npx flymon prove --stack STACK`.",
      "",
      "An alert carries the labels `app`, `process_group`, `severity`, `signal` and `team`, and those of what it is about:",
      "`instance` (the machine), `check`, `condition`, `tool`, `id` (the volume) or `hostname`. Where Fly's metrics name no",
      "machine, `process_group` names all groups it may be about, joined by `+`; it is `unknown` for a machine that the",
      "exporter has not told of.",
      "",
      "| alert | says |",
      "|---|---|",
      ...alertKinds.map(({ name, title }) => `| [${name}](#${name.toLowerCase()}) | ${title} |`),
      "",
      ...alertKinds.flatMap((kind) =>
        section(
          kind,
          rules.filter((rule) => rule.kind === kind),
        ),
      ),
      "## Recorded series",
      "",
      "Computed once, read by several alerts.",
      "",
      "| series | is |",
      "|---|---|",
      ...recordingGroups({ timeDivisor: 1 }).flatMap(({ recordings }) =>
        recordings.map(({ record, meaning }) => `| \`${record}\` | ${cell(meaning)} |`),
      ),
    ]
      .join("\n")
      .trimEnd() + "\n"
  );
};
