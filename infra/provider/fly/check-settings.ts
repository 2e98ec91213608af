import type { CheckSettings } from "../../model/machine-settings";
import { asList, asObject, type Json } from "./api-machine";
import { goMilliseconds, plainDuration } from "./go-duration";
import { present } from "./plain";

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** As HTTP writes a header's name: X-Forwarded-Proto. */
const headerName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());

/** The headers of a check in any form: [{name, values}], [{name, value}], or a table of texts or lists of texts. */
const headersOf = (value: unknown): CheckSettings["headers"] => {
  const pairs = Array.isArray(value)
    ? value.map(asObject).map(({ name, values, value: single }) => [name, values ?? single] as const)
    : Object.entries(asObject(value));
  const headers = pairs.flatMap(([name, values]): [string, string][] => {
    if (typeof name !== "string") return [];
    const texts = (Array.isArray(values) ? values : [values]).filter((item) => typeof item === "string");
    return [[headerName(name), texts.join(", ")]];
  });
  // In one order, so that only a difference is one.
  const sorted = headers.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.length === 0 ? undefined : Object.fromEntries(sorted);
};

/**
 * A check in the one form that is compared and shown, out of any that the Machines API takes or gives: durations
 * spelt one way, presets left out.
 * @param servicePort of a service's check: the port that it has unless it says otherwise
 */
export const plainCheck = (value: unknown, servicePort?: number): CheckSettings => {
  const check = asObject(value);
  const type = text(check["type"])?.toLowerCase() === "tcp" ? "tcp" : "http";
  const port = typeof check["port"] === "number" && check["port"] > 0 ? check["port"] : undefined;
  const method = text(check["method"])?.toUpperCase();
  const path = text(check["path"]);
  const times = {
    interval: plainDuration(check["interval"]),
    timeout: plainDuration(check["timeout"]),
    grace_period: plainDuration(check["grace_period"]),
  };
  return present({
    type,
    port: port === servicePort ? undefined : port,
    ...(times as { interval: CheckSettings["interval"]; timeout: CheckSettings["timeout"] }),
    kind: check["kind"] === "readiness" && servicePort === undefined ? ("readiness" as const) : undefined,
    ...(type === "http" && {
      method: method === "GET" ? undefined : method,
      path: path === "/" ? undefined : path,
      protocol: text(check["protocol"])?.toLowerCase() === "https" ? ("https" as const) : undefined,
      tls_skip_verify: check["tls_skip_verify"] === true ? true : undefined,
      tls_server_name: text(check["tls_server_name"]),
      headers: headersOf(check["headers"]),
    }),
  });
};

const ownKeys: ReadonlySet<string> = new Set([
  ...["type", "port", "interval", "timeout", "grace_period", "kind"],
  ...["method", "path", "protocol", "tls_skip_verify", "tls_server_name", "headers"],
]);

/** A check as it is sent; what the machine's own check has besides, in fields unknown here, is kept. */
export const apiCheck = (check: CheckSettings, found: unknown, servicePort?: number): Json => {
  const port = check.port ?? servicePort;
  return {
    ...Object.fromEntries(Object.entries(asObject(found)).filter(([key]) => !ownKeys.has(key))),
    ...present({
      type: check.type,
      port,
      interval: goText(check.interval),
      timeout: goText(check.timeout),
      grace_period: check.grace_period === undefined ? undefined : goText(check.grace_period),
      kind: check.kind,
      ...(check.type === "http" && {
        method: check.method ?? "GET",
        path: check.path ?? "/",
        protocol: check.protocol ?? "http",
        tls_skip_verify: check.tls_skip_verify,
        tls_server_name: check.tls_server_name,
        headers:
          check.headers && Object.entries(check.headers).map(([name, value]) => ({ name, values: [value] })),
      }),
    }),
  };
};

// Go knows no days, and fractions of a millisecond come from Fly only.
const goText = (duration: string): string =>
  duration.endsWith("d") ? `${(goMilliseconds(duration) ?? 0) / 1_000}s` : duration;

/** The check of a machine that a declared one takes the place of: the same one, or one of the same kind and path. */
export const counterpart = (
  check: CheckSettings,
  candidates: unknown,
  servicePort: number | undefined,
): unknown =>
  asList(candidates).find((candidate) => {
    const found = plainCheck(candidate, servicePort);
    return found.type === check.type && found.path === check.path && found.port === check.port;
  });
