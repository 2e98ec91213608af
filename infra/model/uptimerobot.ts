import type { Duration } from "./units";

// The inputs of the resources that make things at UptimeRobot, and the closed sets of its API (v3). Durations are typed
// and ids are texts, as Pulumi has them. What is not declared is not managed: UptimeRobot fills it in, and it stays as
// it is.
// Source: https://uptimerobot.com/api/v3 and its maintained Terraform provider.

export const uptimeRobotMonitorTypes = [
  "HTTP",
  "KEYWORD",
  "PING",
  "PORT",
  "HEARTBEAT",
  "DNS",
  "API",
  "UDP",
] as const;
export type UptimeRobotMonitorType = (typeof uptimeRobotMonitorTypes)[number];

/** Monitors that make an HTTP request. */
export const uptimeRobotHttpTypes: readonly UptimeRobotMonitorType[] = ["HTTP", "KEYWORD", "API"];

export const uptimeRobotMethods = ["HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export const uptimeRobotAuthTypes = ["NONE", "HTTP_BASIC", "DIGEST", "BEARER"] as const;
/** When to alert, not what is well: ALERT_NOT_EXISTS alerts when the keyword is missing. */
export const keywordTypes = ["ALERT_EXISTS", "ALERT_NOT_EXISTS"] as const;
export const keywordCases = ["CaseSensitive", "CaseInsensitive"] as const;
export const uptimeRobotRegions = ["na", "eu", "as", "oc"] as const;
export const postValueTypes = ["RAW_JSON", "KEY_VALUE"] as const;
export const ipVersions = ["ipv4Only", "ipv6Only"] as const;
export const dnsRecordTypes = [
  "A",
  "AAAA",
  "CNAME",
  "MX",
  "NS",
  "TXT",
  "SRV",
  "PTR",
  "SOA",
  "SPF",
  "DNSKEY",
  "DS",
  "NSEC",
  "NSEC3",
] as const;
/** Comparisons of an API monitor; the last two take no target. */
export const comparisons = [
  "equals",
  "not_equals",
  "contains",
  "not_contains",
  "greater_than",
  "less_than",
  "is_null",
  "is_not_null",
] as const;

/** Bounds of the API. Source: its provider's schema. */
export const uptimeRobotLimits = {
  interval: { min: "30s" },
  heartbeatInterval: { min: "30s", max: "31d" },
  timeout: { min: "0s", max: "60s" },
  gracePeriod: { min: "0s", max: "1d" },
  responseTimeThreshold: { min: "0s", max: "60s" },
  sslExpirationPeriod: { min: "0s", max: "365d" },
  sslExpirationPeriods: 10,
  keyword: 500,
  customFields: 20,
  customFieldName: 64,
  customFieldValue: 255,
  apiChecks: 5,
  applicationErrorRetries: 3,
} as const satisfies Record<string, number | { min: Duration; max?: Duration }>;

/**
 * Who is told of a monitor: a person's alert contact, or an integration. Contacts with growing thresholds are a ladder;
 * nobody can acknowledge, so that it climbs until the monitor is up. On the free plan both must be "0s" or left out.
 */
export type AssignedContactInputs = {
  readonly alertContactId: string;
  /** How long the monitor must be down before this contact hears, in whole minutes; at once where not declared. */
  readonly threshold?: Duration | undefined;
  /** How often it is repeated, in whole minutes; never where not declared. */
  readonly recurrence?: Duration | undefined;
};

/** A check of an API monitor. */
export type ApiCheckInputs = {
  /** JSONPath: "$.status". */
  readonly property: string;
  readonly comparison: (typeof comparisons)[number];
  /** Not for is_null and is_not_null. */
  readonly target?: string | number | boolean | undefined;
};

/** What only some types of monitors have. */
export type MonitorConfigInputs = {
  /** How long before its end the certificate is told of, in whole days, at most ten; of HTTP, KEYWORD and API. */
  readonly sslExpirationPeriods?: readonly Duration[] | undefined;
  /** What a DNS monitor expects, by type of record. */
  readonly dnsRecords?:
    { readonly [Type in (typeof dnsRecordTypes)[number]]?: readonly string[] | undefined } | undefined;
  /** One to five checks of an API monitor's JSON. */
  readonly apiAssertions?:
    { readonly logic: "AND" | "OR"; readonly checks: readonly ApiCheckInputs[] } | undefined;
  /** Of a UDP monitor. */
  readonly udp?:
    | {
        readonly payload?: string | undefined;
        /** Percent. */
        readonly packetLossThreshold?: number | undefined;
      }
    | undefined;
  readonly ipVersion?: (typeof ipVersions)[number] | undefined;
  /** Retries before a wrong status or body is a failure, 0 to 3; of HTTP, KEYWORD and API. */
  readonly applicationErrorRetries?: number | undefined;
};

/** The inputs of `flymon:uptimerobot:Monitor`. */
export type UptimeRobotMonitorInputs = {
  /** What it is called; with type and URL it tells a monitor from all others. */
  readonly name: string;
  /** Cannot change in place. */
  readonly type: UptimeRobotMonitorType;
  /** Needed for all but HEARTBEAT, whose URL is UptimeRobot's own. */
  readonly url?: string | undefined;
  /** 30s or more (the least depends on the plan); of a HEARTBEAT 31d at most. */
  readonly interval: Duration;
  /** 0s to 60s. */
  readonly timeout?: Duration | undefined;
  readonly httpMethod?: (typeof uptimeRobotMethods)[number] | undefined;
  readonly authType?: (typeof uptimeRobotAuthTypes)[number] | undefined;
  readonly httpUsername?: string | undefined;
  /** The password, or the token of BEARER; a secret. */
  readonly httpPassword?: string | undefined;
  /** Of PORT and UDP. */
  readonly port?: number | undefined;
  readonly keywordType?: (typeof keywordTypes)[number] | undefined;
  /** At most 500 characters. */
  readonly keywordValue?: string | undefined;
  readonly keywordCaseType?: (typeof keywordCases)[number] | undefined;
  readonly assignedAlertContacts?: readonly AssignedContactInputs[] | undefined;
  /** "200", "2xx". */
  readonly successHttpResponseCodes?: readonly string[] | undefined;
  /** Names are compared without heed of case; values may be secrets. */
  readonly customHttpHeaders?: { readonly [name: string]: string } | undefined;
  /** At most 20, to be found by. */
  readonly customFields?: { readonly [name: string]: string } | undefined;
  readonly maintenanceWindowIds?: readonly string[] | undefined;
  /** In lower case. */
  readonly tags?: readonly string[] | undefined;
  /** How late a heartbeat may be, up to a day. */
  readonly gracePeriod?: Duration | undefined;
  readonly postValueType?: (typeof postValueTypes)[number] | undefined;
  /** JSON as text for RAW_JSON, a table of texts for KEY_VALUE. */
  readonly postValueData?: string | { readonly [name: string]: string } | undefined;
  readonly sslExpirationReminder?: boolean | undefined;
  readonly domainExpirationReminder?: boolean | undefined;
  readonly followRedirections?: boolean | undefined;
  readonly checkSslErrors?: boolean | undefined;
  /** A slower answer is an incident; 0s is none. */
  readonly responseTimeThreshold?: Duration | undefined;
  /** Needs an account that may choose them. */
  readonly regions?: readonly (typeof uptimeRobotRegions)[number][] | undefined;
  readonly config?: MonitorConfigInputs | undefined;
  /** "0" is the default group. */
  readonly groupId?: string | undefined;
  readonly paused?: boolean | undefined;
};

export const integrationTypes = ["Slack", "Webhook"] as const;
export const integrationEvents = ["UpAndDown", "Down", "Up", "None"] as const;

/** The inputs of `flymon:uptimerobot:Integration`. Its URL is a secret; Slack's is made beforehand, in Slack. */
export type UptimeRobotIntegrationInputs = {
  readonly name: string;
  /** Cannot change in place. */
  readonly type: (typeof integrationTypes)[number];
  readonly url: string;
  readonly notifyFor?: (typeof integrationEvents)[number] | undefined;
  readonly sslExpirationReminder?: boolean | undefined;
  /** Added to Slack's message. */
  readonly customValue?: string | undefined;
  /** What a webhook sends, with variables such as *monitorFriendlyName*. */
  readonly postValue?: string | undefined;
  readonly sendAsJson?: boolean | undefined;
  readonly sendAsQueryString?: boolean | undefined;
  readonly sendAsPostParameters?: boolean | undefined;
};

export const windowIntervals = ["once", "daily", "weekly", "monthly"] as const;
export const windowWeekDays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** The inputs of `flymon:uptimerobot:MaintenanceWindow`, by the clock of the account's time zone. */
export type UptimeRobotMaintenanceWindowInputs = {
  readonly name: string;
  readonly interval: (typeof windowIntervals)[number];
  /** "2026-01-31", for once. */
  readonly date?: string | undefined;
  /** "02:00". */
  readonly time: string;
  /** Whole minutes. */
  readonly duration: Duration;
  /** "mon" to "sun" for weekly; 1 to 31 and "last" for monthly. */
  readonly days?: readonly ((typeof windowWeekDays)[number] | number | "last")[] | undefined;
  /** Whether new monitors are added to it. */
  readonly autoAddMonitors?: boolean | undefined;
};

/** The inputs of `flymon:uptimerobot:StatusPage`. */
export type UptimeRobotStatusPageInputs = {
  readonly name: string;
  /** Ids of the monitors that it shows. */
  readonly monitorIds: readonly string[];
  readonly status?: "ENABLED" | "PAUSED" | undefined;
  readonly customDomain?: string | undefined;
  /** Never answered, so a change there is not seen. */
  readonly password?: string | undefined;
  readonly gaCode?: string | undefined;
  readonly shareAnalyticsConsent?: boolean | undefined;
  readonly useSmallCookieConsentModal?: boolean | undefined;
  readonly showCookieBar?: boolean | undefined;
  readonly noIndex?: boolean | undefined;
  readonly hideUrlLinks?: boolean | undefined;
  readonly customSettings?:
    | {
        readonly font?: { readonly family?: string | undefined } | undefined;
        readonly page?:
          | {
              readonly layout?: string | undefined;
              readonly theme?: string | undefined;
              readonly density?: string | undefined;
            }
          | undefined;
        /** "#3bd671". */
        readonly colors?:
          | {
              readonly main?: string | undefined;
              readonly text?: string | undefined;
              readonly link?: string | undefined;
            }
          | undefined;
        readonly features?:
          { readonly [Name in (typeof statusPageFeatures)[number]]?: boolean | undefined } | undefined;
      }
    | undefined;
};

export const statusPageFeatures = [
  "showBars",
  "showUptimePercentage",
  "enableFloatingStatus",
  "showOverallUptime",
  "showOutageUpdates",
  "showOutageDetails",
  "enableDetailsPage",
  "showMonitorURL",
  "hidePausedMonitors",
] as const;

/** Types of the resources at UptimeRobot. */
export const uptimeRobotTypes = {
  monitor: "flymon:uptimerobot:Monitor",
  integration: "flymon:uptimerobot:Integration",
  maintenanceWindow: "flymon:uptimerobot:MaintenanceWindow",
  statusPage: "flymon:uptimerobot:StatusPage",
} as const;
