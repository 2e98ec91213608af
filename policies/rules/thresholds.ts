import type { FlyAppInputs } from "../../infra/model/resources";
import { atLeast, severities } from "../../infra/model/severity";
import type { Level, Signal } from "../../infra/model/signals";
import { defaultThresholds } from "../../infra/model/signals";
import { milliseconds } from "../../infra/model/units";
import type { Finding, ResourceRule } from "../rule";

type Row = FlyAppInputs["thresholds"][number];

const level = ({ above, for: duration }: Level): Level => ({ above, for: duration });
const written = ({ above, for: duration }: Level): string => `{ above: ${above}, for: "${duration}" }`;
const spoken = ({ above, for: duration }: Level): string => `above ${above} for ${duration}`;

const rowsOf = (app: FlyAppInputs, signal: string): Row[] =>
  severities.flatMap((severity) =>
    app.thresholds.filter((row) => row.signal === signal && row.severity === severity),
  );

/** The worse one fires later: at a higher value, or at the same after a longer time. */
const inOrder = (milder: Level, worse: Level): boolean =>
  worse.above > milder.above ||
  (worse.above === milder.above && milliseconds(worse.for) > milliseconds(milder.for));

/** Fires whenever `wanted` would, and no later. */
const asStrictAs = (found: Level, wanted: Level): boolean =>
  found.above <= wanted.above && milliseconds(found.for) <= milliseconds(wanted.for);

const outOfOrder = (app: FlyAppInputs, signal: Signal): Finding[] => {
  const rows = rowsOf(app, signal);
  return rows.slice(1).flatMap((worse, index): Finding[] => {
    const milder = rows[index];
    if (milder === undefined || inOrder(milder, worse)) return [];
    return [
      {
        origin: app,
        field: worse.field,
        value: level(worse),
        limit: `past ${milder.severity}, which fires ${spoken(milder)}`,
        mend: inOrder(worse, milder)
          ? `swap them: ${milder.severity}: ${written(worse)}, ${worse.severity}: ${written(milder)}`
          : `raise ${worse.severity} or lower ${milder.severity}: two levels must not fire together`,
      },
    ];
  });
};

export const thresholdsOrdered: ResourceRule = {
  name: "thresholds-ordered",
  title: "Thresholds in order",
  demands: "The thresholds of a signal rise from info to warning to critical.",
  limit: 'each level has a higher value than the milder one, or the same value with a longer "for"',
  why: "With levels swapped the mild message comes last and the people of SEV-1 are called for what is only a trend.",
  source: 'monitoring runbook, "Alert Thresholds by Metric"',
  mend: [
    "thresholds: {",
    "  cpu: {",
    ...severities.map((severity) => `    ${severity}: ${written(defaultThresholds.cpu[severity])},`),
    "  },",
    "},",
  ].join("\n"),
  severity: "high",
  judge: {
    flyApp: (app) =>
      [...new Set(app.thresholds.map(({ signal }) => signal))].flatMap((signal) => outOfOrder(app, signal)),
  },
};

/** The runbook's table as rows. */
const table = (Object.keys(defaultThresholds) as (keyof typeof defaultThresholds)[]).flatMap((signal) =>
  severities.flatMap((severity) => {
    const levels: Partial<Record<string, Level>> = defaultThresholds[signal];
    const wanted = levels[severity];
    return wanted ? [{ signal, severity, wanted }] : [];
  }),
);

export const thresholdsStrict: ResourceRule = {
  name: "thresholds-strict",
  title: "Thresholds no laxer than the runbook",
  demands: "No app is alerted later or milder than the runbook's table says.",
  limit: "the runbook's table (below): at each level no higher value and no longer time",
  why:
    "A declaration may be stricter than the table that the teams agreed on. A laxer one would quietly take an alert " +
    "away. A worse level that fires no later stands in for a milder one.",
  source: 'monitoring runbook, "Alert Thresholds by Metric" 1 to 5',
  mend: [
    "// this is the table: what an app does not declare is taken from it",
    "thresholds: {",
    ...[...new Set(table.map(({ signal }) => signal))].flatMap((signal) => [
      `  ${signal}: {`,
      ...table
        .filter((row) => row.signal === signal)
        .map(({ severity, wanted }) => `    ${severity}: ${written(wanted)},`),
      "  },",
    ]),
    "},",
  ].join("\n"),
  severity: "high",
  judge: {
    flyApp: (app) =>
      table.flatMap(({ signal, severity, wanted }): Finding[] => {
        const rows = rowsOf(app, signal);
        if (rows.some((row) => atLeast(row.severity, severity) && asStrictAs(row, wanted))) return [];
        const found = rows.find((row) => row.severity === severity);
        return [
          {
            origin: app,
            field: `thresholds.${signal}.${severity}`,
            value: found && level(found),
            limit: `${spoken(wanted)}, or stricter`,
            mend: `write ${severity}: ${written(wanted)}, or remove it: the runbook's table has it`,
          },
        ];
      }),
  },
};
