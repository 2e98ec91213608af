import type { Alerting } from "../model/alerting";
import { channelOf } from "../model/alerting";
import type { ResolvedApp } from "../model/app";
import { flyAddress } from "../model/app";
import type { Fleet } from "../model/fleet";
import { monitoringHeaders } from "../model/health-check";
import type { Settings } from "../model/settings";
import type { Severity } from "../model/severity";
import { incidentLevel, upTo } from "../model/severity";
import { thresholdOf } from "../model/signals";
import type { ColdStartMonitor, Monitor, PollMonitor } from "../model/uptime";
import { certificateWarning } from "../model/uptime";
import type { Duration } from "../model/units";
import { divided, goDuration, milliseconds } from "../model/units";
import type { Settings as GatusSettings } from "./toml-text";
import { slackPostUrl } from "./uptime/slack";
import { alertWords } from "./uptime/words";

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

// Gatus expands $NAME all over the file: a dollar that is meant as one is doubled, a reference stays as it is.
const escapeDollars = (text: string): string => text.replaceAll(/\$(?!\{[A-Z_]+\})/g, () => "$$");

/** Where an app is asked from outside. */
export const addressOf = (app: string, settings: Pick<Settings, "addresses">): string =>
  (settings.addresses[app] ?? flyAddress(app)).replace(/\/$/, "");

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
const slackForm = (channel: string, severity: Severity): string => {
  const text = [
    `[ALERT_TRIGGERED_OR_RESOLVED] *[ENDPOINT_GROUP] [ENDPOINT_NAME]* (${incidentLevel[severity]}, ${severity})`,
    "[ALERT_DESCRIPTION]",
    "<[ENDPOINT_URL]> [RESULT_CONDITIONS] [RESULT_ERRORS]",
  ].join("\n");
  return escapeDollars(`channel=${formEncode(`#${channel}`)}&unfurl_links=false&text=${formEncode(text)}`);
};

/** Gatus has one provider; the other severities override its message and so its channel. */
const defaultSeverity: Severity = "warning";

interface Alert {
  readonly severity: Severity;
  readonly description: string;
  readonly failures: number;
  readonly successes: number;
}

const alertSettings = (alert: Alert, alerting: Alerting): GatusSettings => ({
  type: "custom",
  description: alert.description,
  "failure-threshold": alert.failures,
  "success-threshold": alert.successes,
  "send-on-resolved": true,
  ...(alert.severity !== defaultSeverity && {
    "provider-override": { body: slackForm(channelOf(alerting, alert.severity).name, alert.severity) },
  }),
});

/** Failures in a row after which something has been failing for at least `duration`. */
const failuresFor = (duration: Duration, interval: Duration): number =>
  1 + Math.ceil(milliseconds(duration) / milliseconds(interval));

const expectation = (monitor: Monitor): string =>
  [
    `GET ${monitor.path} must answer ${monitor.expectedStatus}`,
    ...(monitor.kind === "poll" ? monitor.body.map(({ path, equals }) => `${path} ${equals}`) : []),
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
  },
  alerts: readonly Alert[],
): GatusSettings => ({
  name: probe.name,
  group: app.name,
  url: probe.url,
  interval: goDuration(divided(probe.interval, settings.timeDivisor)),
  ...(probe.headers && { headers: probe.headers }),
  ...(probe.timeout && { client: { timeout: probe.timeout } }),
  conditions: probe.conditions,
  // Ascending: after a restart Gatus takes the count of the last one in the list.
  alerts: [...alerts].sort((a, b) => a.failures - b.failures).map((alert) => alertSettings(alert, alerting)),
});

const headersOf = (monitor: Monitor): GatusSettings =>
  Object.fromEntries(
    Object.entries({ ...monitoringHeaders, ...monitor.headers }).map(([name, value]) => [
      name,
      escapeDollars(value),
    ]),
  );

const pollEndpoint = (context: Context, monitor: PollMonitor): GatusSettings => {
  const { app, settings } = context;
  const alerts = upTo(monitor.severity).flatMap((severity): Alert[] => {
    const threshold = thresholdOf(app.thresholds, "healthCheck", severity);
    if (threshold === undefined) return [];
    return [
      {
        severity,
        description: `${expectation(monitor)}; ${severity} after ${threshold.for} of failing.`,
        failures: failuresFor(threshold.for, monitor.interval),
        successes: 2,
      },
    ];
  });
  return endpoint(
    context,
    {
      name: monitor.name,
      url: `${addressOf(app.name, settings)}${monitor.path}`,
      interval: monitor.interval,
      headers: headersOf(monitor),
      conditions: [
        `[STATUS] == ${monitor.expectedStatus}`,
        ...monitor.body.map(({ path, equals }) => `[BODY].${path} == ${equals}`),
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

/** Asks Fly's edge alone for the certificate: no request reaches, or wakes, a machine. */
const certificateEndpoint = (context: Context): GatusSettings[] => {
  const url = new URL(addressOf(context.app.name, context.settings));
  if (url.protocol !== "https:" || context.app.uptime.length === 0) return [];
  return [
    endpoint(
      context,
      {
        name: "certificate",
        url: `tls://${url.hostname}:${url.port || "443"}`,
        interval: "1h",
        conditions: ["[CONNECTED] == true", `[CERTIFICATE_EXPIRATION] > ${goDuration(certificateWarning)}`],
      },
      [
        {
          severity: "warning",
          description: `The certificate of ${url.hostname} ends within ${certificateWarning}.`,
          failures: 2,
          successes: 1,
        },
      ],
    ),
  ];
};

const endpointsOf = (context: Context): GatusSettings[] => [
  ...context.app.uptime.flatMap((monitor) =>
    monitor.kind === "poll" ? [pollEndpoint(context, monitor)] : coldStartEndpoints(context, monitor),
  ),
  ...certificateEndpoint(context),
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
