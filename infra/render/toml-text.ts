import { stringify, type AnyJson, type JsonMap } from "@iarna/toml";
import { commentBlock } from "./generated-marker";
import { inKeyOrder } from "./key-order";

/** What a settings file may hold: plain JSON values; `undefined` and `null` mean "not set". */
export type Setting =
  string | number | boolean | null | undefined | readonly Setting[] | { readonly [key: string]: Setting };
export type Settings = { readonly [key: string]: Setting };

/** How Fly's own pages order a fly.toml: the app, its parts, its services, its machines; in each, the name first. */
const flyKeys = [
  ...["app", "primary_region", "kill_signal", "kill_timeout", "build", "deploy", "env"],
  ...["type", "policy", "protocol", "port", "internal_port", "handlers", "force_https"],
  ...["auto_stop_machines", "auto_start_machines", "min_machines_running"],
  ...["size", "memory", "cpu_kind", "cpus", "retries", "processes"],
  ...["concurrency", "soft_limit", "hard_limit", "interval", "timeout", "grace_period", "method", "path"],
  ...["http_service", "services", "ports", "checks", "tcp_checks", "http_checks", "headers"],
  ...["vm", "restart", "metrics", "mounts"],
];

/**
 * A fly.toml as text: `header` as comment lines, then `settings` in a fixed order of keys, one newline at the end.
 * Keys without a value are left out.
 * @throws Error naming the field, for what TOML cannot hold (a list that mixes tables with other values, a
 * number that is not finite).
 */
export const flyTomlText = (settings: Settings, header: string): string =>
  `${commentBlock(header)}\n\n${flyTomlBody(settings)}`;

/** The settings alone, as {@link flyTomlText} writes them. */
export const flyTomlBody = (settings: Settings): string =>
  remarksAbove(`${stringify(prepareTable(inKeyOrder(settings, flyKeys), "")).trimEnd()}\n`);

/**
 * Stands above a minimum that Fly does not look at yet: lint asks for it, and people wonder.
 * Why the minimum is written all the same: docs/adr/0006-minimums-are-written.md.
 */
export const minimumRemark =
  "# flymon-lint: allow min-without-auto-stop -- the floor once somebody turns auto-stop on";

/** True for a service whose minimum has no effect while auto-stop is off. */
export const minimumRests = (service: Settings): boolean =>
  service["auto_stop_machines"] === "off" &&
  Number.isSafeInteger(service["min_machines_running"]) &&
  Number(service["min_machines_running"]) > 0;

// The writer knows no comments: the remark goes through it behind its value, and from there to the line above.
const remarksAbove = (text: string): string =>
  text.replaceAll(
    new RegExp(`^( *)(min_machines_running = \\d+) ${minimumRemark}$`, "gm"),
    `$1${minimumRemark}\n$1$2`,
  );

// @iarna/toml writes whatever has a toISOString() as it stands. That is the way to give it tokens which its own
// writer would not produce: it groups digits (1_000), and escapes only the first control character of a string.
type Token = Date;
const token = (text: string): Token =>
  Object.assign(new Date(0), { toISOString: () => text, toJSON: undefined });

const prepareTable = (table: Settings, path: string): JsonMap => {
  const prepared: JsonMap = Object.create(null) as JsonMap;
  const resting = minimumRests(table);
  for (const [key, value] of Object.entries(table)) {
    if (value !== undefined && value !== null) {
      prepared[key] =
        resting && key === "min_machines_running"
          ? token(`${Number(value)} ${minimumRemark}`)
          : prepare(value, path === "" ? key : `${path}.${key}`);
    }
  }
  return prepared;
};

const prepare = (value: NonNullable<Setting>, path: string): AnyJson => {
  if (typeof value === "number") return token(numberToken(value, path));
  if (typeof value === "string") return needsEscapes(value) ? token(escaped(value)) : value;
  if (typeof value === "boolean") return value;
  if (!isList(value)) return prepareTable(value, path);
  const items = value.filter((item) => item !== undefined && item !== null);
  const tables = items.filter((item) => typeof item === "object" && !isList(item));
  if (tables.length !== 0 && tables.length !== items.length) {
    throw new Error(`${path}: a TOML list holds either tables or plain values, not both`);
  }
  return items.map((item, index) => prepare(item, `${path}[${index}]`));
};

const isList = (value: NonNullable<Setting>): value is readonly Setting[] => Array.isArray(value);

const numberToken = (value: number, path: string): string => {
  if (!Number.isFinite(value)) throw new Error(`${path}: ${value} is not a number that fly.toml can hold`);
  if (Object.is(value, -0)) return "-0.0";
  // Past 2^53 a TOML integer would claim digits that the number does not have, and past 2^63 it is none.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
};

// Line breaks stay with the library, which writes such text as a readable multi-line string.
const needsEscapes = (text: string): boolean => /[^\n\P{Cc}]/u.test(text);

/** JSON's escapes are TOML's, but for DEL, which only TOML wants escaped. */
const escaped = (text: string): string => JSON.stringify(text).replaceAll("\u007f", "\\u007f");
