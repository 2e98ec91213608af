import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
import type { Properties, Value } from "../../infra/provider/properties";

/** What declarations refer to; made beforehand. */
export interface References {
  readonly contacts: readonly [string, string];
  readonly monitors: readonly [string, string];
  readonly windows: readonly [string, string];
  readonly group: string;
}

/** One resource over its life, for a suite over all of them. */
export interface KindCase {
  readonly title: string;
  readonly type: string;
  /** Path of all objects of the kind. */
  readonly path: string;
  readonly inputs: Properties;
  /** One at a time, after each other; undefined takes the property away. */
  readonly changes: readonly (readonly [property: string, value: Value])[];
  /** Changes that make a new one in place of the old. */
  readonly replacing?: readonly string[];
  /** What somebody changes at the service, and the property that shows it. */
  readonly outside: { readonly property: string; readonly body: object };
  /** Properties that the service does not tell, so that an import cannot know them. */
  readonly untold?: readonly string[];
  readonly secrets?: readonly string[];
}

const monitors = { type: uptimeRobotTypes.monitor, path: "/monitors" };

// Nothing listens on port 9 of loopback: the sandbox really asks.
const shop = "http://127.0.0.1:9/health?a=1&b='2'";

export const kindCases = (to: References): readonly KindCase[] => [
  {
    ...monitors,
    title: "an HTTP monitor",
    inputs: { name: "shop: <health> & more", type: "HTTP", url: shop, interval: "5m" },
    changes: [
      ["name", 'shop: "health" & <b>it\'s</b> &amp; more'],
      ["url", "http://127.0.0.1:9/synthetic?x=1&y=2"],
      ["interval", "60s"],
      ["timeout", "10s"],
      ["httpMethod", "POST"],
      ["authType", "HTTP_BASIC"],
      ["httpUsername", "probe"],
      ["httpPassword", "robot-secret-1"],
      [
        "assignedAlertContacts",
        [{ alertContactId: to.contacts[1], threshold: "300s" }, { alertContactId: to.contacts[0] }],
      ],
      ["assignedAlertContacts", []],
      ["assignedAlertContacts", [{ alertContactId: to.contacts[1], threshold: "15m", recurrence: "30m" }]],
      ["successHttpResponseCodes", ["204", "200"]],
      ["customHttpHeaders", { "X-Client": "flymon", Authorization: "Bearer robot-secret-2" }],
      ["customHttpHeaders", { "X-Client": "flymon 2" }],
      ["customFields", { app: "shop", team: "web" }],
      ["customFields", { app: "shop" }],
      ["maintenanceWindowIds", [to.windows[1], to.windows[0]]],
      ["maintenanceWindowIds", [to.windows[0]]],
      ["tags", ["web", "critical"]],
      ["sslExpirationReminder", true],
      ["domainExpirationReminder", true],
      ["followRedirections", false],
      ["checkSslErrors", true],
      ["responseTimeThreshold", "2500ms"],
      ["regions", ["eu", "na"]],
      ["groupId", to.group],
      ["config", { sslExpirationPeriods: ["30d", "7d", "14d"], ipVersion: "ipv4Only" }],
      ["config", { sslExpirationPeriods: ["30d"], applicationErrorRetries: 2 }],
      ["paused", true],
      ["paused", false],
      ["customHttpHeaders", undefined],
      ["httpPassword", undefined],
      ["tags", undefined],
    ],
    outside: { property: "timeout", body: { timeout: 17 } },
    secrets: ["robot-secret-1", "robot-secret-2"],
  },
  {
    ...monitors,
    title: "a monitor that posts",
    inputs: {
      name: "shop: order",
      type: "HTTP",
      url: "http://127.0.0.1:9/order",
      interval: "5m",
      postValueType: "RAW_JSON",
      postValueData: '{ "b": [1, 2], "a": "x" }',
    },
    changes: [["postValueData", '{"a":"y","b":[1]}']],
    outside: { property: "postValueData", body: { postValueType: "RAW_JSON", postValueData: { a: "z" } } },
  },
  {
    ...monitors,
    title: "a monitor that posts a form",
    inputs: {
      name: "shop: form",
      type: "HTTP",
      url: "http://127.0.0.1:9/form",
      interval: "5m",
      postValueType: "KEY_VALUE",
      postValueData: { b: "2", a: "1" },
    },
    changes: [["postValueData", { a: "1" }]],
    outside: { property: "postValueData", body: { postValueData: { a: "1", c: "3" } } },
  },
  {
    ...monitors,
    title: "a keyword monitor",
    inputs: {
      name: "shop: keyword",
      type: "KEYWORD",
      url: "http://127.0.0.1:9/",
      interval: "5m",
      keywordType: "ALERT_EXISTS",
      keywordValue: "error & <oops>",
    },
    changes: [
      ["keywordType", "ALERT_NOT_EXISTS"],
      ["keywordValue", "Add to cart"],
      ["keywordCaseType", "CaseInsensitive"],
      ["keywordCaseType", "CaseSensitive"],
    ],
    outside: { property: "keywordValue", body: { keywordValue: "something" } },
  },
  {
    ...monitors,
    title: "a port monitor that becomes a UDP monitor",
    inputs: { name: "shop: port", type: "PORT", url: "127.0.0.1", port: 9, interval: "5m" },
    changes: [
      ["port", 10],
      ["type", "UDP"],
      ["config", { udp: { payload: "ping", packetLossThreshold: 50 } }],
    ],
    replacing: ["type"],
    outside: { property: "port", body: { port: 11 } },
  },
  {
    ...monitors,
    title: "a heartbeat",
    inputs: { name: "alert check", type: "HEARTBEAT", interval: "5m", gracePeriod: "1m" },
    changes: [
      ["interval", "1d"],
      ["gracePeriod", "2h"],
    ],
    outside: { property: "gracePeriod", body: { gracePeriod: 7 } },
  },
  {
    ...monitors,
    title: "a DNS monitor",
    inputs: {
      name: "shop: DNS",
      type: "DNS",
      url: "shop.example",
      interval: "5m",
      config: { dnsRecords: { A: ["192.0.2.2", "192.0.2.1"] } },
    },
    changes: [["config", { dnsRecords: { A: ["192.0.2.1"], MX: ["mail.shop.example"] } }]],
    outside: { property: "config", body: { config: { dnsRecords: { A: [], MX: [] } } } },
  },
  {
    ...monitors,
    title: "an API monitor",
    inputs: {
      name: "shop: API",
      type: "API",
      url: "http://127.0.0.1:9/api",
      interval: "5m",
      config: {
        apiAssertions: {
          logic: "AND",
          checks: [{ property: "$.status", comparison: "equals", target: "ok" }],
        },
      },
    },
    changes: [
      [
        "config",
        {
          apiAssertions: {
            logic: "OR",
            checks: [
              { property: "$.queue", comparison: "less_than", target: 10 },
              { property: "$.error", comparison: "is_null" },
            ],
          },
        },
      ],
    ],
    outside: {
      property: "config",
      body: {
        config: { apiAssertions: { logic: "AND", checks: [{ property: "$.error", comparison: "is_null" }] } },
      },
    },
  },
  {
    title: "a Slack integration",
    type: uptimeRobotTypes.integration,
    path: "/integrations",
    inputs: { name: "#incidents", type: "Slack", url: "https://hooks.slack.example/T0/B0/robot-secret-3" },
    changes: [
      ["name", "#incidents & friends"],
      ["notifyFor", "Down"],
      ["sslExpirationReminder", true],
      ["customValue", "<!here> shop & co"],
      ["url", "https://hooks.slack.example/T0/B0/robot-secret-4?a=1&b=2"],
      ["customValue", undefined],
    ],
    outside: {
      property: "notifyFor",
      body: { type: "Slack", data: { enableNotificationsFor: "None" } },
    },
    secrets: ["robot-secret-3", "robot-secret-4"],
  },
  {
    title: "a webhook",
    type: uptimeRobotTypes.integration,
    path: "/integrations",
    inputs: { name: "on call", type: "Webhook", url: "https://on-call.example/hook/robot-secret-5" },
    changes: [
      ["postValue", '{"text":"*monitorFriendlyName*"}'],
      ["sendAsJson", true],
      ["sendAsQueryString", true],
      ["sendAsPostParameters", true],
    ],
    outside: { property: "sendAsJson", body: { type: "Webhook", data: { sendAsJSON: false } } },
    secrets: ["robot-secret-5"],
  },
  {
    title: "a maintenance window",
    type: uptimeRobotTypes.maintenanceWindow,
    path: "/maintenance-windows",
    inputs: { name: "nightly", interval: "weekly", time: "02:00", duration: "1h", days: ["sun", "mon"] },
    changes: [
      ["name", "nightly & quiet"],
      ["time", "03:30"],
      ["duration", "90m"],
      ["days", ["sat"]],
      ["autoAddMonitors", true],
    ],
    outside: { property: "duration", body: { duration: 5 } },
  },
  {
    title: "a monthly maintenance window",
    type: uptimeRobotTypes.maintenanceWindow,
    path: "/maintenance-windows",
    inputs: { name: "monthly", interval: "monthly", time: "02:00", duration: "30m", days: ["last", 15, 1] },
    changes: [["days", [2, "last"]]],
    outside: { property: "days", body: { days: [3] } },
  },
  {
    title: "a single maintenance window",
    type: uptimeRobotTypes.maintenanceWindow,
    path: "/maintenance-windows",
    inputs: { name: "move", interval: "once", date: "2027-01-31", time: "02:00", duration: "4h" },
    changes: [["date", "2027-02-01"]],
    outside: { property: "date", body: { date: "2027-03-01" } },
  },
  {
    title: "a status page",
    type: uptimeRobotTypes.statusPage,
    path: "/psps",
    inputs: { name: "Hotdash", monitorIds: [to.monitors[0]] },
    changes: [
      ["name", "Hotdash & friends"],
      ["monitorIds", [to.monitors[1], to.monitors[0]]],
      ["status", "PAUSED"],
      ["customDomain", "status.hotdash.example"],
      ["password", "robot-secret-6"],
      ["gaCode", "UA-1-1"],
      ["shareAnalyticsConsent", true],
      ["useSmallCookieConsentModal", true],
      ["showCookieBar", true],
      ["noIndex", true],
      ["hideUrlLinks", true],
      [
        "customSettings",
        { colors: { main: "#3bd671" }, features: { showBars: true, showMonitorURL: false } },
      ],
      [
        "customSettings",
        { font: { family: "Arial" }, page: { theme: "dark" }, features: { showBars: false } },
      ],
      ["customDomain", undefined],
    ],
    outside: { property: "noIndex", body: { noIndex: false } },
    untold: ["password"],
    secrets: ["robot-secret-6"],
  },
];
