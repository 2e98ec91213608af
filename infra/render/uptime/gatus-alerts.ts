import type { Alerting } from "../../model/alerting";
import { channelOf } from "../../model/alerting";
import type { Severity } from "../../model/severity";
import { incidentLevel } from "../../model/severity";
import type { Duration } from "../../model/units";
import { milliseconds } from "../../model/units";
import type { Settings as GatusSettings } from "../toml-text";
import { description, escapeDollars } from "./gatus-text";

/** Gatus has one provider; alerts of the other severities override its message and so its channel. */
export const defaultSeverity: Severity = "warning";

/** Somebody is told after so many failures in a row, and of the end after so many successes. */
export interface Alert {
  readonly severity: Severity;
  readonly description: string;
  readonly failures: number;
  readonly successes: number;
  /** What stands before the message of a later step of the ladder; its end is told by the first step alone. */
  readonly call?: string;
}

/** Checks in a row after which something has been so for at least `ms` milliseconds. */
export const inARow = (ms: number, interval: Duration): number => 1 + Math.ceil(ms / milliseconds(interval));

/** Placeholders that Gatus fills in stay as they are, all else is encoded for a form. */
const formEncode = (text: string): string =>
  text
    .split(/(\[[A-Z_]+\])/)
    .map((part) => (/^\[[A-Z_]+\]$/.test(part) ? part : encodeURIComponent(part)))
    .join("");

/**
 * The message of a severity, as a form. Not as JSON: Gatus puts errors and conditions into it unescaped, one quote or
 * backslash in an answer would make the JSON invalid, and Slack's refusal (ok: false behind HTTP 200) is lost.
 */
export const slackForm = (channel: string, severity: Severity, call = ""): string => {
  const text = [
    `${call}[ALERT_TRIGGERED_OR_RESOLVED] *[ENDPOINT_GROUP] [ENDPOINT_NAME]* (${incidentLevel[severity]}, ${severity})`,
    "[ALERT_DESCRIPTION]",
    "<[ENDPOINT_URL]> [RESULT_CONDITIONS] [RESULT_ERRORS]",
  ].join("\n");
  return escapeDollars(`channel=${formEncode(`#${channel}`)}&unfurl_links=false&text=${formEncode(text)}`);
};

const alertSettings = (alert: Alert, alerting: Alerting): GatusSettings => {
  const { severity, call } = alert;
  return {
    type: "custom",
    description: description(alert.description),
    "failure-threshold": alert.failures,
    "success-threshold": alert.successes,
    "send-on-resolved": call === undefined,
    ...((severity !== defaultSeverity || call !== undefined) && {
      "provider-override": { body: slackForm(channelOf(alerting, severity).name, severity, call) },
    }),
  };
};

/** Ascending: after a restart Gatus takes the count of the last one in the list. */
export const alertsSettings = (alerts: readonly Alert[], alerting: Alerting): GatusSettings[] =>
  alerts
    .toSorted((one, other) => one.failures - other.failures)
    .map((alert) => alertSettings(alert, alerting));
