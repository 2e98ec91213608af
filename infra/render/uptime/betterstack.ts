import type { Alerting } from "../../model/alerting";
import { channelOf } from "../../model/alerting";
import type { ResolvedApp } from "../../model/app";
import type {
  BetterStackHeartbeatInputs,
  BetterStackMonitorInputs,
  BetterStackOutgoingWebhookInputs,
  BetterStackSeverityInputs,
  expirationWarnings,
  probeRegions,
} from "../../model/betterstack";
import { requestTimeouts } from "../../model/betterstack";
import type { Fleet } from "../../model/fleet";
import { monitoringHeaders } from "../../model/health-check";
import type { Severity } from "../../model/severity";
import type { Duration } from "../../model/units";
import { durationOf, milliseconds } from "../../model/units";
import type { Monitor, UptimeRegion } from "../../model/uptime";
import { usualRecovery } from "../../model/uptime";
import { addressOf } from "../gatus";
import { heartbeatsOf } from "./heartbeats";
import { longestExpiry } from "./expiry";
import type { Level } from "./levels";
import { levelsAtOnce, levelsOf, stepName } from "./levels";
import type { Turn } from "./words";
import { alertWords, callOf, headline } from "./words";

// A fleet as the things that Better Stack shall have. What refers to another thing names its key; the ids are Better
// Stack's and known only when it is made.

/** A step of an escalation policy. */
export interface PolicyStep {
  /** Since the step before. */
  readonly waitBefore: Duration;
  readonly severity: Severity;
  /** Keys of webhooks. */
  readonly webhooks: readonly string[];
  /** E-mail addresses of members of the team. */
  readonly people: readonly string[];
  readonly onCall: boolean;
}

/** An escalation policy; its key is its name without the stack. */
export interface Policy {
  readonly key: string;
  readonly name: string;
  readonly steps: readonly PolicyStep[];
}

type Keyed<Inputs> = { readonly key: string; readonly inputs: Inputs };

/** A monitor; `group` and `policy` are keys. */
export interface PlannedMonitor extends Keyed<
  Omit<BetterStackMonitorInputs, "policyId" | "monitorGroupId" | "expirationPolicyId">
> {
  readonly app: string;
  /** The declared monitor that it is part of. */
  readonly monitor: string;
  readonly policy: string;
  /** Who hears of a certificate or domain that ends. */
  readonly expirationPolicy: string | undefined;
}

/** Everything of a stack at Better Stack. */
export interface BetterStackPlan {
  /** Names of the apps that have a group. */
  readonly groups: readonly string[];
  readonly severities: readonly (Keyed<BetterStackSeverityInputs> & { readonly key: Severity })[];
  /** Without where they lead and what lets them in: both are secrets. */
  readonly webhooks: readonly Keyed<
    Omit<BetterStackOutgoingWebhookInputs, "url"> & { readonly body: string }
  >[];
  readonly policies: readonly Policy[];
  readonly monitors: readonly PlannedMonitor[];
  readonly heartbeats: readonly (Keyed<Omit<BetterStackHeartbeatInputs, "policyId">> & {
    readonly policy: string;
  })[];
}

const regionNames: Readonly<Record<UptimeRegion, (typeof probeRegions)[number]>> = {
  "north-america": "us",
  europe: "eu",
  asia: "as",
  oceania: "au",
};

/** The least timeout that Better Stack takes and that is not shorter. */
export const timeoutFor = (budget: Duration): Duration => {
  const { values } = requestTimeouts.http;
  const longest = values[values.length - 1] ?? budget;
  return values.find((value) => milliseconds(value) >= milliseconds(budget)) ?? longest;
};

/** An answer that takes longer is a failure where no budget is declared. */
const usualTimeout = "10s";

const waits = (levels: readonly Level[]): Duration[] =>
  levels.map(({ after }, index) => {
    const since = after - (levels[index - 1]?.after ?? after);
    return since === 0 ? "0s" : durationOf(since);
  });

const startedKey = (level: Level): string => `${level.severity}-${stepName(level)}`;
const turnKey = (severity: Severity, turn: Turn): string => `${severity}-${turn}`;

/**
 * When which severity is reached names a policy, not who is told then: that may change without a new policy.
 * "critical-after-3m" is told of three minutes after the incident was opened.
 */
