import {
  filled,
  filledText,
  flag,
  integer,
  listOf,
  nullable,
  oneOf,
  onlyAtCreate,
  text,
  textsByName,
  type Field,
} from "../../monitoring/fields";
import type { Account } from "../account";
import { escaped, moment } from "../answers";
import { windowView } from "./maintenance-window";
import type { Kind } from "./kind";

const types = ["HTTP", "KEYWORD", "PING", "PORT", "HEARTBEAT", "DNS", "API", "UDP"] as const;
export type MonitorType = (typeof types)[number];

/** Where heartbeats are sent to, below the service's address; the secret follows. */
export const beatPath = "/heartbeat";

/** Who is told when: both in minutes, 0 being at once and never again. */
export interface AssignedContact {
  readonly alertContactId: string;
  readonly threshold: number;
  readonly recurrence: number;
}

/** A check of an API monitor's JSON. */
export interface Assertion {
  /** A path such as "$.status" or "status". */
  readonly property: string;
  readonly comparison: string;
  readonly target?: unknown;
}
export interface MonitorConfig {
  readonly sslExpirationPeriodDays?: readonly number[];
  readonly dnsRecords?: object;
  readonly apiAssertions?: { readonly logic?: "AND" | "OR"; readonly checks?: readonly Assertion[] };
  readonly udp?: { readonly payload?: string; readonly packetLossThreshold?: number };
  readonly ipVersion?: string;
}

/** A monitor's attributes that can be set. */
export interface Monitor {
  readonly friendlyName: string;
  readonly url: string;
  readonly type: MonitorType;
  /** Seconds. */
  readonly interval: number;
  readonly timeout: number;
  readonly httpMethodType: "HEAD" | "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
  readonly authType: "NONE" | "HTTP_BASIC" | "DIGEST" | "BEARER";
  readonly httpUsername: string;
  readonly httpPassword: string;
  readonly port: number | null;
  readonly keywordType: "ALERT_EXISTS" | "ALERT_NOT_EXISTS" | null;
  readonly keywordValue: string;
  /** 0 heeds the case, 1 does not. */
  readonly keywordCaseType: 0 | 1;
  readonly assignedAlertContacts: readonly AssignedContact[];
  readonly successHttpResponseCodes: readonly string[];
  readonly customHttpHeaders: Readonly<Record<string, string>>;
  readonly customFields: Readonly<Record<string, string>>;
  readonly maintenanceWindowsIds: readonly number[];
  readonly tagNames: readonly string[];
  readonly gracePeriod: number;
  readonly postValueType: string | null;
  readonly postValueData: unknown;
  readonly sslExpirationReminder: boolean;
  readonly domainExpirationReminder: boolean;
  readonly followRedirections: boolean;
  readonly checkSSLErrors: boolean;
  readonly responseTimeThreshold: number;
  readonly regionData: object | null;
  readonly config: MonitorConfig | null;
  readonly groupId: number;
  /** Changed by routes of its own. */
  readonly paused: boolean;
  /** The last part of a heartbeat's address, made by the server. */
  readonly secret: string;
}

