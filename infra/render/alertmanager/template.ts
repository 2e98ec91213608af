import type { Fleet } from "../../model/fleet";
import { limits } from "../../model/limits";
import { incidentLevel, severities } from "../../model/severity";
import { divided, milliseconds } from "../../model/units";
import { alertWords } from "../gatus";
import type { Step } from "./ladder";
import { isFirst, ladderOf } from "./ladder";

const { alertsWritten, annotationLength } = limits.alerting;

/** Cut to what a message quotes of an annotation. */
const cut = `reReplaceAll "(?s)^(.{${annotationLength}}).+$" "\${1}..." .`;

/** As Slack shows it literally. Source: docs.slack.dev, "Formatting message text". */
const literal = `reReplaceAll ">" "&gt;" (reReplaceAll "<" "&lt;" (reReplaceAll "&" "&amp;" (${cut})))`;

const quoted = (annotation: string): string =>
  `{{ template "flymon.slack.quoted" .Annotations.${annotation} }}`;
const plain = (annotation: string): string =>
  `{{ template "flymon.mail.quoted" .Annotations.${annotation} }}`;

const define = (name: string, body: string): string => `{{ define "flymon.${name}" }}${body}{{ end }}\n`;

/** The first alerts of a list, and how many there are beside. */
const each = (alerts: "Firing" | "Resolved", body: string, rest: string): string =>
  [
    `{{ range $index, $alert := .Alerts.${alerts} }}{{ if lt $index ${alertsWritten} }}{{ with $alert }}${body}{{ end }}{{ end }}{{ end }}`,
    `{{ if gt (len .Alerts.${alerts}) ${alertsWritten} }}${rest.replace("N", () => `{{ len (slice .Alerts.${alerts} ${alertsWritten}) }}`)}\n{{ end }}`,
  ].join("");

const time = (field: string): string => `{{ .${field}.UTC.Format "2006-01-02 15:04:05" }} UTC`;
const duration = "{{ humanizeDuration (.EndsAt.Sub .StartsAt).Seconds }}";
const machine = (name: string): string => `{{ with .Labels.instance }}, machine ${name}{{ end }}`;

/**
 * What to type to stop the ladder. The process group is not named: one that serves is named by several, and who works
 * on an alert works on all of it.
 */
const acknowledge = (stack: string): string =>
  `flymon ack --stack ${stack} --app {{ .Labels.app }} --alert {{ .Labels.alertname }}`;

const slackFiring = (stack: string): string =>
  [
    `*${quoted("summary")}*`,
    `since ${time("StartsAt")}${machine("`{{ . }}`")}`,
    quoted("description"),
    `{{ if .Annotations.action }}Next: ${quoted("action")}\n{{ end }}` +
      "{{ with .Annotations.dashboard }}<{{ . }}|Dashboard>  {{ end }}{{ with .Annotations.runbook_url }}<{{ . }}|Runbook>{{ end }}",
    `Acknowledge: \`${acknowledge(stack)}\``,
    "\n",
  ].join("\n");

const mailFiring = (stack: string): string =>
  [
    plain("summary"),
    `  Since:       ${time("StartsAt")}${machine("{{ . }}")}`,
    `  What:        ${plain("description")}`,
    `  Next:        ${plain("action")}`,
    "  Dashboard:   {{ .Annotations.dashboard }}",
    "  Runbook:     {{ .Annotations.runbook_url }}",
    `  Acknowledge: ${acknowledge(stack)}`,
    "\n",
  ].join("\n");

const level = severities
  .map(
    (severity, index) =>
      `{{ ${index === 0 ? "if" : "else if"} eq . "${severity}" }}${incidentLevel[severity]}, ${severity}`,
  )
  .join("");

/** What has happened, in one line: the alert's own words where there is one, else of what there are how many. */
const what = [
  "{{ if eq (len .Alerts) 1 }}{{ range .Alerts }}SUMMARY{{ end }}{{ else }}",
  "{{ with .CommonLabels.alertname }}{{ . }}: {{ end }}",
  "{{ with .Alerts.Firing }}{{ len . }} failing{{ end }}",
  "{{ if and .Alerts.Firing .Alerts.Resolved }}, {{ end }}",
  "{{ with .Alerts.Resolved }}{{ len . }} recovered{{ end }}",
  "{{ end }}",
].join("");

const state = `{{ if .Alerts.Firing }}${alertWords.triggered}{{ else }}${alertWords.resolved}{{ end }}`;
const sign = "{{ if .Alerts.Firing }}:rotating_light:{{ else }}:white_check_mark:{{ end }}";
const severity = `{{ template "flymon.level" .CommonLabels.severity }}`;

/** The template that lets a step pass only when it is due; nothing for the first, which always is. */
export const dueTemplate = (step: Step): string =>
  isFirst(step) ? "" : `{{ template "flymon.due-${step.after}" . }}`;

/**
 * Fails while no alert of the incident has fired for as long as a step wants; a notification that fails is tried again
 * at the next look at the group. The route's own wait counts for the group and begins once: without this, an alert
 * that joins a group on which somebody has waited before, or comes back to it, would be told to the manager at once.
 */
const dueDefinition = (step: Step, divisor: number): string => {
  const seconds = milliseconds(divided(step.after, divisor)) / 1_000 - clockSkew;
  return define(
    `due-${step.after}`,
    [
      "{{ $due := not .Alerts.Firing }}",
      `{{ range .Alerts.Firing }}{{ if ge (since .StartsAt).Seconds ${seconds.toFixed(1)} }}{{ $due = true }}{{ end }}{{ end }}`,
      // No function of Alertmanager's fails with words of ours; this one quotes them.
      `{{ if not $due }}{{ tz "that is none, for T+${step.after} is not due yet" (index .Alerts 0).StartsAt }}{{ end }}`,
    ].join(""),
  );
};

/** Seconds by which vmalert's clock may be ahead of Alertmanager's without costing a look. */
const clockSkew = 1;

/** Alertmanager's templates of a stack: what people read in Slack and in e-mails, and when a step is due. */
export const templateText = ({ alerting, settings }: Pick<Fleet, "alerting" | "settings">): string => {
  const { stack } = settings;
  const steps = ladderOf(alerting, settings).filter((step) => !isFirst(step));
  return [
    ...steps.map((step) => dueDefinition(step, settings.timeDivisor)),
    define("slack.quoted", `{{ ${literal} }}`),
    define("mail.quoted", `{{ ${cut} }}`),
    define("level", `${level}{{ else }}{{ . }}{{ end }}`),
    define(
      "slack.headline",
      `${sign} ${state} *{{ .CommonLabels.app }}* (${severity}): ${what.replace("SUMMARY", () => quoted("summary"))}`,
    ),
    define(
      "slack.color",
      `{{ if not .Alerts.Firing }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}`,
    ),
    define(
      "slack.text",
      each("Firing", slackFiring(stack), "and N more that fail\n") +
        each(
          "Resolved",
          `${alertWords.resolved}: ${quoted("summary")}, at ${time("EndsAt")} after ${duration}\n`,
          "and N more that have recovered",
        ),
    ),
    define(
      "mail.subject",
      `[${severity}] ${state} {{ .CommonLabels.app }}: ${what.replace("SUMMARY", () => plain("summary"))}`,
    ),
    define(
      "mail.text",
      each("Firing", mailFiring(stack), "and N more that fail\n") +
        each(
          "Resolved",
          `${alertWords.resolved}: ${plain("summary")}, at ${time("EndsAt")} after ${duration}\n`,
          "and N more that have recovered",
        ),
    ),
  ].join("\n");
};
