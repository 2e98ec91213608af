import type { Duration } from "./units";

// The inputs of the resources that make things at Better Stack, and the closed sets of its Uptime API (v2; policies
// v3). Properties are the API's in camel case, durations are typed and ids are texts, as Pulumi has them. What is not
// declared is not managed: Better Stack fills it in, and it stays as it is.
// Source: https://betterstack.com/docs/uptime/api and its maintained Terraform provider.

export const monitorTypes = [
  "status",
  "expected_status_code",
  "keyword",
  "keyword_absence",
  "ping",
  "tcp",
  "udp",
  "smtp",
  "pop",
  "imap",
  "dns",
  "playwright",
] as const;
export type BetterStackMonitorType = (typeof monitorTypes)[number];

/** Monitors that make an HTTP request. */
export const httpMonitorTypes: readonly BetterStackMonitorType[] = [
  "status",
  "expected_status_code",
  "keyword",
  "keyword_absence",
];

/** The API takes only these request timeouts, and counts them in seconds or milliseconds as the type has it. */
export const requestTimeouts = {
  http: { unit: "s", values: ["2s", "3s", "5s", "10s", "15s", "30s", "45s", "1m"] },
  network: { unit: "ms", values: ["500ms", "1s", "2s", "3s", "5s"] },
  playwright: {
    unit: "s",
    values: ["15s", "30s", "45s", "1m", "2m", "3m", "4m", "5m", "6m", "8m", "10m", "15m"],
  },
} as const satisfies Record<string, { unit: "s" | "ms"; values: readonly Duration[] }>;

export const timeoutGroupOf = (type: unknown): keyof typeof requestTimeouts => {
  if (type === "playwright") return "playwright";
  return httpMonitorTypes.some((known) => known === type) ? "http" : "network";
};

export const httpMethods = ["GET", "HEAD", "POST", "PUT", "PATCH"] as const;
export const probeRegions = ["us", "eu", "as", "au"] as const;
/** How long before its end a certificate or domain is told of. */
export const expirationWarnings = ["1d", "2d", "3d", "7d", "14d", "30d", "60d"] as const;
export const weekDays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** The least that the API takes, and the most where it has one. Source: its provider's schema. */
export const betterStackLimits = {
  checkFrequency: { min: "30s" },
  heartbeatPeriod: { min: "30s" },
  /** A heartbeat with a time zone. */
  zonedHeartbeatPeriod: { min: "1h" },
  statusPageHistory: { min: "7d", max: "365d" },
} as const satisfies Record<string, { min: Duration; max?: Duration }>;

/** How people hear of an incident; passed over by Better Stack where a policy is set. */
export type NotificationInputs = {
  readonly call?: boolean | undefined;
  readonly sms?: boolean | undefined;
  readonly email?: boolean | undefined;
  readonly push?: boolean | undefined;
  readonly criticalAlert?: boolean | undefined;
};

/** When nothing is checked, by the clock of a time zone. */
export type MaintenanceInputs = {
  /** "02:00:00". */
  readonly maintenanceFrom?: string | undefined;
  readonly maintenanceTo?: string | undefined;
  /** Rails' name of a time zone, "Eastern Time (US & Canada)", not IANA's. */
  readonly maintenanceTimezone?: string | undefined;
  readonly maintenanceDays?: readonly (typeof weekDays)[number][] | undefined;
};

