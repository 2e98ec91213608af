import type { FetchFunction, Logger, LogLevel, RetryOptions } from "@slack/web-api";
import { slackBotScopes } from "../../infra/model/slack-limits";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

/** Where and as whom to post. */
export interface SlackAccess {
  /** Base of the Web API. */
  readonly apiUrl: string;
  readonly token: string;
}

/** How long Slack is tried: each request, and all of them together with their waits, in ms. */
export interface Patience {
  readonly requestMs: number;
  readonly totalMs: number;
  readonly retries: RetryOptions;
}

/** Four more attempts with jitter. A post whose answer was lost is sent again: a second drill does no harm. */
const patience: Patience = {
  requestMs: 10_000,
  totalMs: 90_000,
  retries: { retries: 4, factor: 2, minTimeout: 300, maxTimeout: 5_000, randomize: true },
};

const tokenMend = "set a valid bot token: `export SLACK_BOT_TOKEN=xoxb-...`";
const channelMend = (channel: string): string =>
  `invite the bot with \`/invite @flymon\` in #${channel}, or give it the scope chat:write.public`;

const mendOf = (code: string, channel: string): string => {
  switch (code) {
    case "invalid_auth":
    case "not_authed":
    case "account_inactive":
    case "token_revoked":
    case "token_expired":
      return tokenMend;
    case "channel_not_found":
    case "not_in_channel":
      return channelMend(channel);
    case "is_archived":
      return `let a member unarchive #${channel} in Slack: bots cannot`;
    case "missing_scope":
      return `add the missing scope to the Slack app (OAuth & Permissions) and reinstall it; flymon uses ${slackBotScopes.join(", ")}`;
    case "restricted_action":
      return `allow the app to post in #${channel}: the workspace's or the channel's posting settings forbid it`;
    default:
      return `see the errors at https://docs.slack.dev/reference/methods/chat.postMessage`;
  }
};

interface WebApiError extends Error {
  readonly code: string;
  readonly data?: { readonly error?: unknown };
  readonly statusCode?: number;
  readonly original?: Error & { readonly cause?: unknown };
}
const isWebApiError = (error: unknown): error is WebApiError =>
  error instanceof Error && "code" in error && String(error.code).startsWith("slack_webapi_");

/** ECONNREFUSED and its like, however deep fetch has wrapped it. */
const systemCode = (error: unknown): string | undefined => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string" && /^[A-Z_]+$/.test(cause.code)) return cause.code;
    if (cause.name === "TimeoutError" || cause.name === "AbortError") return "no answer in time";
  }
  return undefined;
};

/** What came back, and how to mend it. Never the request: it carries the token. */
const reasonOf = (error: unknown, channel: string): readonly [answer: string, mend: string] => {
  const reachable =
    "check the network, SLACK_API_URL (flymon:slackApiUrl) and https://slack-status.com, then run again";
  if (!isWebApiError(error)) return [systemCode(error) ?? "the call failed", reachable];
  const refused = error.data?.error;
  if (error.code === "slack_webapi_platform_error") {
    // The package passes on a body that is not JSON, such as a proxy's page, as the "error".
    return typeof refused === "string" && /^[a-z0-9_]+$/.test(refused)
      ? [`answered ${refused}`, mendOf(refused, channel)]
      : ["answered with something that is not Slack's", reachable];
  }
  if (error.statusCode !== undefined)
    return [`answered with HTTP status ${String(error.statusCode)}`, reachable];
  if (error.message.includes("rate limit")) {
    return ["Slack's rate limit is used up", "run again in some minutes"];
  }
  return [`Slack is not reachable (${systemCode(error.original) ?? "network failure"})`, reachable];
};

const nothing = (): void => undefined;
/** The package would log to the console; the output of a drill ends up in the stack's state. */
const silent = (level: LogLevel): Logger => ({
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => level,
});

/** Posts a text once and checks Slack's own `ok`. Rejects with a Failure that names channel, answer and mend. */
export const post = async (
  { apiUrl, token }: SlackAccess,
  channel: string,
  text: string,
  { requestMs, totalMs, retries }: Patience = patience,
): Promise<void> => {
  const { WebClient, LogLevel } = await import("@slack/web-api");
  const whole = new AbortController();
  const bounded: FetchFunction = (url, init) =>
    fetch(url, {
      ...(init as RequestInit | undefined),
      signal: AbortSignal.any([whole.signal, AbortSignal.timeout(requestMs)]),
    });
  const web = new WebClient(token, {
    slackApiUrl: apiUrl.endsWith("/") ? apiUrl : `${apiUrl}/`,
    logger: silent(LogLevel.ERROR),
    retryConfig: retries,
    fetch: bounded,
  });
  let timer: NodeJS.Timeout | undefined;
  // The package waits as long as a Retry-After says, so the whole needs a bound of its own.
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DOMException("out of time", "TimeoutError");
      whole.abort(error);
      reject(error);
    }, totalMs);
  });
  try {
    await Promise.race([web.chat.postMessage({ channel: `#${channel}`, text, unfurl_links: false }), late]);
  } catch (error) {
    const [answer, mend] = reasonOf(error, channel);
    const { host } = new URL(apiUrl);
    throw new Failure(
      exitCodes.remote,
      `Slack (${host}): drill in #${channel}: ${answer}.\n    mend:    ${mend}`,
    );
  } finally {
    clearTimeout(timer);
  }
};
