import {
  filled,
  filledText,
  flag,
  integer,
  listOf,
  nullable,
  oneOf,
  text,
  textsByName,
  type Field,
} from "../../monitoring/fields";
import { teamName } from "../account";
import { refersTo, type Kind, type Mistakes } from "./kind";
import {
  maintenanceFields,
  policyId,
  teamField,
  teamWait,
  waysFields,
  type Maintenance,
  type Ways,
} from "./notifying";

const types = [
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
export type MonitorType = (typeof types)[number];

const httpTypes: readonly MonitorType[] = ["status", "expected_status_code", "keyword", "keyword_absence"];
export const isHttp = (type: MonitorType): boolean => httpTypes.includes(type);

/** Values of request_timeout: seconds, and milliseconds for what is no HTTP. Source: the provider's schema. */
const timeouts = {
  http: [2, 3, 5, 10, 15, 30, 45, 60],
  other: [500, 1_000, 2_000, 3_000, 5_000],
  playwright: [15, 30, 45, 60, 120, 180, 240, 300, 360, 480, 600, 900],
} as const;
const timeoutsOf = (type: MonitorType): readonly number[] =>
  isHttp(type) ? timeouts.http : type === "playwright" ? timeouts.playwright : timeouts.other;

const methods = ["get", "head", "post", "put", "patch"] as const;
const regions = ["us", "eu", "as", "au"] as const;
const expirations = [1, 2, 3, 7, 14, 30, 60] as const;

export interface RequestHeader {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

/** A monitor's attributes that can be set. */
export interface Monitor extends Ways, Maintenance {
  readonly team_name: string;
  readonly monitor_type: MonitorType;
  readonly url: string;
  readonly pronounceable_name: string;
  /** In lower case, however it was sent. */
  readonly http_method: (typeof methods)[number];
  readonly request_timeout: number;
  /** Seconds. */
  readonly check_frequency: number;
  readonly confirmation_period: number;
  readonly recovery_period: number;
  readonly expected_status_codes: readonly number[];
  readonly required_keyword: string | null;
  readonly request_headers: readonly RequestHeader[];
  readonly request_body: string;
  readonly auth_username: string;
  readonly auth_password: string;
  readonly proxy_host: string | null;
  readonly proxy_port: number | null;
  readonly follow_redirects: boolean;
  readonly verify_ssl: boolean;
  readonly remember_cookies: boolean;
  readonly ip_version: "ipv4" | "ipv6" | null;
  readonly port: string | null;
  readonly regions: readonly (typeof regions)[number][];
  /** Days; null is off. */
  readonly ssl_expiration: number | null;
  readonly domain_expiration: number | null;
  readonly policy_id: string | null;
  readonly expiration_policy_id: number | null;
  readonly team_wait: number | null;
  readonly monitor_group_id: number | null;
  readonly paused: boolean;
  readonly scenario_name: string | null;
  readonly playwright_script: string | null;
  readonly environment_variables: Readonly<Record<string, string>>;
}

const anyCase = <Value extends string>(field: Field<Value>): Field<Value> => ({
  ...field,
  read: (value) => field.read(typeof value === "string" ? value.toLowerCase() : value),
});

/** A header as it is sent: with an id it changes that one, with `_destroy`, too, it removes it, else it adds one. */
interface SentHeader {
  readonly id?: string | number;
  readonly name?: string;
  readonly value?: string;
  readonly _destroy?: unknown;
}
const sentHeaders: Field<readonly RequestHeader[]> = {
  read: (value) =>
    Array.isArray(value) && value.every((header) => typeof header === "object" && header !== null)
      ? { value: value as readonly RequestHeader[] }
      : { mistake: "is not a list of headers" },
  fallback: () => [],
};

const destroyed = ({ _destroy }: SentHeader): boolean =>
  [true, 1, "1", "true"].some((yes) => yes === _destroy);

/** Rails' nested attributes. */
const mergedHeaders = (
  before: readonly RequestHeader[],
  sent: readonly SentHeader[],
  newId: () => number,
): readonly RequestHeader[] => {
  const byId = new Map(
    sent.flatMap((header) => (header.id === undefined ? [] : [[String(header.id), header]])),
  );
  const changed = before.flatMap((header) => {
    const change = byId.get(header.id);
    if (change === undefined) return [header];
    return destroyed(change)
      ? []
      : [{ ...header, name: change.name ?? header.name, value: change.value ?? header.value }];
  });
  const added = sent
    .filter((header) => header.id === undefined && !destroyed(header))
    .map(({ name = "", value = "" }) => ({ id: String(newId()), name, value }));
  return [...changed, ...added];
};

const isAddress = ({ monitor_type: type, url }: Monitor): boolean =>
  isHttp(type) ? /^https?:\/\/[^\s/]+/i.test(url) : !/\s/.test(url);

const blank = (value: string | null): boolean => value === null || value.trim() === "";

export const monitorKind: Kind<"monitors"> = {
  name: "monitors",
  path: "/api/v2/monitors",
  type: "monitor",
  fields: {
    team_name: teamField(teamName),
    monitor_type: oneOf(types),
    url: filled(text(), () => ""),
    // The server names a monitor that nobody named, by its address.
    pronounceable_name: filled(text(), ({ url }) =>
      typeof url === "string" ? url.replace(/^https?:\/\//, "").replace(/\/$/, "") : "",
    ),
    http_method: anyCase(oneOf(methods, "get")),
    request_timeout: filled(integer(), ({ monitor_type: type }) =>
      types.some((known) => known === type && !isHttp(known) && known !== "playwright") ? 5_000 : 15,
    ),
    check_frequency: integer({ min: 30 }, 30),
    confirmation_period: integer({ min: 0 }, 120),
    recovery_period: integer({ min: 0 }, 0),
    expected_status_codes: listOf(integer({ min: 100, max: 599 })),
    required_keyword: nullable(text()),
    request_headers: sentHeaders,
    request_body: text(""),
    auth_username: text(""),
    auth_password: text(""),
    proxy_host: nullable(text()),
    proxy_port: nullable(integer({ min: 1, max: 65_535 })),
    follow_redirects: flag(true),
    verify_ssl: flag(true),
    remember_cookies: flag(true),
    ip_version: nullable(oneOf(["ipv4", "ipv6"])),
    port: nullable(text()),
    regions: listOf(oneOf(regions), regions),
    ssl_expiration: nullable(oneOf(expirations), 7),
    domain_expiration: nullable(oneOf(expirations), 14),
    policy_id: policyId,
    expiration_policy_id: nullable(integer()),
    team_wait: teamWait,
    monitor_group_id: nullable(integer()),
    paused: flag(false),
    scenario_name: nullable(text()),
    playwright_script: nullable(text()),
    environment_variables: textsByName(),
    ...waysFields,
    ...maintenanceFields,
  },
  allowed: (monitor) =>
    timeoutsOf(monitor.monitor_type).includes(monitor.request_timeout)
      ? {}
      : { request_timeout: timeoutsOf(monitor.monitor_type) },
  check: (monitor, context) => {
    const type = monitor.monitor_type;
    const mistakes: Mistakes = {};
    if (type !== "playwright" && blank(monitor.url)) mistakes.url = ["can't be blank"];
    else if (type !== "playwright" && !isAddress(monitor)) mistakes.url = ["is invalid"];
    if (["keyword", "keyword_absence", "udp"].includes(type) && blank(monitor.required_keyword))
      mistakes.required_keyword = ["can't be blank"];
    if (type === "expected_status_code" && monitor.expected_status_codes.length === 0)
      mistakes.expected_status_codes = ["can't be blank"];
    if (["tcp", "udp", "smtp", "pop", "imap"].includes(type)) {
      if (blank(monitor.port)) mistakes.port = ["can't be blank"];
      else if (!/^\d{1,5}(,\s*\d{1,5})*$/.test(monitor.port ?? "")) mistakes.port = ["is invalid"];
    }
    if (type === "dns" && blank(monitor.request_body)) mistakes.request_body = ["can't be blank"];
    if (type === "playwright" && blank(monitor.playwright_script))
      mistakes.playwright_script = ["can't be blank"];
    if (monitor.request_headers.some(({ name }) => blank(name)))
      mistakes.request_headers = ["name can't be blank"];
    if (!refersTo(context, "policies", monitor.policy_id)) mistakes.policy = ["doesn't exist"];
    if (!refersTo(context, "policies", monitor.expiration_policy_id))
      mistakes.expiration_policy = ["doesn't exist"];
    if (!refersTo(context, "monitor-groups", monitor.monitor_group_id))
      mistakes.monitor_group = ["doesn't exist"];
    return mistakes;
  },
  settle: (monitor, { account }, before, sent) => ({
    ...monitor,
    request_headers:
      sent.request_headers === undefined
        ? (before?.request_headers ?? [])
        : mergedHeaders(before?.request_headers ?? [], monitor.request_headers, account.newId),
  }),
  shown: ({ id, createdAt, updatedAt, attributes }, { runtime }) => {
    const { status, lastCheckedAt, pausedAt } = runtime.monitor(id);
    return {
      ...attributes,
      status,
      last_checked_at: lastCheckedAt === undefined ? null : new Date(lastCheckedAt).toISOString(),
      paused_at: pausedAt === undefined ? null : new Date(pausedAt).toISOString(),
      created_at: new Date(createdAt).toISOString(),
      updated_at: new Date(updatedAt).toISOString(),
    };
  },
  relationships: ({ attributes: { policy_id: policy } }) => ({
    policy: { data: policy === null ? null : { id: policy, type: "policy" } },
  }),
  filters: {
    url: ({ attributes }, wanted) => attributes.url === wanted,
    pronounceable_name: ({ attributes }, wanted) => attributes.pronounceable_name === wanted,
    team_name: ({ attributes }, wanted) => attributes.team_name === wanted,
  },
};

/** A group of monitors, for people to find their way. */
export interface MonitorGroup {
  readonly team_name: string;
  readonly name: string;
  readonly sort_index: number | null;
  readonly paused: boolean;
}

export const monitorGroupKind: Kind<"monitor-groups"> = {
  name: "monitor-groups",
  path: "/api/v2/monitor-groups",
  type: "monitor_group",
  fields: {
    team_name: teamField(teamName),
    name: filledText(),
    sort_index: nullable(integer()),
    paused: flag(false),
  },
  // A group's monitors stay, in no group.
  removed: ({ id }, { account }) => {
    account
      .in("monitors")
      .list()
      .forEach((monitor) => {
        if (monitor.attributes.monitor_group_id === id)
          account.change("monitors", monitor.id, { ...monitor.attributes, monitor_group_id: null });
      });
  },
};
