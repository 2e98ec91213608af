import { Hono, type Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Bindings } from "../../faults/call-fault";
import { hang } from "../../faults/common";
import type { FaultBoard } from "../../faults/fault-board";
import { striker } from "../../faults/striker";
import { tokenBuckets } from "../../net/token-buckets";
import { Refusal } from "../machines/refusal";
import { ulid } from "../model/ids";
import { caller, type Tokens } from "./auth";
import { callFaults, chaos } from "./faults";

/** Calls a second and at once, an action and a machine (or app). Source: Fly's "Working with the Machines API". */
const limits = { "machines.get": { perSecond: 5, burst: 10 }, usual: { perSecond: 1, burst: 3 } } as const;

/** A call as it was taken, for tests that judge a client by what it sent. */
export interface LoggedCall {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Such as "machines.update". */
  readonly action: string;
  readonly app?: string | undefined;
  readonly machine?: string | undefined;
  readonly nonce?: string | undefined;
  /** The status that was answered; 0 where the connection was cut or no answer came yet. */
  status: number;
  /** The fault that struck it. */
  fault?: string;
}

/** Calls kept. */
const kept = 20_000;

export interface ApiOptions {
  readonly tokens: Tokens;
  readonly faults: FaultBoard;
  /** Multiplies the rate limits; Infinity for none. */
  readonly limits: number;
}

export interface CallContext {
  readonly c: Context<Bindings>;
  readonly owner: string;
  readonly nonce: string | undefined;
  /** The body as JSON; an empty object where there is none. */
  readonly body: () => Promise<Readonly<Record<string, unknown>>>;
}

type Handler = (call: CallContext) => Promise<Response> | Response;

/** The routes of the API below /v1, and what was called. */
export interface Api {
  readonly app: Hono<Bindings>;
  readonly calls: LoggedCall[];
  route(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    action: string,
    handler: Handler,
  ): void;
}

const refused = (c: Context, { httpStatus, message, details }: Refusal): Response =>
  c.json(
    { error: message, ...(details.status !== undefined && { status: details.status }) },
    httpStatus as ContentfulStatusCode,
    details.retryAfter === undefined ? {} : { "Retry-After": String(details.retryAfter) },
  );

/** Makes an API whose every route is logged, can be broken, wants a token and is limited by rate, in that order. */
export const createApi = ({ tokens, faults, limits: scale }: ApiOptions): Api => {
  const app = new Hono<Bindings>();
  const calls: LoggedCall[] = [];
  const strike = striker(faults, callFaults, chaos);
  const take = tokenBuckets();

  const limit = (action: string, identifier: string): void => {
    if (!Number.isFinite(scale)) return;
    const { perSecond, burst } = action === "machines.get" ? limits["machines.get"] : limits.usual;
    const throttled = take(`${action} ${identifier}`, Math.max(1, burst * scale), perSecond * scale);
    if (throttled !== undefined) throw new Refusal(429, "rate limit exceeded", throttled);
  };

  app.onError((error, c) => {
    if (error instanceof Refusal) return refused(c, error);
    process.stderr.write(`sandbox: fly: ${error.stack ?? error.message}\n`);
    return c.json({ error: `internal: ${error.message}` }, 500);
  });
  app.notFound((c) => c.json({ error: "not found" }, 404));

  return {
    app,
    calls,
    route: (method, path, action, handler) => {
      app.on(method, `/v1${path}`, async (c) => {
        const [appName, machine] = [c.req.param("app"), c.req.param("machine")];
        const nonce = c.req.header("fly-machine-lease-nonce");
        const logged: LoggedCall = {
          at: Date.now(),
          method,
          path: c.req.path,
          action,
          app: appName,
          machine,
          nonce,
          status: 0,
        };
        calls.push(logged);
        if (calls.length > kept) calls.shift();
        c.header("fly-request-id", `${ulid()}-ord`);
        if (faults.read(hang) !== undefined) await new Promise<never>(() => undefined);

        const act = async (): Promise<Response> => {
          try {
            const owner = caller(tokens, c.req.header("authorization"), method !== "GET");
            limit(action, machine ?? appName ?? c.req.param("org") ?? "");
            const body = async (): Promise<Readonly<Record<string, unknown>>> => {
              const text = await c.req.text();
              if (text.trim() === "") return {};
              const value: unknown = await Promise.resolve(text)
                .then(JSON.parse)
                .catch(() => undefined);
              if (typeof value !== "object" || value === null || Array.isArray(value))
                throw new Refusal(400, "invalid_argument: the body is not a JSON object");
              return value as Readonly<Record<string, unknown>>;
            };
            return await handler({ c, owner, nonce, body });
          } catch (error) {
            if (error instanceof Refusal) return refused(c, error);
            throw error;
          }
        };
        const struck = strike({ action, method, path: c.req.path });
        if (struck !== undefined) logged.fault = struck.name;
        const answer = struck === undefined ? await act() : await struck.answer(c, act);
        logged.status = answer.status;
        return answer;
      });
    },
  };
};