/** The inputs of `flymon:betterstack:Monitor`. */
export type BetterStackMonitorInputs = NotificationInputs &
  MaintenanceInputs & {
    /** What it is called; with the URL it tells a monitor from all others. */
    readonly name: string;
    /** Needed for all but playwright. */
    readonly url?: string | undefined;
    readonly monitorType: BetterStackMonitorType;
    readonly httpMethod?: (typeof httpMethods)[number] | undefined;
    /** One of {@link requestTimeouts}. */
    readonly requestTimeout?: Duration | undefined;
    /** 30s or more. */
    readonly checkFrequency?: Duration | undefined;
    /** How long a failure must last before it is an incident. */
    readonly confirmationPeriod?: Duration | undefined;
    /** How long it must be up before an incident resolves itself. */
    readonly recoveryPeriod?: Duration | undefined;
    readonly expectedStatusCodes?: readonly number[] | undefined;
    readonly requiredKeyword?: string | undefined;
    /** Values may be secrets. */
    readonly requestHeaders?: readonly { readonly name: string; readonly value: string }[] | undefined;
    readonly requestBody?: string | undefined;
    readonly authUsername?: string | undefined;
    readonly authPassword?: string | undefined;
    readonly proxyHost?: string | undefined;
    readonly proxyPort?: number | undefined;
    readonly followRedirects?: boolean | undefined;
    readonly verifySsl?: boolean | undefined;
    readonly rememberCookies?: boolean | undefined;
    readonly ipVersion?: "ipv4" | "ipv6" | undefined;
    /** "25,465,587". */
    readonly port?: string | undefined;
    readonly regions?: readonly (typeof probeRegions)[number][] | undefined;
    readonly sslExpiration?: (typeof expirationWarnings)[number] | "off" | undefined;
    readonly domainExpiration?: (typeof expirationWarnings)[number] | "off" | undefined;
    readonly policyId?: string | undefined;
    /** Who hears of an expiry; the whole team by mail where there is none. */
    readonly expirationPolicyId?: string | undefined;
    readonly teamWait?: Duration | undefined;
    readonly monitorGroupId?: string | undefined;
    readonly paused?: boolean | undefined;
    readonly scenarioName?: string | undefined;
    readonly playwrightScript?: string | undefined;
    /** Secrets. */
    readonly environmentVariables?: { readonly [name: string]: string } | undefined;
  };

/** The inputs of `flymon:betterstack:MonitorGroup`. */
export type BetterStackMonitorGroupInputs = {
  readonly name: string;
  readonly sortIndex?: number | undefined;
  readonly paused?: boolean | undefined;
};

/** The inputs of `flymon:betterstack:Heartbeat`. */
export type BetterStackHeartbeatInputs = NotificationInputs &
  MaintenanceInputs & {
    readonly name: string;
    /** 30s or more. */
    readonly period: Duration;
    /** About a fifth of the period is advised. */
    readonly grace: Duration;
    /** IANA's name; with a period of 1h or more. */
    readonly serverTimezone?: string | undefined;
    readonly teamWait?: Duration | undefined;
    readonly heartbeatGroupId?: string | undefined;
    readonly sortIndex?: number | undefined;
    readonly paused?: boolean | undefined;
    readonly policyId?: string | undefined;
  };

/** The inputs of `flymon:betterstack:Severity`, which the API calls urgency. */
export type BetterStackSeverityInputs = NotificationInputs & {
  readonly name: string;
  readonly severityGroupId?: string | undefined;
};

export const memberTypes = [
  "current_on_call",
  "entire_team",
  "all_slack_integrations",
  "all_microsoft_teams_integrations",
  "all_zapier_integrations",
  "all_webhook_integrations",
  "all_splunk_on_call_integrations",
  "incident_metadata",
  "user",
  "webhook",
  "slack_integration",
  "microsoft_teams_integration",
  "zapier_webhook",
  "pagerduty_integration",
  "policy",
] as const;

/** Who is told in a step. */
export type StepMemberInputs = {
  readonly type: (typeof memberTypes)[number];
  /** A calendar's, user's, webhook's, integration's or policy's. */
  readonly id?: string | undefined;
  /** A user's, instead of the id. */
  readonly email?: string | undefined;
  /** Of incident_metadata. */
  readonly metadataKey?: string | undefined;
};

export type MetadataValueInputs = {
  /** "String", "User", "no_value" and others. */
  readonly type?: string | undefined;
  readonly value?: string | undefined;
  readonly itemId?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
};

type NextPolicy = { readonly policyId?: string | undefined; readonly policyMetadataKey?: string | undefined };

