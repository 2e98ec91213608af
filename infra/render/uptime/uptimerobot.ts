import type { ResolvedApp } from "../../model/app";
import { channelOf } from "../../model/alerting";
import type { Fleet } from "../../model/fleet";
import { monitoringHeaders } from "../../model/health-check";
import type { Settings } from "../../model/settings";
import type { Severity } from "../../model/severity";
import type { Duration } from "../../model/units";
import { durationOf, milliseconds } from "../../model/units";
import type { Monitor, UptimeRegion } from "../../model/uptime";
import type {
  UptimeRobotIntegrationInputs,
  UptimeRobotMonitorInputs,
  uptimeRobotRegions,
} from "../../model/uptimerobot";
import { addressOf } from "../gatus";
import { longestExpiry } from "./expiry";
import { heartbeatsOf } from "./heartbeats";
import type { Level } from "./levels";
import { levelsAtOnce, levelsOf, stepName } from "./levels";
import { callOf, headline } from "./words";

// A fleet as the things that UptimeRobot shall have. It knows no acknowledgement and no policy: the ladder is a contact
// for each of its steps, told when a monitor has been down for so long. Contacts post to Slack's incoming webhooks,
// one a channel, whose addresses are secrets that the stack holds.

/** A step of the ladder, as a contact of monitors. */
export interface PlannedContact {
  readonly key: string;
  /** Of Slack, without the leading #. */
  readonly channel: string;
  readonly inputs: Omit<UptimeRobotIntegrationInputs, "url">;
}

/** Who is told of a monitor when; `contact` is a key. */
interface Told {
  readonly contact: string;
  readonly threshold: Duration;
}

export interface PlannedMonitor {
  readonly key: string;
  readonly app: string;
  /** The declared monitor that it is. */
  readonly monitor: string;
  readonly told: readonly Told[];
  readonly inputs: Omit<UptimeRobotMonitorInputs, "assignedAlertContacts">;
}

/** Everything of a stack at UptimeRobot. */
export interface UptimeRobotPlan {
  readonly contacts: readonly PlannedContact[];
  readonly monitors: readonly PlannedMonitor[];
  readonly heartbeats: readonly Pick<PlannedMonitor, "key" | "told" | "inputs">[];
}

const regionNames: Readonly<Record<UptimeRegion, (typeof uptimeRobotRegions)[number]>> = {
  "north-america": "na",
  europe: "eu",
  asia: "as",
  oceania: "oc",
};

const minute = 60_000;

const contactKey = (level: Level): string => `${level.severity}-${stepName(level)}`;
const recoveredKey = (severity: Severity): string => `${severity}-recovered`;

/** What UptimeRobot puts in. Source: uptimerobot.com, "Web-Hook Alert Contacts". */
const name = "*monitorFriendlyName*";

/** UptimeRobot mails only to contacts that a person has confirmed: a step for people is a message that names them. */
const forPeople = (level: Level): string =>
  milliseconds(level.step) > 0 && !level.isProcedure
    ? `${stepName(level)}: ${level.action}, for ${level.people.join(", ")}.\n`
    : callOf(level);

const contactOf = (
  { alerting, settings }: Fleet,
  severity: Severity,
  key: string,
  what: { readonly turn: "triggered" | "resolved"; readonly before?: string },
): PlannedContact => {
  const channel = channelOf(alerting, severity).name;
  const details = what.turn === "triggered" ? "*alertDetails*\n" : "";
  return {
    key,
    channel,
    inputs: {
      name: `flymon ${settings.stack}: ${key} to #${channel}`,
      type: "Webhook",
      notifyFor: what.turn === "triggered" ? "Down" : "Up",
      sendAsJson: true,
      postValue: JSON.stringify({
        text: `${what.before ?? ""}${headline(what.turn, name, severity)}\n${details}*monitorURL*`,
      }),
    },
  };
};

const contactsOf = (fleet: Fleet, levels: readonly Level[]): PlannedContact[] => [
  ...new Map(
    [
      ...levels.map((level) =>
        contactOf(fleet, level.severity, contactKey(level), {
          turn: "triggered",
          before: forPeople(level),
        }),
      ),
      ...[...new Set(levels.map(({ severity }) => severity))].map((severity) =>
        contactOf(fleet, severity, recoveredKey(severity), { turn: "resolved" }),
      ),
    ].map((contact) => [contact.key, contact]),
  ).values(),
];

/** When each contact hears; the free plan tells everybody at once. */
const toldOf = (
  { uptimeRobotPlan }: Pick<Settings, "uptimeRobotPlan">,
  levels: readonly Level[],
): readonly Told[] => {
  const threshold = ({ after }: Level): Duration => {
    const minutes = Math.ceil(after / minute);
    return minutes === 0 || uptimeRobotPlan === "free" ? "0s" : durationOf(minutes * minute);
  };
  return levels.flatMap((level) => [
    { contact: contactKey(level), threshold: threshold(level) },
    // Who has heard of the beginning hears of the end.
    ...(milliseconds(level.step) === 0
      ? [{ contact: recoveredKey(level.severity), threshold: threshold(level) }]
      : []),
  ]);
};

