import { betterStackTypes } from "../../infra/model/betterstack";
import type { Properties, Value } from "../../infra/provider/properties";

/** What declarations refer to; made beforehand. */
export interface References {
  readonly policies: readonly [string, string];
  readonly monitors: readonly [string, string];
  readonly groups: readonly [string, string];
  readonly heartbeatGroup: string;
  readonly severity: string;
  readonly pages: readonly [string, string];
  readonly sections: readonly [string, string];
}

/** One kind of resource, for a suite over all of them. */
export interface KindCase {
  readonly type: string;
  readonly inputs: Properties;
  /** One at a time, after each other; every property of the kind is there or in `inputs` and `kept`. */
  readonly changes: readonly (readonly [property: string, value: Value])[];
  /** Properties that need not be changed here, and why. */
  readonly kept?: { readonly [property: string]: string };
  /** Changes that make a new one in place of the old. */
  readonly replacing?: readonly string[];
  /** An attribute that somebody changes at the service, and the property that shows it. */
  readonly outside: { readonly property: string; readonly attribute: string; readonly value: unknown };
  /** Properties that the service does not tell, so that an import cannot know them. */
  readonly untold?: readonly string[];
}

const notifications: readonly (readonly [string, Value])[] = [
  ["call", true],
  ["sms", true],
  ["email", false],
  ["push", false],
  ["criticalAlert", true],
];
const maintenance: readonly (readonly [string, Value])[] = [
  ["maintenanceTimezone", "Eastern Time (US & Canada)"],
  ["maintenanceDays", ["sun", "sat"]],
];

