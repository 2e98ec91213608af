import type { Alert } from "./notification";

/** What the monitoring runbook's script writes before a line of each severity. */
const heads: Readonly<Record<string, string>> = {
  critical: "🚨 CRITICAL",
  warning: "⚠️ WARNING",
  info: "ℹ️ INFO",
};

/** Characters of one value: a whole stack trace in an annotation must not fill the journal. */
const longestValue = 500;

/** One line of text that cannot end, or pretend to be, an entry's key. */
const oneLine = (text: string | undefined): string =>
  (text ?? "")
    .replaceAll(/\s+/g, " ")
    .replaceAll("<!--", "< !--")
    .replaceAll("-->", "-- >")
    .trim()
    .slice(0, longestValue);

/** The runbook's form of a time: whole seconds, UTC. */
const stamp = (time: string): string => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");

const spanOf = (alert: Alert): string => {
  const seconds = Math.max(0, Math.round((Date.parse(alert.endsAt) - Date.parse(alert.startsAt)) / 1_000));
  const parts = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  const text = parts.flatMap((amount, index) => (amount > 0 ? [`${amount}${"hms"[index] ?? ""}`] : []));
  return text.join("") || "0s";
};

/** What makes a notice one that was written already: Alertmanager repeats and sends again. */
export const keyOf = ({ fingerprint, startsAt, status }: Alert): string =>
  `${fingerprint} ${startsAt} ${status}`;

const keyLine = /^\[.*<!-- ([\da-f]+ \S+ (?:firing|resolved)) -->$/;

/** The keys of the entries in a journal's text. */
export const keysIn = (text: string): string[] =>
  text.split("\n").flatMap((line) => {
    const [, key] = keyLine.exec(line) ?? [];
    return key === undefined ? [] : [key];
  });

/**
 * An alert as the journal tells it: a line as the runbook's alert script writes it, then the lines of its evidence
 * block. The key stands in a comment, which a reader of the page does not see.
 * Source: monitoring runbook, "Alert Check Script" and "Evidence and Logging".
 */
export const entryOf = (alert: Alert): string => {
  const { labels, annotations, status, startsAt, endsAt } = alert;
  const severity = labels["severity"] ?? "";
  const summary = oneLine(annotations["summary"] ?? labels["alertname"]);
  const firing = status === "firing";
  const head = firing ? (heads[severity] ?? `⚠️ ${severity.toUpperCase() || "ALERT"}`) : "✅ RESOLVED";
  const group = labels["process_group"];
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["Apps", labels["app"] && `${labels["app"]}${group === undefined ? "" : ` (${group})`}`],
    [
      "Status",
      firing ? `Firing since ${stamp(startsAt)}` : `Recovered after ${spanOf(alert)}, ${severity || "alert"}`,
    ],
    ["Alerts", labels["alertname"]],
    ["Evidence", annotations["description"]],
    ["Next step", firing ? annotations["action"] : undefined],
    ["Runbook", firing ? annotations["runbook_url"] : undefined],
  ];
  return [
    `[${stamp(firing ? startsAt : endsAt)}] ${head}: ${summary} <!-- ${keyOf(alert)} -->`,
    ...lines.flatMap(([name, value]) => (value ? [`${name}: ${oneLine(value)}`] : [])),
    "",
    "",
  ].join("\n");
};
