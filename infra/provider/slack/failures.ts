import { slackBotScopes, slackLimits, slackScopesOnDemand } from "../../model/slack-limits";
import { messageOf, ProviderError } from "../errors";
import { isCertificateError, networkCode, notSentCodes } from "../network";
import type { Verdict } from "../remote-call";

// The errors of @slack/web-api, by their documented codes: the package itself is loaded only when it is needed.
interface SlackAnswer {
  readonly error?: unknown;
  readonly needed?: unknown;
  readonly provided?: unknown;
  readonly response_metadata?: { readonly retryAfter?: unknown };
}
interface WebApiError extends Error {
  readonly code: string;
  readonly data?: SlackAnswer;
  readonly original?: Error;
  readonly statusCode?: number;
  readonly retryAfter?: number;
}

const isWebApiError = (error: unknown): error is WebApiError =>
  error instanceof Error &&
  "code" in error &&
  typeof error.code === "string" &&
  error.code.startsWith("slack_webapi_");

const notSlack = "something that is not an answer of Slack's";

/** Slack's error code ("name_taken") where Slack refused the call; undefined for every other failure. */
export const slackCode = (error: unknown): string | undefined => {
  if (!isWebApiError(error)) return undefined;
  if (error.code === "slack_webapi_rate_limited_error") return "ratelimited";
  if (error.code !== "slack_webapi_platform_error") return undefined;
  // The package passes a body that is not JSON on as the "error": a proxy's page, for instance.
  const answered = error.data?.error;
  return typeof answered === "string" && /^[a-z0-9_]+$/i.test(answered) ? answered : notSlack;
};

const transientCodes: ReadonlySet<string> = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
]);
const rateLimitCodes: ReadonlySet<string> = new Set(["ratelimited", "rate_limited"]);
const defaultWaitMs = 10_000;

/** What fetch says about a request that it would not even send: "bad port", "unexpected redirect". */
const deepestMessage = (error: WebApiError): string => {
  let cause: unknown = error.original;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause instanceof Error ? cause.message : "no answer";
};

/** Whether Slack may have done what was asked although no answer came. */
export const isAnswerLost = (error: unknown): boolean => {
  if (!isWebApiError(error)) return false;
  const code = slackCode(error);
  if (code !== undefined) return transientCodes.has(code);
  if (error.code === "slack_webapi_http_error") return (error.statusCode ?? 0) >= 500;
  return !notSentCodes.has(networkCode(error.original)) && !isCertificateError(networkCode(error.original));
};

/** Whether a create may have made something in spite of this error: also one whose answer came in pieces. */
export const mayBeMade = (error: unknown): boolean => isAnswerLost(error) || slackCode(error) === notSlack;

/** @param isRepeatable whether the call may be sent again after an answer was lost */
export const judge =
  (isRepeatable: boolean) =>
  (error: unknown): Verdict => {
    if (!isWebApiError(error)) return { kind: "fail" };
    const code = slackCode(error);
    if (code !== undefined && rateLimitCodes.has(code)) {
      const seconds = error.retryAfter ?? error.data?.response_metadata?.retryAfter;
      return { kind: "wait", ms: typeof seconds === "number" ? Math.max(1, seconds) * 1000 : defaultWaitMs };
    }
    if (isAnswerLost(error)) return { kind: isRepeatable ? "retry" : "fail" };
    return { kind: notSentCodes.has(networkCode(error.original)) ? "retry" : "fail" };
  };

const tokenMend =
  "Set a valid bot token: `pulumi config set --secret flymon:slackToken xoxb-...` or `export SLACK_BOT_TOKEN=...`";

const mends: { readonly [code: string]: string } = {
  invalid_auth: `${tokenMend}.`,
  not_authed: `${tokenMend}.`,
  token_expired: `${tokenMend}.`,
  token_revoked: `The token in flymon:slackToken was revoked. ${tokenMend}.`,
  account_inactive: `The token in flymon:slackToken belongs to a removed user or app. ${tokenMend}.`,
  not_allowed_token_type: `flymon:slackToken must be a bot token. ${tokenMend}.`,
  restricted_action:
    "The workspace's settings reserve this to some members: let a workspace admin allow it to apps (Settings, Permissions, Channel management), or do it by hand.",
  cant_archive_general: 'Slack\'s general channel cannot be archived: set onDestroy to "keep".',
  cant_archive_required: 'The workspace requires this channel: set onDestroy to "keep".',
  not_authorized:
    "Only the channel's creator or a workspace admin may do this: let one of them, or do it by hand.",
  name_taken: "Choose another name, or free this one in Slack.",
  [notSlack]: "Check flymon:slackApiUrl (or SLACK_API_URL), and any proxy between.",
  too_long: `Shorten it: Slack takes ${slackLimits.topic} characters.`,
  too_many_bookmarks: "Slack takes no more bookmarks in one channel: remove some in Slack.",
  too_many_pins: "Slack takes no more pins in one channel: unpin some in Slack.",
  cant_update_message: "Another app has posted it: delete it in Slack and run again.",
  edit_window_closed:
    "The workspace lets messages be edited for some time only: delete the message in Slack, then run `pulumi refresh` and `pulumi up`.",
  invalid_emoji: 'Name an emoji of the workspace, such as ":book:".',
  permission_denied:
    "The channel may be archived, or the workspace's settings reserve this to some members: let an admin allow it to apps, or do it by hand.",
  is_archived: "Bots cannot unarchive channels: let a member unarchive it in Slack, then run again.",
};

const scopesOnDemand = Object.entries(slackScopesOnDemand)
  .map(([purpose, scopes]) => `for ${purpose} ${scopes.join(" and ")}`)
  .join("; ");

/** The message for the user: what was attempted, what came back, what to do. */
export const explain = (error: unknown, attempted: string, host: string): Error => {
  if (!isWebApiError(error)) return error instanceof Error ? error : new Error(messageOf(error));
  const code = slackCode(error);
  if (code === "missing_scope") {
    const told = (scopes: unknown): string => (typeof scopes === "string" ? scopes : "not told");
    return failure(
      host,
      attempted,
      `answered missing_scope (needed: ${told(error.data?.needed)}; provided: ${told(error.data?.provided)})`,
      `Add the scope to the Slack app (OAuth & Permissions), reinstall it to the workspace, and run again. All that flymon uses: ${slackBotScopes.join(", ")}; ${scopesOnDemand}.`,
    );
  }
  if (code !== undefined && rateLimitCodes.has(code)) {
    const mend =
      "Other programs may be using the same token. Run again in some minutes: what is done already stays.";
    return failure(host, attempted, `Slack's rate limit is used up (${code})`, mend);
  }
  if (code !== undefined) {
    const mend = mends[code] ?? "See the method's errors at https://docs.slack.dev/reference/methods.";
    return failure(host, attempted, `answered ${code}`, mend);
  }
  if (error.code === "slack_webapi_http_error") {
    const mend = "Check flymon:slackApiUrl and https://slack-status.com, then run again.";
    return failure(host, attempted, `answered with HTTP status ${error.statusCode ?? "unknown"}`, mend);
  }
  const reason = networkCode(error.original) || deepestMessage(error);
  return failure(
    host,
    attempted,
    `Slack is not reachable (${reason})`,
    `Check the network, flymon:slackApiUrl (or SLACK_API_URL) and https://slack-status.com, then run again.`,
  );
};

export const failure = (host: string, attempted: string, answer: string, mend: string): ProviderError =>
  new ProviderError({ service: `Slack (${host})`, attempted, answer, mend });