/** A step of an escalation policy; `waitBefore` counts from the step before. */
export type PolicyStepInputs =
  | {
      readonly type: "escalation";
      readonly waitBefore?: Duration | undefined;
      /** "09:00", instead of `waitBefore`. */
      readonly waitUntilTime?: string | undefined;
      readonly waitUntilTimezone?: string | undefined;
      readonly severityId?: string | undefined;
      readonly stepMembers: readonly StepMemberInputs[];
    }
  | ({
      readonly type: "time_branching";
      readonly timezone?: string | undefined;
      readonly days?: readonly (typeof weekDays)[number][] | undefined;
      readonly timeFrom?: string | undefined;
      readonly timeTo?: string | undefined;
    } & NextPolicy)
  | ({
      readonly type: "metadata_branching";
      readonly metadataKey: string;
      readonly metadataValues?: readonly MetadataValueInputs[] | undefined;
    } & NextPolicy)
  | {
      readonly type: "instructions";
      /** Markdown. */
      readonly comment: string;
      readonly reminderEnabled?: boolean | undefined;
      readonly reminderIntervalHours?: number | undefined;
    };

/** The inputs of `flymon:betterstack:EscalationPolicy`. Repeats and fallback run only while nobody acknowledged. */
export type BetterStackEscalationPolicyInputs = {
  readonly name: string;
  /** None: incidents are collected and nobody is told. */
  readonly steps: readonly PolicyStepInputs[];
  readonly repeatCount?: number | undefined;
  readonly repeatDelay?: Duration | undefined;
  readonly fallbackPolicyId?: string | undefined;
  readonly policyGroupId?: string | undefined;
};

export const rotationIntervals = ["hour", "day", "week"] as const;
export const longWeekDays = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;

/** Who is on call, each in turn. */
export type RotationInputs = {
  /** E-mail addresses. */
  readonly users: readonly string[];
  readonly rotationLength: number;
  readonly rotationInterval: (typeof rotationIntervals)[number];
  /** RFC 3339. */
  readonly startRotationsAt: string;
  readonly endRotationsAt: string;
  /** IANA's name. */
  readonly timezone?: string | undefined;
  /** "09:00" to "17:00"; around the clock where there are none. At most 50. */
  readonly workingHours?:
    | readonly {
        readonly day: (typeof longWeekDays)[number];
        readonly startTime: string;
        readonly endTime: string;
      }[]
    | undefined;
};

/** The inputs of `flymon:betterstack:OnCallCalendar`. A rotation that is no longer declared stays as it is. */
export type BetterStackOnCallCalendarInputs = {
  readonly name: string;
  readonly rotation?: RotationInputs | undefined;
};

export const webhookTriggers = ["incident_change", "on_call_change", "monitor_change"] as const;
export const webhookMethods = ["get", "post", "put", "patch", "head"] as const;

/** The inputs of `flymon:betterstack:OutgoingWebhook`. Its URL is a secret. */
export type BetterStackOutgoingWebhookInputs = {
  readonly name: string;
  readonly url: string;
  /** Cannot change in place. */
  readonly triggerType: (typeof webhookTriggers)[number];
  readonly onIncidentStarted?: boolean | undefined;
  readonly onIncidentAcknowledged?: boolean | undefined;
  readonly onIncidentResolved?: boolean | undefined;
  readonly onIncidentReopened?: boolean | undefined;
  readonly onIncidentComment?: boolean | undefined;
  readonly notifyAlongsidePrimaryResponder?: boolean | undefined;
  readonly customWebhookTemplate?:
    | {
        readonly httpMethod?: (typeof webhookMethods)[number] | undefined;
        readonly authUsername?: string | undefined;
        readonly authPassword?: string | undefined;
        readonly headersTemplate?: readonly { readonly name: string; readonly value: string }[] | undefined;
        /** JSON or other text with variables such as $INCIDENT_ID. */
        readonly bodyTemplate?: string | undefined;
      }
    | undefined;
};

export const ruleTypes = ["unused", "all", "any"] as const;
type RuleType = (typeof ruleTypes)[number];

/** A condition on a call, or how something is taken from it; keys are the API's in camel case. */
export type WebhookPart = { readonly [key: string]: string | undefined };

