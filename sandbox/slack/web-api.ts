import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { FaultBoard } from "../faults/fault-board";
import { refused, type Answer } from "./answer";
import { breakage, tooManyRequests, type Bindings } from "./breakage";
import { scopesMissing, tokenRefused } from "./faults";
import { lacking } from "./method";
import { methods } from "./methods";
import type { Past } from "./past";
import type { RateLimits } from "./rate-limits";
import { readArguments } from "./read-arguments";
import type { Workspace } from "./workspace";

/** The scopes that the bot was installed with. */
export const installedScopes: readonly string[] = [
  "bookmarks:read",
  "bookmarks:write",
  "channels:history",
  "channels:join",
  "channels:manage",
  "channels:read",
  "chat:write",
  "chat:write.public",
  "groups:history",
  "groups:read",
  "groups:write",
  "pins:read",
  "pins:write",
  "users:read.email",
];

/** What the Web API works on. */
export interface WebApiContext {
  readonly workspace: Workspace;
  /** What reads show under a fault that lets them be behind. */
  readonly past: Past;
  readonly limits: RateLimits;
  readonly faults: FaultBoard;
  /** The one token that is taken. */
  readonly token: string;
  readonly workspaceUrl: () => string;
}

const bearer = (header: string | undefined): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(header ?? "")?.[1];

const withWarning = (answer: Answer, warning: string | undefined): Answer => {
  if (warning === undefined) return answer;
  const metadata = (answer.response_metadata ?? {}) as Readonly<Record<string, unknown>>;
  const warnings = [...((metadata.warnings as readonly string[] | undefined) ?? []), warning];
  return { ...answer, warning: warnings.join(","), response_metadata: { ...metadata, warnings } };
};

/** Slack's Web API under `/:method`. Anything but a rate limit is answered with HTTP 200. */
export const webApi = (context: WebApiContext): Hono<Bindings> => {
  const { workspace, past, limits, faults, token, workspaceUrl } = context;
  const scopes = (): readonly string[] => {
    const missing = faults.read(scopesMissing)?.parameters.scopes ?? [];
    return installedScopes.filter((scope) => !missing.includes(scope));
  };
  const authError = (given: string | undefined): string | undefined => {
    if (given === undefined || given === "") return "not_authed";
    return given === token ? faults.read(tokenRefused)?.parameters.error : "invalid_auth";
  };

  const app = new Hono<Bindings>();
  app.use(
    "/:method",
    breakage(faults, (c) => {
      const name = c.req.param("method") ?? "";
      return { name, isRead: methods.get(name)?.isRead ?? false };
    }),
  );
  app.on(["GET", "POST"], "/:method", async (c) => {
    c.header("X-Slack-Req-Id", randomUUID().replaceAll("-", ""));
    const name = c.req.param("method");
    const method = methods.get(name);
    if (method === undefined) return c.json(refused("unknown_method", { req_method: name }));

    const read = await readArguments(c.req, method.json);
    if (read.kind === "refused") return c.json(refused(read.error));
    const unauthorised = authError(bearer(c.req.header("authorization")) ?? read.token);
    if (unauthorised !== undefined) return c.json(refused(unauthorised));

    const granted = scopes();
    c.header("X-OAuth-Scopes", granted.join(","));
    c.header("X-Accepted-OAuth-Scopes", method.scopes.join(","));
    const throttled = limits.call(name, method.tier);
    if (throttled !== undefined) return tooManyRequests(c, throttled.retryAfter, false);

    const lag = c.get("lag");
    const call = {
      args: read.args,
      workspace: lag === undefined ? workspace : past.before(lag),
      limits,
      scopes: granted,
      workspaceUrl: workspaceUrl(),
    };
    const answer = lacking(call, method.scopes) ?? method.run(call);
    if (!("ok" in answer)) return tooManyRequests(c, answer.retryAfter, false);
    return c.json(withWarning(answer, read.warning));
  });
  return app;
};
