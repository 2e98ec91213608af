import type { Alerting } from "../../model/alerting";
import type { Settings } from "../../model/settings";
import { incidentLevel, severities, type Severity } from "../../model/severity";
import { slackLimits } from "../../model/slack-limits";
import { fleetDashboardUid } from "../dashboards/uid";

/** What stays at the top of a channel: its bookmarks, and the message that is pinned there. */
export interface ChannelGuide {
  /** One for each stack: stacks may share a channel. */
  readonly name: string;
  readonly title: string;
  /** Slack's mrkdwn. */
  readonly text: string;
  readonly links: readonly ChannelLink[];
}

export interface ChannelLink {
  readonly label: string;
  readonly url: string;
  readonly emoji: string;
}

type Channel = Alerting["channels"][string];

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const titlesOf = (names: readonly string[], { recipients }: Alerting): string =>
  names.map((name) => escaped(recipients[name]?.title ?? name)).join(", ");

const routeLine = (severity: Severity, alerting: Alerting): string => {
  const { email, sms, log, responseTime } = alerting.routes[severity];
  const besides = [
    ...(email.length > 0 ? [`e-mail to ${titlesOf(email, alerting)}`] : []),
    ...(sms === undefined ? [] : ["on call by SMS"]),
    ...(log === undefined ? [] : [`a line in \`${escaped(log)}\``]),
  ];
  const also = besides.length > 0 ? `; besides ${besides.join(", ")}` : "";
  return `• *${incidentLevel[severity]} (${severity})*: answer within ${responseTime}${also}`;
};

const ladderLines = (alerting: Alerting): readonly string[] => [
  "",
  "*While nobody acknowledges a critical alert*",
  ...alerting.ladder.map(({ after, notify, action }) => {
    const who = notify.length > 0 ? `: ${titlesOf(notify, alerting)}` : "";
    return `• after ${after}: ${escaped(action)}${who}`;
  }),
];

const acknowledging = ({ watchtower, stack }: Settings): readonly string[] =>
  watchtower === undefined
    ? ["", "*To acknowledge*: as each message says."]
    : [
        "",
        `*To acknowledge*: \`flymon ack --stack ${stack} --app APP --alert ALERT\`, as each message spells it out.`,
        `*Before a deploy*: \`flymon silence --stack ${stack} --app APP --for 15m --reason WHY -- COMMAND\``,
      ];

const more = "…";

/** As many of the lines as Slack takes. */
const bounded = (lines: readonly string[], longest: number): string => {
  const whole = lines.join("\n");
  if (whole.length <= longest) return whole;
  let kept = lines;
  while (kept.length > 1 && kept.join("\n").length + more.length + 1 > longest) kept = kept.slice(0, -1);
  return [...kept, more].join("\n").slice(0, longest);
};

/** The links that lead from a channel to runbook and dashboards. */
export const channelLinks = ({ links }: Alerting): readonly ChannelLink[] => [
  { label: "Runbook", url: links.runbook, emoji: ":closed_book:" },
  {
    label: "Dashboards",
    url: `${links.dashboards.replace(/\/$/, "")}/${fleetDashboardUid}`,
    emoji: ":bar_chart:",
  },
];

/** What comes to a channel, how fast somebody must answer, who is told otherwise, and how to acknowledge. */
export const channelGuide = (channel: Channel, alerting: Alerting, settings: Settings): ChannelGuide => {
  const routed = severities
    .toReversed()
    .filter((severity) => alerting.channels[alerting.routes[severity].channel]?.name === channel.name);
  const lines = [
    "*What comes here*",
    ...routed.map((severity) => routeLine(severity, alerting)),
    ...(routed.length === 0 ? ["• no alerts of this stack"] : []),
    ...(routed.includes("critical") ? ladderLines(alerting) : []),
    ...acknowledging(settings),
  ];
  return {
    name: `guide-${settings.stack.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-")}`.slice(0, 80),
    title: `Alerts of ${settings.stack}`.slice(0, slackLimits.messageTitle),
    text: bounded(lines, slackLimits.messageText),
    links: channelLinks(alerting),
  };
};
