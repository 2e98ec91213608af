import type { Alerting } from "../model/alerting";
import { channelOf } from "../model/alerting";
import type { ResolvedApp } from "../model/app";
import { flyAddress } from "../model/app";
import type { Fleet } from "../model/fleet";
import { monitoringHeaders } from "../model/health-check";
import type { Settings } from "../model/settings";
import type { ColdStartMonitor, Monitor, PollMonitor } from "../model/uptime";
import { usualRecovery } from "../model/uptime";
import type { Duration } from "../model/units";
import { divided, durationOf, goDuration, milliseconds } from "../model/units";
import type { Settings as GatusSettings } from "./toml-text";
import { longestExpiry } from "./uptime/expiry";
import type { Alert } from "./uptime/gatus-alerts";
import { alertsSettings, defaultSeverity, inARow, slackForm } from "./uptime/gatus-alerts";
import { escapeDollars, keywordCondition } from "./uptime/gatus-text";
import type { Level } from "./uptime/levels";
import { levelsOf } from "./uptime/levels";
import { slackPostUrl } from "./uptime/slack";
import { alertWords, callOf } from "./uptime/words";

export { alertWords } from "./uptime/words";

/**
 * What Gatus reads from its environment, so that no secret stands in a file: the bot's token, the file of its
 * database, address (all, if empty) and port of its page.
 */
export const gatusEnvironment = {
  slackToken: "SLACK_BOT_TOKEN",
  storagePath: "GATUS_STORAGE_PATH",
  address: "GATUS_ADDRESS",
  port: "GATUS_PORT",
} as const;

/** Variables of Gatus' environment that the declarations name in headers: "${HOTDASH_SYNTHETIC_TOKEN}". */
export const gatusVariables = ({ apps }: Pick<Fleet, "apps">): string[] => {
  const headers = apps.flatMap(({ uptime }) => uptime.flatMap((monitor) => Object.values(monitor.headers)));
  return [
    ...new Set(
      headers.flatMap((value) => [...value.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name = ""]) => name)),
    ),
  ];
};

const fromEnvironment = (name: string): string => `\${${name}}`;

/** Where an app is asked from outside. */
export const addressOf = (app: string, settings: Pick<Settings, "addresses">): string =>
  (settings.addresses[app] ?? flyAddress(app)).replace(/\/$/, "");

const expectation = (monitor: Monitor): string =>
  [
    `GET ${monitor.path} must answer ${monitor.expectedStatus}`,
    ...(monitor.kind === "poll" ? monitor.body.map(({ path, equals }) => `${path} ${equals}`) : []),
    ...(monitor.kind === "poll" && monitor.keyword
      ? [`${monitor.keyword.present ? "with" : "without"} '${monitor.keyword.text}'`]
      : []),
    ...(monitor.kind === "poll" && monitor.responseBudget ? [`within ${monitor.responseBudget}`] : []),
  ].join(", ");

interface Context {
  readonly app: ResolvedApp;
  readonly settings: Settings;
  readonly alerting: Alerting;
}

const endpoint = (
  { app, settings, alerting }: Context,
  probe: {
    name: string;
    url: string;
    interval: Duration;
    conditions: string[];
    headers?: GatusSettings;
    timeout?: string;
    paused?: boolean;
    /** Whether the interval stays as it is where time runs faster. */
    isFixed?: boolean;
  },
  alerts: readonly Alert[],
): GatusSettings => ({
  ...(probe.paused === true && { enabled: false }),
  name: probe.name,
  group: app.name,
  url: probe.url,
  interval: goDuration(
    probe.isFixed === true ? probe.interval : divided(probe.interval, settings.timeDivisor),
  ),
  ...(probe.headers && { headers: probe.headers }),
  ...(probe.timeout && { client: { timeout: probe.timeout } }),
  conditions: probe.conditions,
  alerts: alertsSettings(alerts, alerting),
});

const headersOf = (monitor: Monitor): GatusSettings =>
  Object.fromEntries(
    Object.entries({ ...monitoringHeaders, ...monitor.headers }).map(([name, value]) => [
      name,
      escapeDollars(value),
    ]),
  );

/** "critical after 5m of failing", and at a later step who is to act: "T+5m: Still critical, for engineer@team". */
const levelWords = ({ severity, step, action, people, after }: Level): string =>
  milliseconds(step) === 0
    ? `${severity} after ${durationOf(after)} of failing.`
    : `T+${step}: ${action}${people.length > 0 ? `, for ${people.join(", ")}` : ""}.`;

