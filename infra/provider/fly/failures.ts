import { messageOf, ProviderError } from "../errors";
import { isCertificateError, networkCode, notSentCodes } from "../network";
import type { Verdict } from "../remote-call";
import type { FlyResponse } from "./transport";

/** An answer that is not what was asked for: refused, broken, or not of the Machines API. */
export class FlyAnswer extends Error {
  override readonly name = "FlyAnswer";
  constructor(
    readonly status: number,
    /** Fly's own words. */
    readonly reason: string,
    /** What Fly's support asks for. */
    readonly requestId: string | undefined,
    /** Milliseconds, of Retry-After. */
    readonly retryAfter: number | undefined,
    /** Fly's word for the kind of refusal, where it has one: name_taken, insufficient_capacity. */
    readonly code?: string,
  ) {
    super(reason);
  }
}

const longestReason = 300;

const reasonOf = (text: string): string => {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) {
      const words = ["error", "message", "details"].map((key): unknown => Reflect.get(parsed, key));
      const told = words.find((word) => typeof word === "string" && word !== "");
      if (typeof told === "string") return told.slice(0, longestReason);
    }
  } catch {
    // HTML of a proxy between, say
  }
  return "not an answer of the Machines API";
};

const codeOf = (text: string): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(text);
    const code: unknown =
      typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "status") : undefined;
    return typeof code === "string" ? code : undefined;
  } catch {
    return undefined;
  }
};

const retryAfterOf = (header: string | null): number | undefined => {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
};

export const answerOf = (response: FlyResponse): FlyAnswer =>
  new FlyAnswer(
    response.status,
    reasonOf(response.text),
    response.headers.get("fly-request-id") ?? undefined,
    retryAfterOf(response.headers.get("retry-after")),
    codeOf(response.text),
  );

/** The HTTP status of a refusal; undefined for every other failure. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof FlyAnswer ? error.status : undefined;

/** Whether Fly may have done what was asked although no usable answer came. */
export const isAnswerLost = (error: unknown): boolean => {
  if (error instanceof FlyAnswer) return error.status === 408 || error.status >= 500 || error.status < 400;
  if (error instanceof ProviderError) return false; // judged already
  const code = networkCode(error);
  return error instanceof Error && !notSentCodes.has(code) && !isCertificateError(code);
};

const defaultWaitMs = 2_000;

/**
 * @param isRepeatable whether the call may be sent again after an answer was lost
 * @param isRead whether the call only looks, so that no conflict is its own
 */
export const judge =
  (isRepeatable: boolean, isRead: boolean) =>
  (error: unknown): Verdict => {
    if (isRead && [409, 412].includes(statusOf(error) ?? 0)) return { kind: "retry" };
    if (statusOf(error) === 429) {
      const told = error instanceof FlyAnswer ? error.retryAfter : undefined;
      return { kind: "wait", ms: Math.max(100, told ?? defaultWaitMs) };
    }
    if (isAnswerLost(error)) return { kind: isRepeatable ? "retry" : "fail" };
    return { kind: notSentCodes.has(networkCode(error)) ? "retry" : "fail" };
  };

const setToken =
  "Set a token that may change this app: `fly tokens create deploy -a APP`, then `pulumi config set --secret flymon:flyToken TOKEN` or `export FLY_API_TOKEN=...`.";

const mendOf = (status: number): string => {
  switch (status) {
    case 401:
      return `The token in flymon:flyToken (or FLY_API_TOKEN) is not valid. ${setToken}`;
    case 403:
      return `The token in flymon:flyToken (or FLY_API_TOKEN) may not do this. ${setToken}`;
    case 404:
      return "Check the app's name and that the token in flymon:flyToken sees it (`fly apps list`), then run again.";
    case 409:
    case 412:
      return "Something else is changing this machine, a deploy perhaps: let it end, then run again.";
    case 429:
      return "Other programs may be using the API for this app. Run again in a minute: what is done stays.";
    case 400:
    case 422:
      return "Change what Fly refuses in the app's declaration.";
    case 200:
    case 201:
      return "Check flymon:flyApiUrl (or FLY_FLAPS_BASE_URL) and any proxy between, then run again.";
    default:
      return "See https://status.flyio.net, then run again: it goes on from here.";
  }
};

/** The message for the user: what was attempted, what came back, what to do. */
export const explain = (error: unknown, attempted: string, host: string): Error => {
  if (error instanceof FlyAnswer) {
    const id = error.requestId === undefined ? "" : `, fly-request-id ${error.requestId}`;
    const said = error.reason.replace(/[.\s]+$/, "");
    return failure(attempted, `answered ${error.status} (${said}${id})`, mendOf(error.status), host);
  }
  if (error instanceof ProviderError || !(error instanceof Error)) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
  const code = networkCode(error);
  if (code === "" && error.message !== "fetch failed") return error;
  const answer =
    code === "ETIMEDOUT" ? "no answer came in time" : `it is not reachable (${code || error.message})`;
  const mend =
    "Check the network, flymon:flyApiUrl (or FLY_FLAPS_BASE_URL) and https://status.flyio.net, then run again.";
  return failure(attempted, answer, mend, host);
};

export const failure = (attempted: string, answer: string, mend: string, host?: string): ProviderError =>
  new ProviderError({ service: host === undefined ? "Fly" : `Fly (${host})`, attempted, answer, mend });

export const missingToken = (attempted: string): ProviderError =>
  failure(attempted, "no token is configured", setToken);