/** The inputs of `flymon:betterstack:IncomingWebhook`, which others call to open, acknowledge and resolve incidents. */
export type BetterStackIncomingWebhookInputs = NotificationInputs & {
  readonly name: string;
  readonly policyId?: string | undefined;
  readonly teamWait?: Duration | undefined;
  readonly recoveryPeriod?: Duration | undefined;
  readonly paused?: boolean | undefined;
  readonly startedRuleType: RuleType;
  readonly acknowledgedRuleType: RuleType;
  readonly resolvedRuleType: RuleType;
  readonly startedRules?: readonly WebhookPart[] | undefined;
  readonly acknowledgedRules?: readonly WebhookPart[] | undefined;
  readonly resolvedRules?: readonly WebhookPart[] | undefined;
  readonly causeField?: WebhookPart | undefined;
  readonly titleField?: WebhookPart | undefined;
  readonly startedAlertIdField?: WebhookPart | undefined;
  readonly acknowledgedAlertIdField?: WebhookPart | undefined;
  readonly resolvedAlertIdField?: WebhookPart | undefined;
};

/** The inputs of `flymon:betterstack:StatusPage`. */
export type BetterStackStatusPageInputs = {
  /** Unique among all of Better Stack; with it the page is found again. */
  readonly subdomain: string;
  readonly companyName: string;
  readonly companyUrl: string;
  /** Rails' name of a time zone, "UTC" or "Eastern Time (US & Canada)". */
  readonly timezone: string;
  readonly contactUrl?: string | undefined;
  /** Better Stack answers with a copy's address, so a change there is not seen. */
  readonly logoUrl?: string | undefined;
  readonly customDomain?: string | undefined;
  readonly minIncidentLength?: Duration | undefined;
  readonly subscribable?: boolean | undefined;
  readonly hideFromSearchEngines?: boolean | undefined;
  readonly customCss?: string | undefined;
  readonly announcement?: string | undefined;
  readonly announcementEmbedVisible?: boolean | undefined;
  readonly passwordEnabled?: boolean | undefined;
  /** Never answered, so a change there is not seen. */
  readonly password?: string | undefined;
  /** 7d to 365d. */
  readonly history?: Duration | undefined;
  readonly design?: "v1" | "v2" | undefined;
  readonly theme?: "light" | "dark" | "system" | undefined;
  readonly layout?: "vertical" | "horizontal" | undefined;
};

/** The inputs of `flymon:betterstack:StatusPageSection`. */
export type BetterStackStatusPageSectionInputs = {
  readonly statusPageId: string;
  readonly name: string;
  /** From zero. Others are shifted by it, so it is set and not watched. */
  readonly position?: number | undefined;
};

export const statusPageResourceTypes = [
  "Monitor",
  "MonitorGroup",
  "Heartbeat",
  "HeartbeatGroup",
  "WebhookIntegration",
  "EmailIntegration",
  "IncomingWebhook",
  "ResourceGroup",
  "LogsChart",
  "CatalogReference",
] as const;
export const widgetTypes = ["plain", "history", "intraday_history", "response_times"] as const;

/** The inputs of `flymon:betterstack:StatusPageResource`: something that a page shows. */
export type BetterStackStatusPageResourceInputs = {
  readonly statusPageId: string;
  readonly resourceId: string;
  readonly resourceType: (typeof statusPageResourceTypes)[number];
  readonly publicName: string;
  readonly statusPageSectionId?: string | undefined;
  readonly explanation?: string | undefined;
  /** From zero. Others are shifted by it, so it is set and not watched. */
  readonly position?: number | undefined;
  readonly widgetType?: (typeof widgetTypes)[number] | undefined;
};

/** The inputs of `flymon:betterstack:SlackIntegration`: looked up, because only a person can connect Slack. */
export type BetterStackSlackIntegrationInputs = {
  /** "#incidents" or "incidents". */
  readonly channel: string;
};

/** Types of the resources at Better Stack. */
export const betterStackTypes = {
  monitor: "flymon:betterstack:Monitor",
  monitorGroup: "flymon:betterstack:MonitorGroup",
  heartbeat: "flymon:betterstack:Heartbeat",
  severity: "flymon:betterstack:Severity",
  escalationPolicy: "flymon:betterstack:EscalationPolicy",
  onCallCalendar: "flymon:betterstack:OnCallCalendar",
  outgoingWebhook: "flymon:betterstack:OutgoingWebhook",
  incomingWebhook: "flymon:betterstack:IncomingWebhook",
  statusPage: "flymon:betterstack:StatusPage",
  statusPageSection: "flymon:betterstack:StatusPageSection",
  statusPageResource: "flymon:betterstack:StatusPageResource",
  slackIntegration: "flymon:betterstack:SlackIntegration",
} as const;
