import type { SummaryRow } from "../../infra/model/summary";
import { plainTable } from "../plain-table";
import type { TimelineRow } from "./scenario";

/** What is watched and who hears of it, a row an app. */
export const summaryTable = (rows: readonly SummaryRow[]): string => {
  const cell = (lines: readonly string[]): string => lines.join("\n") || "-";
  return plainTable(
    ["app", "checks", "scaling", "uptime monitor", "channel", "severity"],
    rows.map(({ app, checks, scaling, uptime, channel, severity }) => [
      app,
      cell(checks),
      cell(scaling),
      cell(uptime),
      channel,
      severity,
    ]),
  );
};

/** How long each fault and each recovery took to be told. */
export const timelineTable = (rows: readonly TimelineRow[]): string =>
  plainTable(
    ["app", "fault", "told by", "channel", "fault -> message", "mend -> recovery"],
    rows.map(({ app, fault, toldBy, channel, faultToMessage, mendToRecovery }) => [
      app,
      fault,
      toldBy,
      `#${channel}`,
      `${faultToMessage.toFixed(1)} s`,
      `${mendToRecovery.toFixed(1)} s`,
    ]),
  );
