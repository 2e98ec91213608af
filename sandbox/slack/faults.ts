import { z } from "zod";
import { durationSchema } from "../../infra/model/units";
import { down, hang } from "../faults/common";
import { fault } from "../faults/fault";

/** Breaks the next `calls` calls (all until switched off when not given), of one method only where `method` is given. */
const nextCalls = {
  calls: z.int().min(1).optional(),
  /** A Web API method such as "conversations.create", or "webhook". */
  method: z.string().min(1).optional(),
};

/** HTTP 429, with or without (null) the seconds in Retry-After. */
export const rateLimited = fault({
  name: "rate-limited",
  summary: "answers 429",
  parameters: z.strictObject({ ...nextCalls, retryAfter: z.int().min(0).nullable().default(1) }),
  example: { calls: 3, retryAfter: 1 },
});

/** HTTP 500 with Slack's JSON `internal_error`. */
export const serverError = fault({
  name: "server-error",
  summary: "answers 500",
  parameters: z.strictObject(nextCalls),
  example: {},
});

/** HTTP 502 with an HTML page, as a proxy before Slack sends it. */
export const badGateway = fault({
  name: "bad-gateway",
  summary: "answers 502 with HTML",
  parameters: z.strictObject(nextCalls),
  example: {},
});

/** The connection is cut before anything was done. */
export const resetBefore = fault({
  name: "reset-before",
  summary: "cuts the connection, nothing done",
  parameters: z.strictObject(nextCalls),
  example: { calls: 1 },
});

/** The call is carried out and the connection cut: the caller cannot know that it was done. */
export const lostAnswer = fault({
  name: "lost-answer",
  summary: "acts, then cuts the connection",
  parameters: z.strictObject(nextCalls),
  example: { calls: 1 },
});

/** Reads show what was there a while ago; writes are not struck. */
export const staleRead = fault({
  name: "stale-read",
  summary: "shows what was there a while ago",
  parameters: z.strictObject({ ...nextCalls, lag: durationSchema.default("1s") }),
  example: { lag: "1s" },
});

/** The token is refused, with one of Slack's words for it. */
export const tokenRefused = fault({
  name: "token-refused",
  summary: "the token is no longer valid",
  parameters: z.strictObject({
    error: z
      .enum(["invalid_auth", "token_revoked", "token_expired", "account_inactive"])
      .default("invalid_auth"),
  }),
  example: { error: "token_revoked" },
});

/** The token lacks scopes. */
export const scopesMissing = fault({
  name: "scopes-missing",
  summary: "the token lacks scopes",
  parameters: z.strictObject({ scopes: z.array(z.string().min(1)).min(1).default(["channels:manage"]) }),
  example: { scopes: ["channels:manage"] },
});

/** Every way in which Slack can be broken. */
export const slackFaults = [
  down,
  hang,
  rateLimited,
  serverError,
  badGateway,
  resetBefore,
  lostAnswer,
  staleRead,
  tokenRefused,
  scopesMissing,
] as const;

/** The faults that count calls. */
export const countedFaults = [
  rateLimited,
  serverError,
  badGateway,
  resetBefore,
  lostAnswer,
  staleRead,
] as const;