const policyKey = (levels: readonly Level[]): string =>
  // Without levels the incident is kept and nobody is told.
  (levels.length === 0 ? "silent" : "") +
  levels
    .filter(({ step }) => milliseconds(step) === 0)
    .map(({ severity, after }) => {
      const since = after - (levels[0]?.after ?? 0);
      return since === 0 ? severity : `${severity}-after-${durationOf(since)}`;
    })
    .join("-");

const policyOf = (stack: string, levels: readonly Level[]): Policy => {
  const key = policyKey(levels);
  const waitBefore = waits(levels);
  const told = new Set<Severity>();
  return {
    key,
    name: `flymon ${stack}: ${key}`,
    steps: levels.flatMap((level, index): PolicyStep[] => {
      const { severity, channel, people, onCall } = level;
      // Who has heard of the beginning hears of the acknowledgement and of the end.
      const turns = told.has(severity)
        ? []
        : [turnKey(severity, "acknowledged"), turnKey(severity, "resolved")];
      told.add(severity);
      const webhooks = channel ? [startedKey(level), ...turns] : [];
      return [{ waitBefore: waitBefore[index] ?? "0s", severity, webhooks, people, onCall }];
    }),
  };
};

/** Slack's chat.postMessage; Better Stack fills in what follows a dollar. */
const slackBody = (channel: string, text: string): string =>
  JSON.stringify({ channel: `#${channel}`, text, unfurl_links: false });

const webhookName = (stack: string, alerting: Alerting, severity: Severity, what: string): string =>
  `flymon ${stack}: ${severity} to #${channelOf(alerting, severity).name}, ${what}`;

const webhooksOf = (
  { alerting, settings: { stack } }: Fleet,
  levels: readonly Level[],
): BetterStackPlan["webhooks"] => {
  const common = { triggerType: "incident_change", notifyAlongsidePrimaryResponder: false } as const;
  const off = { onIncidentStarted: false, onIncidentAcknowledged: false, onIncidentResolved: false } as const;
  const started = levels
    .filter(({ channel }) => channel)
    .map((level) => ({
      key: startedKey(level),
      inputs: {
        name: webhookName(stack, alerting, level.severity, stepName(level)),
        ...common,
        ...off,
        onIncidentStarted: true,
        body: slackBody(
          channelOf(alerting, level.severity).name,
          `${callOf(level)}${headline("triggered", "$NAME", level.severity)}\n$CAUSE\n$URL`,
        ),
      },
    }));
  const turns = [...new Set(levels.map(({ severity }) => severity))].flatMap((severity) =>
    (["acknowledged", "resolved"] as const).map((turn) => ({
      key: turnKey(severity, turn),
      inputs: {
        name: webhookName(stack, alerting, severity, alertWords[turn].toLowerCase()),
        ...common,
        ...off,
        ...(turn === "acknowledged" ? { onIncidentAcknowledged: true } : { onIncidentResolved: true }),
        body: slackBody(channelOf(alerting, severity).name, `${headline(turn, "$NAME", severity)}\n$URL`),
      },
    })),
  );
  const byKey = new Map([...started, ...turns].map((webhook) => [webhook.key, webhook]));
  return [...byKey.values()];
};

/** What a keyword monitor looks for: the field as a JSON text without blanks has it. */
export const jsonKeyword = ({ path, equals }: { readonly path: string; readonly equals: string }): string =>
  `"${path}":${/^(?:-?\d+(?:\.\d+)?|true|false|null)$/.test(equals) ? equals : `"${equals}"`}`;

type Judged = Pick<BetterStackMonitorInputs, "monitorType" | "requiredKeyword" | "expectedStatusCodes">;

/** Better Stack judges one thing a monitor: the status, or one keyword. */
const judgements = (monitor: Monitor): readonly { readonly suffix: string; readonly judged: Judged }[] => {
  const byStatus = {
    suffix: "",
    judged: { monitorType: "expected_status_code", expectedStatusCodes: [monitor.expectedStatus] },
  } as const;
  if (monitor.kind === "cold-start") return [byStatus];
  const keywords = [
    ...monitor.body.map((condition) => ({
      name: condition.path,
      judged: { monitorType: "keyword", requiredKeyword: jsonKeyword(condition) } as const,
    })),
    ...(monitor.keyword
      ? [
          {
            name: "keyword",
            judged: {
              monitorType: monitor.keyword.present ? "keyword" : "keyword_absence",
              requiredKeyword: monitor.keyword.text,
            } as const,
          },
        ]
      : []),
  ];
  // An answer without the keyword would pass where only its absence is asked for.
  const first = monitor.body.length === 0 && monitor.keyword?.present !== true ? [byStatus] : [];
  return [
    ...first,
    ...keywords.map(({ name, judged }, index) => ({
      suffix: index === 0 && first.length === 0 ? "" : `-${name}`,
      judged,
    })),
  ];
};