const pollEndpoint = (context: Context, monitor: PollMonitor): GatusSettings => {
  const { app, settings } = context;
  const successes = inARow(milliseconds(monitor.recovery ?? usualRecovery), monitor.interval);
  const alerts = levelsOf(context, app, monitor).map((level): Alert => ({
    severity: level.severity,
    description: `${expectation(monitor)}; ${levelWords(level)}`,
    failures: inARow(level.after, monitor.interval),
    successes,
    ...(milliseconds(level.step) > 0 && { call: callOf(level) }),
  }));
  return endpoint(
    context,
    {
      name: monitor.name,
      url: `${addressOf(app.name, settings)}${monitor.path}`,
      interval: monitor.interval,
      headers: headersOf(monitor),
      paused: monitor.paused,
      conditions: [
        `[STATUS] == ${monitor.expectedStatus}`,
        ...monitor.body.map(({ path, equals }) => `[BODY].${path} == ${equals}`),
        ...(monitor.keyword ? [keywordCondition(monitor.keyword)] : []),
        ...(monitor.responseBudget ? [`[RESPONSE_TIME] < ${milliseconds(monitor.responseBudget)}`] : []),
      ],
    },
    alerts,
  );
};

/**
 * One endpoint for each budget: Gatus knows one verdict for each endpoint. Both ask within a second of each other, so
 * they wake the machine once.
 */
const coldStartEndpoints = (context: Context, monitor: ColdStartMonitor): GatusSettings[] =>
  (["warning", "critical"] as const).map((severity) => {
    const budget = monitor.budget[severity];
    return endpoint(
      context,
      {
        name: severity === "warning" ? monitor.name : `${monitor.name}-${severity}`,
        url: `${addressOf(context.app.name, context.settings)}${monitor.path}`,
        interval: monitor.interval,
        headers: headersOf(monitor),
        timeout: goDuration(monitor.budget.critical),
        paused: monitor.paused,
        conditions: [`[STATUS] == ${monitor.expectedStatus}`, `[RESPONSE_TIME] < ${milliseconds(budget)}`],
      },
      [
        {
          severity,
          description: `${expectation(monitor)} within ${budget}, started by the request; ${severity} at once.`,
          failures: 1,
          successes: 1,
        },
      ],
    );
  });

/** Asks Fly's edge and the registry alone: no request reaches, or wakes, a machine. */
const expiryEndpoints = (context: Context): GatusSettings[] => {
  const { app } = context;
  const url = new URL(addressOf(app.name, context.settings));
  const asked = app.uptime.filter(({ paused }) => !paused);
  if (url.protocol !== "https:") return [];
  const kinds = [
    { name: "certificate", of: "certificateExpiry", placeholder: "CERTIFICATE_EXPIRATION" },
    { name: "domain", of: "domainExpiry", placeholder: "DOMAIN_EXPIRATION" },
  ] as const;
  return kinds.flatMap(({ name, of, placeholder }) => {
    const warning = longestExpiry(asked, of);
    if (warning === "off") return [];
    return [
      endpoint(
        context,
        {
          name,
          url: `tls://${url.hostname}:${url.port || "443"}`,
          interval: "1h",
          // With less than 5 minutes between two questions to a registry Gatus does not start.
          isFixed: name === "domain",
          conditions: ["[CONNECTED] == true", `[${placeholder}] > ${goDuration(warning)}`],
        },
        [
          {
            severity: "warning",
            description: `The ${name} of ${url.hostname} ends within ${warning}.`,
            failures: 2,
            successes: 1,
          },
        ],
      ),
    ];
  });
};

const endpointsOf = (context: Context): GatusSettings[] => [
  ...context.app.uptime.flatMap((monitor) =>
    monitor.kind === "poll" ? [pollEndpoint(context, monitor)] : coldStartEndpoints(context, monitor),
  ),
  ...expiryEndpoints(context),
];

/** The whole configuration of the stack's Gatus: one endpoint for each thing watched, alerts to Slack by severity. */
export const gatusSettings = ({ apps, alerting, settings }: Fleet): GatusSettings => ({
  web: {
    address: fromEnvironment(gatusEnvironment.address),
    port: fromEnvironment(gatusEnvironment.port),
  },
  storage: { type: "sqlite", path: fromEnvironment(gatusEnvironment.storagePath) },
  alerting: {
    custom: {
      url: slackPostUrl(settings),
      method: "POST",
      headers: {
        Authorization: `Bearer ${fromEnvironment(gatusEnvironment.slackToken)}`,
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
      },
      body: slackForm(channelOf(alerting, defaultSeverity).name, defaultSeverity),
      placeholders: {
        ALERT_TRIGGERED_OR_RESOLVED: {
          TRIGGERED: `:rotating_light: ${alertWords.triggered}`,
          RESOLVED: `:white_check_mark: ${alertWords.resolved}`,
        },
      },
    },
  },
  endpoints: apps.flatMap((app) => endpointsOf({ app, alerting, settings })),
});