export const kindCases = (to: References): readonly KindCase[] => [
  {
    type: betterStackTypes.monitor,
    inputs: {
      name: "shop: health",
      url: "https://shop.example/health",
      monitorType: "status",
      maintenanceFrom: "02:00:00",
      maintenanceTo: "03:00:00",
    },
    changes: [
      ["name", "shop: synthetic"],
      ["url", "https://shop.example/synthetic"],
      ["httpMethod", "HEAD"],
      ["requestTimeout", "60s"],
      ["checkFrequency", "60s"],
      ["confirmationPeriod", "0s"],
      ["recoveryPeriod", "3m"],
      ["expectedStatusCodes", [204, 200]],
      ["requiredKeyword", "ok"],
      [
        "requestHeaders",
        [
          { name: "X-Client", value: "flymon" },
          { name: "Authorization", value: "Bearer monitor-secret-1" },
        ],
      ],
      [
        "requestHeaders",
        [
          { name: "Accept", value: "*/*" },
          { name: "X-Client", value: "flymon 2" },
        ],
      ],
      ["requestBody", "{}"],
      ["authUsername", "probe"],
      ["authPassword", "monitor-secret-2"],
      ["proxyHost", "proxy.example"],
      ["proxyPort", 3128],
      ["followRedirects", false],
      ["verifySsl", false],
      ["rememberCookies", false],
      ["ipVersion", "ipv4"],
      ["port", "8080"],
      ["regions", ["eu", "us"]],
      ["sslExpiration", "off"],
      ["domainExpiration", "30d"],
      ["sslExpiration", "14d"],
      ["policyId", to.policies[0]],
      ["expirationPolicyId", to.policies[1]],
      ["teamWait", "3m"],
      ["monitorGroupId", to.groups[0]],
      ["paused", true],
      ["scenarioName", "checkout"],
      ["playwrightScript", "// script"],
      ["environmentVariables", { LOGIN: "monitor-secret-3" }],
      ...notifications,
      ["maintenanceFrom", "01:00:00"],
      ["maintenanceTo", "04:00:00"],
      ...maintenance,
      ["monitorType", "keyword"],
    ],
    outside: { property: "checkFrequency", attribute: "check_frequency", value: 300 },
  },
  {
    type: betterStackTypes.monitorGroup,
    inputs: { name: "shop" },
    changes: [
      ["name", "shop (production)"],
      ["sortIndex", 2],
      ["paused", true],
    ],
    outside: { property: "paused", attribute: "paused", value: false },
  },
  {
    type: betterStackTypes.heartbeat,
    inputs: {
      name: "synthetic check",
      period: "5m",
      grace: "1m",
      maintenanceFrom: "02:00:00",
      maintenanceTo: "03:00:00",
    },
    changes: [
      ["name", "synthetic check of the shop"],
      ["period", "2h"],
      ["grace", "90s"],
      ["serverTimezone", "Europe/Berlin"],
      ["teamWait", "10m"],
      ["heartbeatGroupId", to.heartbeatGroup],
      ["sortIndex", 1],
      ["paused", true],
      ["policyId", to.policies[0]],
      ...notifications,
      ["maintenanceFrom", "01:00:00"],
      ["maintenanceTo", "04:00:00"],
      ...maintenance,
    ],
    outside: { property: "grace", attribute: "grace", value: 7 },
  },
  {
    type: betterStackTypes.severity,
    inputs: { name: "SEV-1" },
    changes: [["name", "SEV-1 (critical)"], ...notifications, ["severityGroupId", "7"]],
    outside: { property: "sms", attribute: "sms", value: false },
  },
  {
    type: betterStackTypes.escalationPolicy,
    inputs: {
      name: "critical",
      steps: [
        {
          type: "escalation",
          waitBefore: "0s",
          severityId: to.severity,
          stepMembers: [{ type: "user", email: "ada@hotdash.example" }],
        },
      ],
    },
    changes: [
      ["name", "critical ladder"],
      [
        "steps",
        [
          {
            type: "escalation",
            waitBefore: "0s",
            severityId: to.severity,
            stepMembers: [{ type: "user", email: "ben@hotdash.example" }, { type: "entire_team" }],
          },
          { type: "escalation", waitBefore: "300s", stepMembers: [{ type: "all_slack_integrations" }] },
          { type: "instructions", comment: "Read the runbook.", reminderEnabled: false },
          {
            type: "time_branching",
            timezone: "UTC",
            days: ["sun", "sat"],
            timeFrom: "00:00",
            timeTo: "23:59",
            policyId: to.policies[0],
          },
          {
            type: "metadata_branching",
            metadataKey: "team",
            metadataValues: [{ type: "String", value: "shop" }],
            policyId: to.policies[1],
          },
        ],
      ],
      ["repeatCount", 2],
      ["repeatDelay", "5m"],
      ["fallbackPolicyId", to.policies[1]],
      ["policyGroupId", "7"],
    ],
    outside: { property: "repeatCount", attribute: "repeat_count", value: 9 },
  },
  {
    type: betterStackTypes.onCallCalendar,
    inputs: { name: "shop on call" },
    changes: [
      ["name", "shop on call (production)"],
      [
        "rotation",
        {
          users: ["ada@hotdash.example", "ben@hotdash.example"],
          rotationLength: 1,
          rotationInterval: "week",
          startRotationsAt: "2026-01-05T09:00:00+01:00",
          endRotationsAt: "2027-01-04T09:00:00Z",
        },
      ],
      [
        "rotation",
        {
          users: ["ada@hotdash.example"],
          rotationLength: 12,
          rotationInterval: "hour",
          startRotationsAt: "2026-01-05T09:00:00+01:00",
          endRotationsAt: "2027-01-04T09:00:00Z",
          timezone: "Europe/Berlin",
          workingHours: [
            { day: "tuesday", startTime: "09:00", endTime: "17:00" },
            { day: "monday", startTime: "09:00", endTime: "17:00" },
          ],
        },
      ],
    ],
    outside: { property: "name", attribute: "name", value: "renamed by hand" },
  },
  {
    type: betterStackTypes.outgoingWebhook,
    inputs: {
      name: "to Slack",
      url: "https://hooks.example/services/webhook-secret-1",
      triggerType: "incident_change",
    },
    changes: [
      ["name", "to #incidents"],
      ["url", "https://hooks.example/services/webhook-secret-2"],
      ["onIncidentStarted", true],
      ["onIncidentAcknowledged", true],
      ["onIncidentResolved", true],
      ["onIncidentReopened", true],
      ["onIncidentComment", true],
      ["notifyAlongsidePrimaryResponder", false],
      [
        "customWebhookTemplate",
        {
          httpMethod: "post",
          authUsername: "better",
          authPassword: "webhook-secret-3",
          headersTemplate: [{ name: "X-Token", value: "webhook-secret-4" }],
          bodyTemplate: '{ "text": "$INCIDENT_ID" }',
        },
      ],
      [
        "customWebhookTemplate",
        {
          httpMethod: "put",
          authUsername: "better",
          authPassword: "webhook-secret-3",
          headersTemplate: [{ name: "X-Token", value: "webhook-secret-4" }],
          bodyTemplate: "plain $INCIDENT_ID",
        },
      ],
      ["onIncidentStarted", false],
      ["onIncidentAcknowledged", false],
      ["onIncidentResolved", false],
      ["onIncidentReopened", false],
      ["onIncidentComment", false],
      ["triggerType", "on_call_change"],
    ],
    replacing: ["triggerType"],
    outside: { property: "url", attribute: "url", value: "https://hooks.example/services/webhook-secret-5" },
  },
  {
    type: betterStackTypes.incomingWebhook,
    inputs: {
      name: "from Alertmanager",
      startedRuleType: "all",
      acknowledgedRuleType: "unused",
      resolvedRuleType: "all",
    },
    changes: [
      ["name", "from vmalert"],
      ["policyId", to.policies[0]],
      ["teamWait", "1m"],
      ["recoveryPeriod", "1m"],
      ["paused", true],
      ["startedRuleType", "any"],
      ["acknowledgedRuleType", "all"],
      ["resolvedRuleType", "any"],
      [
        "startedRules",
        [{ ruleTarget: "json", targetField: "status", matchType: "equals", content: "firing" }],
      ],
      [
        "acknowledgedRules",
        [{ ruleTarget: "json", targetField: "acked", matchType: "equals", content: "yes" }],
      ],
      [
        "resolvedRules",
        [{ ruleTarget: "json", targetField: "status", matchType: "equals", content: "resolved" }],
      ],
      ["causeField", { fieldTarget: "json", targetField: "summary", matchType: "match_everything" }],
      ["titleField", { fieldTarget: "json", targetField: "title", matchType: "match_everything" }],
      ["startedAlertIdField", { fieldTarget: "json", targetField: "id", matchType: "match_everything" }],
      ["acknowledgedAlertIdField", { fieldTarget: "json", targetField: "id", matchType: "match_everything" }],
      ["resolvedAlertIdField", { fieldTarget: "json", targetField: "id", matchType: "match_everything" }],
      ...notifications,
    ],
    outside: { property: "recoveryPeriod", attribute: "recovery_period", value: 600 },
  },
  {
    type: betterStackTypes.statusPage,
    inputs: {
      subdomain: "hotdash",
      companyName: "Hotdash",
      companyUrl: "https://hotdash.example",
      timezone: "UTC",
    },
    changes: [
      ["subdomain", "hotdash-status"],
      ["companyName", "Hotdash Inc."],
      ["companyUrl", "https://www.hotdash.example"],
      ["timezone", "Berlin"],
      ["contactUrl", "mailto:help@hotdash.example"],
      ["logoUrl", "https://hotdash.example/logo.png"],
      ["customDomain", "status.hotdash.example"],
      ["minIncidentLength", "2m"],
      ["subscribable", true],
      ["hideFromSearchEngines", true],
      ["customCss", "body {}"],
      ["announcement", "Planned work on Sunday"],
      ["announcementEmbedVisible", true],
      ["password", "page-secret-1"],
      ["passwordEnabled", true],
      ["history", "180d"],
      ["design", "v2"],
      ["theme", "dark"],
      ["layout", "horizontal"],
    ],
    outside: { property: "companyName", attribute: "company_name", value: "Somebody else" },
    untold: ["password"],
  },
  {
    type: betterStackTypes.statusPageSection,
    inputs: { statusPageId: to.pages[0], name: "Shop" },
    changes: [
      ["name", "Storefront"],
      ["position", 1],
      ["statusPageId", to.pages[1]],
    ],
    replacing: ["statusPageId"],
    outside: { property: "name", attribute: "name", value: "Renamed" },
  },
  {
    type: betterStackTypes.statusPageResource,
    inputs: {
      statusPageId: to.pages[0],
      resourceId: to.monitors[0],
      resourceType: "Monitor",
      publicName: "Website",
      statusPageSectionId: to.sections[0],
    },
    changes: [
      ["publicName", "Our website"],
      ["statusPageSectionId", to.sections[1]],
      ["explanation", "The shop as customers see it"],
      ["position", 0],
      ["widgetType", "response_times"],
      ["resourceId", to.monitors[1]],
    ],
    kept: {
      statusPageId: "the section would have to go along",
      resourceType: "the id would have to change with it",
    },
    replacing: ["resourceId"],
    outside: { property: "explanation", attribute: "explanation", value: "Something else" },
  },
];