const anyObject: Field<object> = {
  read: (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? { value }
      : { mistake: "must be an object" },
};
const anything: Field<unknown> = { read: (value) => ({ value }), fallback: () => null };
const notSent = <Value>(value: Value): Field<Value> => ({
  read: () => ({ mistake: "should not exist" }),
  fallback: () => value,
});

/** Both numbers have to be sent: what happens without them is not known. */
const contacts: Field<AssignedContact> = {
  read: (value) => {
    const sent = value as
      | (Partial<Omit<AssignedContact, "alertContactId">> & { readonly alertContactId?: string | number })
      | null;
    if (typeof sent !== "object" || sent === null || sent.alertContactId === undefined)
      return { mistake: "alertContactId should not be empty" };
    const minutes = [sent.threshold, sent.recurrence];
    if (!minutes.every((given) => typeof given === "number" && Number.isInteger(given) && given >= 0))
      return { mistake: "threshold and recurrence must be integers from 0 up" };
    return {
      value: {
        alertContactId: String(sent.alertContactId),
        threshold: sent.threshold ?? 0,
        recurrence: sent.recurrence ?? 0,
      },
    };
  },
};

const code: Field<string> = {
  read: (value) =>
    typeof value === "string" && /^[1-5](\d\d|xx)$/.test(value)
      ? { value }
      : { mistake: "must be status codes such as 200 or 2xx" },
};

const knownContact = (account: Account, id: string): boolean =>
  account.in("integrations").get(Number(id)) !== undefined ||
  account.in("alert-contacts").get(Number(id)) !== undefined;

const withoutUrl: readonly MonitorType[] = ["HEARTBEAT"];
const longestHeartbeat = 2_678_400;

const mistakeOf = (monitor: Monitor, account: Account, before: Monitor | undefined): string | undefined => {
  const { plan } = account;
  const { type, url, interval } = monitor;
  if (before !== undefined && before.type !== type) return "type cannot be changed";
  if (withoutUrl.includes(type)) {
    if (url !== "") return "url should not exist for HEARTBEAT";
    if (interval > longestHeartbeat) return `interval must not be greater than ${longestHeartbeat}`;
  } else if (url.trim() === "") return "url should not be empty";
  if (["HTTP", "KEYWORD", "API"].includes(type) && !/^https?:\/\/[^\s/]+/i.test(url))
    return "url must be a URL address";
  if (interval < plan.leastInterval)
    return `interval must not be less than ${plan.leastInterval} on the ${plan.name} plan`;
  if (type === "KEYWORD" && (monitor.keywordType === null || monitor.keywordValue === ""))
    return "keywordType and keywordValue should not be empty for KEYWORD";
  if (monitor.keywordValue.length > 500)
    return "keywordValue must be shorter than or equal to 500 characters";
  if (["PORT", "UDP"].includes(type) && monitor.port === null) return `port should not be empty for ${type}`;
  const checks = monitor.config?.apiAssertions?.checks?.length ?? 0;
  if (type === "API" && (checks < 1 || checks > 5))
    return "config.apiAssertions.checks must contain 1 to 5 elements";
  if (Object.keys(monitor.customFields).length > 20) return "customFields must not hold more than 20 fields";
  const unknown = monitor.assignedAlertContacts.find(
    ({ alertContactId }) => !knownContact(account, alertContactId),
  );
  if (unknown !== undefined) return `alert contact ${unknown.alertContactId} not found`;
  if (
    plan.name === "free" &&
    monitor.assignedAlertContacts.some(({ threshold, recurrence }) => threshold !== 0 || recurrence !== 0)
  )
    return "threshold and recurrence must be 0 on the free plan";
  const window = monitor.maintenanceWindowsIds.find(
    (id) => account.in("maintenance-windows").get(id) === undefined,
  );
  if (window !== undefined) return `maintenance window ${window} not found`;
  if (monitor.groupId !== 0 && account.in("monitor-groups").get(monitor.groupId) === undefined)
    return `monitor group ${monitor.groupId} not found`;
  return undefined;
};

export const monitorKind: Kind<"monitors"> = {
  name: "monitors",
  title: "Monitor",
  fields: {
    friendlyName: filledText(),
    url: text(""),
    type: oneOf(types),
    interval: integer({ min: 30 }),
    timeout: integer({ min: 0, max: 60 }, 30),
    // Without a keyword to look for, UptimeRobot asks for the head alone.
    httpMethodType: filled(oneOf(["HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]), ({ type }) =>
      type === "HTTP" ? "HEAD" : "GET",
    ),
    authType: oneOf(["NONE", "HTTP_BASIC", "DIGEST", "BEARER"], "NONE"),
    httpUsername: text(""),
    httpPassword: text(""),
    port: nullable(integer({ min: 1, max: 65_535 })),
    keywordType: nullable(oneOf(["ALERT_EXISTS", "ALERT_NOT_EXISTS"])),
    keywordValue: text(""),
    keywordCaseType: oneOf([0, 1], 0),
    assignedAlertContacts: listOf(contacts),
    successHttpResponseCodes: listOf(code, ["2xx", "3xx"]),
    customHttpHeaders: textsByName(),
    customFields: textsByName(),
    maintenanceWindowsIds: listOf(integer()),
    tagNames: listOf(filledText()),
    gracePeriod: integer({ min: 0, max: 86_400 }, 0),
    postValueType: nullable(text()),
    postValueData: anything,
    sslExpirationReminder: flag(false),
    domainExpirationReminder: flag(false),
    followRedirections: flag(true),
    checkSSLErrors: flag(false),
    responseTimeThreshold: integer({ min: 0, max: 60_000 }, 0),
    regionData: nullable(anyObject),
    config: nullable(anyObject as Field<MonitorConfig>),
    groupId: integer({ min: 0 }, 0),
    paused: notSent(false),
    secret: onlyAtCreate(notSent("")),
  },
  check: (monitor, { account }, before) => mistakeOf(monitor, account, before),
  settle: (monitor, { account }, before) => ({
    ...monitor,
    tagNames: [...new Set(monitor.tagNames.map((name) => account.tag(name.toLowerCase()).attributes.name))],
    secret: before?.secret ?? account.newSecret(),
  }),
  shown: ({ id, createdAt, attributes }, { account, runtime, url }, lag) => {
    const { secret, paused: _, tagNames, regionData, maintenanceWindowsIds, ...plain } = attributes;
    const { status, since, lastIncident } = runtime.monitor(id);
    const duration = (from: number, to: number): number => Math.round((to - from) / 1_000);
    return {
      ...plain,
      id,
      friendlyName: escaped(attributes.friendlyName),
      url: escaped(attributes.type === "HEARTBEAT" ? `${url}${beatPath}/${secret}` : attributes.url),
      status,
      currentStateDuration: duration(since, Date.now()),
      assignedAlertContacts: attributes.assignedAlertContacts.map((contact) => ({
        ...contact,
        alertContactId: Number(contact.alertContactId),
      })),
      tags: account
        .in("tags")
        .list()
        .filter((tag) => tagNames.includes(tag.attributes.name))
        .map((tag) => ({ id: tag.id, name: tag.attributes.name, color: "#3bd671" })),
      regionalData: regionData,
      maintenanceWindows: maintenanceWindowsIds.flatMap((window) => {
        const entry = account.in("maintenance-windows").get(window, lag);
        return entry === undefined ? [] : [windowView(entry)];
      }),
      psps: [],
      userId: account.owner.id,
      createDateTime: moment(createdAt),
      lastIncidentId: lastIncident?.id ?? null,
      lastIncident:
        lastIncident === undefined
          ? null
          : {
              id: String(lastIncident.id),
              status: lastIncident.endedAt === undefined ? "ONGOING" : "RESOLVED",
              cause: 0,
              reason: lastIncident.reason,
              startedAt: moment(lastIncident.startedAt),
              duration: duration(lastIncident.startedAt, lastIncident.endedAt ?? Date.now()),
            },
    };
  },
  filters: {
    name: ({ attributes }, wanted) => attributes.friendlyName.includes(wanted),
    url: ({ attributes }, wanted) => attributes.url.includes(wanted),
    groupId: ({ attributes }, wanted) => attributes.groupId === Number(wanted),
    tags: ({ attributes }, wanted) =>
      wanted.split(",").some((tag) => attributes.tagNames.includes(tag.trim().toLowerCase())),
  },
  removed: (id, { account }) => {
    account
      .in("psps")
      .list()
      .forEach((psp) => {
        if (psp.attributes.monitorIds.includes(id))
          account.change("psps", psp.id, {
            ...psp.attributes,
            monitorIds: psp.attributes.monitorIds.filter((monitor) => monitor !== id),
          });
      });
  },
};