/** "ok", 3 or true: an assertion compares types, too. */
const target = (text: string): string | number | boolean => {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
};

type Judged = Pick<UptimeRobotMonitorInputs, "type" | "keywordType" | "keywordValue" | "config">;

const judged = (monitor: Monitor): Judged => {
  if (monitor.kind === "poll" && monitor.body.length > 0) {
    const checks = monitor.body.map(({ path, equals }) => ({
      property: `$.${path}`,
      comparison: "equals" as const,
      target: target(equals),
    }));
    return { type: "API", config: { apiAssertions: { logic: "AND", checks } } };
  }
  if (monitor.kind === "poll" && monitor.keyword) {
    const { text, present } = monitor.keyword;
    // The type says when to alert, not what is well.
    return {
      type: "KEYWORD",
      keywordType: present ? "ALERT_NOT_EXISTS" : "ALERT_EXISTS",
      keywordValue: text,
    };
  }
  return { type: "HTTP" };
};

const usualTimeout = "30s";

const timing = (monitor: Monitor): Pick<UptimeRobotMonitorInputs, "timeout" | "responseTimeThreshold"> => {
  if (monitor.kind === "cold-start")
    return {
      timeout: durationOf(Math.ceil(milliseconds(monitor.budget.critical) / 1_000) * 1_000),
      responseTimeThreshold: monitor.budget.critical,
    };
  return { timeout: usualTimeout, responseTimeThreshold: monitor.responseBudget ?? "0s" };
};

const monitorsOf = (fleet: Fleet, app: ResolvedApp): PlannedMonitor[] => {
  const address = addressOf(app.name, fleet.settings);
  const hasCertificate = address.startsWith("https:");
  return app.uptime.map((monitor, index): PlannedMonitor => {
    // Once an app, however many monitors ask it.
    const tellsExpiry = hasCertificate && index === 0;
    const certificate = tellsExpiry ? longestExpiry(app.uptime, "certificateExpiry") : "off";
    const domain = tellsExpiry ? longestExpiry(app.uptime, "domainExpiry") : "off";
    const { config, ...judgement } = judged(monitor);
    const fullConfig = {
      ...config,
      ...(certificate !== "off" && { sslExpirationPeriods: [certificate] }),
    };
    return {
      key: `${app.name}-${monitor.name}`,
      app: app.name,
      monitor: monitor.name,
      told: toldOf(fleet.settings, levelsOf(fleet, app, monitor)),
      inputs: {
        name: `${app.name} ${monitor.name}`,
        url: `${address}${monitor.path}`,
        ...judgement,
        httpMethod: "GET",
        interval: monitor.interval,
        ...timing(monitor),
        successHttpResponseCodes: [String(monitor.expectedStatus)],
        customHttpHeaders: { ...monitoringHeaders, ...monitor.headers },
        sslExpirationReminder: certificate !== "off",
        domainExpirationReminder: domain !== "off",
        checkSslErrors: hasCertificate,
        ...(monitor.regions && { regions: monitor.regions.map((region) => regionNames[region]) }),
        ...(Object.keys(fullConfig).length > 0 && { config: fullConfig }),
        paused: monitor.paused,
      },
    };
  });
};

/** What a stack has at UptimeRobot. */
export const uptimeRobotPlan = (fleet: Fleet): UptimeRobotPlan => {
  const { apps, settings } = fleet;
  const heartbeats = heartbeatsOf(fleet);
  const levels = [
    ...apps.flatMap((app) => app.uptime.flatMap((monitor) => levelsOf(fleet, app, monitor))),
    ...heartbeats.flatMap(({ severity }) => levelsAtOnce(fleet, severity)),
  ];
  return {
    contacts: contactsOf(fleet, levels),
    monitors: apps.flatMap((app) => monitorsOf(fleet, app)),
    heartbeats: heartbeats.map(({ name: called, period, grace, severity }) => ({
      key: called,
      told: toldOf(settings, levelsAtOnce(fleet, severity)),
      inputs: {
        name: `flymon ${settings.stack}: ${called}`,
        type: "HEARTBEAT",
        interval: period,
        gracePeriod: grace,
      },
    })),
  };
};

/** Names of the Slack channels that UptimeRobot posts to: the stack holds an incoming webhook's address of each. */
export const uptimeRobotChannels = (fleet: Fleet): readonly string[] => [
  ...new Set(uptimeRobotPlan(fleet).contacts.map(({ channel }) => channel)),
];
