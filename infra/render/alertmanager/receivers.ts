import type { Alerting } from "../../model/alerting";
import { channelOf } from "../../model/alerting";
import type { Fleet } from "../../model/fleet";
import { limits } from "../../model/limits";
import type { Severity } from "../../model/severity";
import { partsUser, partUrl, watchtowerSecrets } from "../../model/watchtower";
import type { Settings as Data } from "../toml-text";
import type { Step } from "./ladder";
import { isProcedure } from "./ladder";
import { dueTemplate } from "./template";

/** Whom alerts are handed to. */
export interface Receiver {
  readonly name: string;
  readonly slack_configs?: readonly Data[];
  readonly email_configs?: readonly Data[];
  readonly webhook_configs?: readonly Data[];
  readonly [key: string]: undefined | string | readonly Data[];
}

/** Names of the receivers; `amtool config routes test` tells them. */
export const receiverNames = {
  /** Takes alerts and tells nobody: the dead man's switch of a stack without a heartbeat. */
  nobody: "nobody",
  heartbeat: "heartbeat",
  slack: (severity: Severity) => `${severity}-slack`,
  mail: (severity: Severity) => `${severity}-mail`,
  onCall: (severity: Severity) => `${severity}-on-call`,
  journal: (severity: Severity) => `${severity}-journal`,
  step: (step: Step) => `critical-${isProcedure(step) ? "procedure" : "mail"}-${step.after}`,
} as const;

/** The journal is another machine of the watchtower; a stack without one gets a file that could be run elsewhere. */
const appOf = ({ settings }: Pick<Fleet, "settings">): string => settings.watchtower?.app ?? "watchtower";

const template = (name: string): string => `{{ template "flymon.${name}" . }}`;

const timeout = limits.alerting.requestTimeout;

/** A message in the channel of a severity; `before` stands in front of the headline while something fires. */
const slackMessage = (
  { alerting }: Pick<Fleet, "alerting">,
  severity: Severity,
  { before, resolved = true }: { readonly before?: string; readonly resolved?: boolean } = {},
): Data => ({
  channel: `#${channelOf(alerting, severity).name}`,
  send_resolved: resolved,
  timeout,
  username: "",
  message_text: `${before === undefined ? "" : `${before}\n`}${template("slack.headline")}`,
  color: template("slack.color"),
  title: "",
  title_link: "",
  text: template("slack.text"),
  // What a notification on a phone shows is the headline; a fallback would repeat it.
  fallback: "",
});

export const slackReceiver = (fleet: Fleet, severity: Severity): Receiver => ({
  name: receiverNames.slack(severity),
  slack_configs: [slackMessage(fleet, severity)],
});

const addressOf = ({ recipients }: Alerting, name: string): string => {
  const recipient = recipients[name];
  if (recipient === undefined) throw new RangeError(`no recipient ${name}`); // the schema has refused it before
  return recipient.email;
};

/** One configuration a person: an address that the server refuses keeps the mail from nobody else. */
const mails = (
  { alerting }: Fleet,
  people: readonly string[],
  { before = "", due = "" }: { readonly before?: string; readonly due?: string } = {},
): Data[] =>
  people.map((name) => ({
    to: `${due}${addressOf(alerting, name)}`,
    send_resolved: true,
    headers: { Subject: template("mail.subject") },
    html: "",
    text: `${before}${template("mail.text")}`,
  }));

export const mailReceiver = (fleet: Fleet, severity: Severity): Receiver => ({
  name: receiverNames.mail(severity),
  email_configs: mails(fleet, fleet.alerting.routes[severity].email),
});

export const onCallReceiver = (severity: Severity): Receiver => ({
  name: receiverNames.onCall(severity),
  webhook_configs: [{ url_file: watchtowerSecrets.onCallWebhook, send_resolved: true, timeout }],
});

/** Alertmanager's own JSON; the journal writes a line for each alert. */
export const journalReceiver = (fleet: Fleet, severity: Severity): Receiver => ({
  name: receiverNames.journal(severity),
  webhook_configs: [
    {
      url: `${partUrl(appOf(fleet), "journal")}/alerts`,
      send_resolved: true,
      timeout,
      http_config: {
        basic_auth: { username: partsUser, password_file: watchtowerSecrets.partsPassword },
      },
    },
  ],
});

export const heartbeatReceiver: Receiver = {
  name: receiverNames.heartbeat,
  webhook_configs: [{ url_file: watchtowerSecrets.heartbeatUrl, send_resolved: false, timeout }],
};

const whileFiring = (words: string): string => `{{ if .Alerts.Firing }}${words}{{ end }}`;

/**
 * Who hears at a step of the ladder. A procedure is called for in the channel, by name of everybody in it; the channel
 * hears of the recovery anyway.
 */
export const stepReceiver = (fleet: Fleet, step: Step): Receiver => {
  const words = `T+${step.after}: ${step.action}.`;
  if (!isProcedure(step)) {
    const before = whileFiring(`${words}\n\n`);
    return {
      name: receiverNames.step(step),
      email_configs: mails(fleet, step.people, { before, due: dueTemplate(step) }),
    };
  }
  const before = `${dueTemplate(step)}<!channel> ${words} Nobody has acknowledged it for ${step.after}.`;
  return {
    name: receiverNames.step(step),
    slack_configs: [slackMessage(fleet, "critical", { before, resolved: false })],
  };
};
