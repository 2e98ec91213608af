import { probeHttp } from "../../monitoring/probe/http";
import { loopbackAddress } from "../../monitoring/loopback";
import { elsewhere, failed, type Limits, type ProbeResult } from "../../monitoring/probe/result";
import { probeTcp, probeUdp } from "../../monitoring/probe/sockets";
import type { Assertion, Monitor } from "../kinds/monitor";

const matchesCode = (pattern: string, status: number): boolean =>
  pattern === String(status) || (pattern.endsWith("xx") && pattern.startsWith(String(status)[0] ?? ""));

const keywordMistake = (monitor: Monitor, body: string): string | undefined => {
  const fold = (text: string): string => (monitor.keywordCaseType === 1 ? text.toLowerCase() : text);
  const there = fold(body).includes(fold(monitor.keywordValue));
  // The name says when to alert, not what is well.
  if (monitor.keywordType === "ALERT_EXISTS") return there ? "Keyword found" : undefined;
  return there ? undefined : "Keyword not found";
};

const holds = (json: unknown, { property, comparison, target }: Assertion): boolean => {
  const value = property
    .replace(/^\$\.?/, "")
    .split(".")
    .filter((name) => name !== "")
    .reduce<unknown>(
      (inner, name) =>
        typeof inner === "object" && inner !== null
          ? (inner as Readonly<Record<string, unknown>>)[name]
          : undefined,
      json,
    );
  switch (comparison.toLowerCase()) {
    case "not_equals":
      return value !== target;
    case "contains":
      return JSON.stringify(value ?? "").includes(String(target));
    case "not_contains":
      return !JSON.stringify(value ?? "").includes(String(target));
    case "greater_than":
      return Number(value) > Number(target);
    case "less_than":
      return Number(value) < Number(target);
    case "is_null":
      return value == null;
    case "is_not_null":
      return value != null;
    default:
      return value === target;
  }
};

const assertionMistake = ({ config }: Monitor, body: string): string | undefined => {
  const { logic = "AND", checks = [] } = config?.apiAssertions ?? {};
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return "The answer is not JSON";
  }
  const held = checks.map((check) => holds(json, check));
  const ok = logic === "AND" ? held.every(Boolean) : held.some(Boolean);
  return ok ? undefined : "Assertions failed";
};

const headers = (monitor: Monitor): Readonly<Record<string, string>> => ({
  ...(monitor.authType === "BEARER" && { Authorization: `Bearer ${monitor.httpPassword}` }),
  ...(monitor.postValueData != null && { "Content-Type": "application/json" }),
  ...monitor.customHttpHeaders,
});

const hostOf = (url: string): string =>
  URL.canParse(url) ? new URL(url).hostname : (url.split(":")[0] ?? "");

/** Looks once whether what is monitored answers as it shall; nothing for what is not carried out here. */
export const probe = async (monitor: Monitor, signal: AbortSignal): Promise<ProbeResult | undefined> => {
  const limits: Limits = { timeoutMs: Math.max(1, monitor.timeout) * 1_000, signal };
  const { type, url, postValueData: posted } = monitor;
  switch (type) {
    case "HTTP":
    case "KEYWORD":
    case "API": {
      const result = await probeHttp(
        {
          url,
          method: monitor.httpMethodType,
          headers: headers(monitor),
          ...(posted != null && { body: typeof posted === "string" ? posted : JSON.stringify(posted) }),
          ...(monitor.authType === "HTTP_BASIC" && {
            auth: { username: monitor.httpUsername, password: monitor.httpPassword },
          }),
          followRedirects: monitor.followRedirections,
          verifyCertificate: monitor.checkSSLErrors,
          judgeStatus: (status) =>
            monitor.successHttpResponseCodes.some((pattern) => matchesCode(pattern, status))
              ? undefined
              : `HTTP ${status}`,
          ...(type === "KEYWORD" && { judgeBody: (body: string) => keywordMistake(monitor, body) }),
          ...(type === "API" && { judgeBody: (body: string) => assertionMistake(monitor, body) }),
        },
        limits,
      );
      const slowest = monitor.responseTimeThreshold;
      return result.ok && slowest > 0 && result.milliseconds > slowest
        ? failed(`Slow response (${Math.round(result.milliseconds)} ms)`)
        : result;
    }
    case "PORT":
      return probeTcp(hostOf(url), [monitor.port ?? 0], undefined, limits);
    case "UDP":
      return probeUdp(hostOf(url), monitor.port ?? 0, monitor.config?.udp?.payload ?? "", "", limits);
    case "PING":
      // An address of loopback always answers.
      return loopbackAddress(hostOf(url)) === undefined ? elsewhere : { ok: true, milliseconds: 0 };
    case "DNS":
      return elsewhere;
    case "HEARTBEAT":
      return undefined;
  }
};
