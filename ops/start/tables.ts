import Table from "cli-table3";
import type { SummaryRow } from "../../infra/model/summary";
import type { TimelineRow } from "./scenario";

/** Columns without lines and colours: narrow enough for a terminal, and the same in a log. */
const edges = [
  "top",
  "top-mid",
  "top-left",
  "top-right",
  "bottom",
  "bottom-mid",
  "bottom-left",
  "bottom-right",
];
const lines = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
const plain = {
  chars: { ...Object.fromEntries([...edges, ...lines].map((part) => [part, ""])), middle: "  " },
  style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
};

/** What is watched and who hears of it, a row an app. */
export const summaryTable = (rows: readonly SummaryRow[]): string => {
  const table = new Table({
    head: ["app", "checks", "scaling", "uptime monitor", "channel", "severity"],
    ...plain,
  });
  const cell = (lines: readonly string[]): string => lines.join("\n") || "-";
  for (const { app, checks, scaling, uptime, channel, severity } of rows)
    table.push([app, cell(checks), cell(scaling), cell(uptime), channel, severity]);
  return table.toString();
};

/** How long each fault and each recovery took to be told. */
export const timelineTable = (rows: readonly TimelineRow[]): string => {
  const table = new Table({
    head: ["app", "fault", "channel", "fault -> message", "mend -> recovery"],
    ...plain,
  });
  for (const { app, fault, channel, faultToMessage, mendToRecovery } of rows)
    table.push([
      app,
      fault,
      `#${channel}`,
      `${faultToMessage.toFixed(1)} s`,
      `${mendToRecovery.toFixed(1)} s`,
    ]);
  return table.toString();
};