const expiryOf = (days: Duration | "off") => days as (typeof expirationWarnings)[number] | "off"; // refused before

const budgetOf = (monitor: Monitor): Duration =>
  monitor.kind === "cold-start" ? monitor.budget.critical : (monitor.responseBudget ?? usualTimeout);

const monitorsOf = (fleet: Fleet, app: ResolvedApp): readonly PlannedMonitor[] => {
  const address = addressOf(app.name, fleet.settings);
  const hasCertificate = address.startsWith("https:");
  // Once an app, however many monitors ask it.
  const certificate = hasCertificate ? longestExpiry(app.uptime, "certificateExpiry") : "off";
  const domain = hasCertificate ? longestExpiry(app.uptime, "domainExpiry") : "off";
  const parts = app.uptime.flatMap((monitor) =>
    judgements(monitor).map(({ suffix, judged }) => ({ monitor, name: `${monitor.name}${suffix}`, judged })),
  );
  return parts.map(({ monitor, name, judged }, index): PlannedMonitor => {
    const levels = levelsOf(fleet, app, monitor);
    const [first] = levels;
    const isFirst = index === 0;
    const tellsExpiry = isFirst && (certificate !== "off" || domain !== "off");
    const headers = Object.entries({ ...monitoringHeaders, ...monitor.headers });
    return {
      key: `${app.name}-${name}`,
      app: app.name,
      monitor: monitor.name,
      policy: policyKey(levels),
      expirationPolicy: tellsExpiry ? policyKey(levelsAtOnce(fleet, "warning")) : undefined,
      inputs: {
        name: `${app.name} ${name}`,
        url: `${address}${monitor.path}`,
        ...judged,
        httpMethod: "GET",
        requestTimeout: timeoutFor(budgetOf(monitor)),
        checkFrequency: monitor.interval,
        confirmationPeriod: first === undefined || first.after === 0 ? "0s" : durationOf(first.after),
        recoveryPeriod: monitor.kind === "cold-start" ? "0s" : (monitor.recovery ?? usualRecovery),
        requestHeaders: headers.map(([header, value]) => ({ name: header, value })),
        ...(monitor.regions && { regions: monitor.regions.map((region) => regionNames[region]) }),
        sslExpiration: isFirst ? expiryOf(certificate) : "off",
        domainExpiration: isFirst ? expiryOf(domain) : "off",
        paused: monitor.paused,
      },
    };
  });
};

const distinct = <Thing extends { readonly key: string }>(things: readonly Thing[]): Thing[] => [
  ...new Map(things.map((thing) => [thing.key, thing])).values(),
];

/** What a stack has at Better Stack. */
export const betterStackPlan = (fleet: Fleet): BetterStackPlan => {
  const { apps, alerting, settings } = fleet;
  const watched = apps.filter(({ uptime }) => uptime.length > 0);
  const monitors = watched.flatMap((app) => monitorsOf(fleet, app));
  const heartbeats = heartbeatsOf(fleet);
  const ladders = [
    ...watched.flatMap((app) => app.uptime.map((monitor) => levelsOf(fleet, app, monitor))),
    ...heartbeats.map(({ severity }) => levelsAtOnce(fleet, severity)),
    ...(monitors.some(({ expirationPolicy }) => expirationPolicy) ? [levelsAtOnce(fleet, "warning")] : []),
  ];
  const levels = ladders.flat();
  const told = [...new Set(levels.map(({ severity }) => severity))];
  return {
    groups: watched.map(({ name }) => name),
    severities: told.map((severity) => ({
      key: severity,
      inputs: {
        name: `flymon ${settings.stack}: ${severity}`,
        email: true,
        push: true,
        call: false,
        sms: alerting.routes[severity].sms !== undefined,
        criticalAlert: severity === "critical",
      },
    })),
    webhooks: webhooksOf(fleet, levels),
    policies: distinct(ladders.map((ladder) => policyOf(settings.stack, ladder))),
    monitors,
    heartbeats: heartbeats.map(({ name, period, grace, severity }) => ({
      key: name,
      policy: policyKey(levelsAtOnce(fleet, severity)),
      inputs: { name: `flymon ${settings.stack}: ${name}`, period, grace },
    })),
  };
};
