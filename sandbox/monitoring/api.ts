import { Hono, type Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Bindings, CallFault } from "../faults/call-fault";
import { hang } from "../faults/common";
import type { FaultBoard } from "../faults/fault-board";
import { striker, type Chaos } from "../faults/striker";
import { Refusal } from "./refusal";

/** A call as it was taken, for tests that judge a client by what it sent. */
export interface LoggedCall {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Such as "monitors.create". */
  readonly action: string;
  /** The keys of the JSON that came with it. */
  sent: readonly string[];
  /** Those of them that the service does not know. */
  ignored: readonly string[];
  /** The status that was answered; 0 where the connection was cut or no answer came yet. */
  status: number;
  /** The fault that struck it. */
  fault?: string;
}

/** Calls kept. */
const kept = 20_000;

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
export type Sent = Readonly<Record<string, unknown>>;

export interface CallContext {
  readonly c: Context<Bindings>;
  /** The id in the path; 0, which is nobody's, where it is not a number. */
  readonly id: number;
  /** The body as JSON; an empty object where there is none. */
  readonly body: Sent;
  /** Notes keys of the body that the service passed over. */
  readonly passedOver: (keys: readonly string[]) => void;
  /** How old the state is that this call sees, milliseconds. */
  readonly lag: number;
}

export type Handler = (call: CallContext) => Promise<Response> | Response;

export interface ApiOptions {
  readonly faults: FaultBoard;
  readonly callFaults: readonly CallFault[];
  readonly chaos: Chaos;
  /** Lets a call in, or throws a Refusal: token and rate limit. */
  readonly gate: (c: Context<Bindings>, action: string) => void;
  /** What a body that is no JSON object is answered with. */
  readonly malformed: Refusal;
  /** How old the state is that a read sees without a fault, milliseconds; 0 where not given. */
  readonly usualLag?: () => number;
}

/** The routes of an API, and what was called. */
export interface Api {
  readonly app: Hono<Bindings>;
  readonly calls: LoggedCall[];
  route(method: Method, path: string, action: string, handler: Handler): void;
}

const refused = (c: Context, { httpStatus, body, headers }: Refusal): Response =>
  c.json(body, httpStatus as ContentfulStatusCode, headers);

/** Makes an API whose every route is logged, can be broken, and lets in whom the gate lets in, in that order. */
export const createApi = (options: ApiOptions): Api => {
  const { faults, gate, malformed, usualLag = () => 0 } = options;
  const app = new Hono<Bindings>();
  const calls: LoggedCall[] = [];
  const strike = striker(faults, options.callFaults, options.chaos);

  const bodyOf = async (c: Context<Bindings>): Promise<Sent> => {
    const text = await c.req.text();
    if (text.trim() === "") return {};
    const value: unknown = await Promise.resolve(text)
      .then(JSON.parse)
      .catch(() => undefined);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed;
    return value as Sent;
  };

  const take = async (c: Context<Bindings>, action: string, handler: Handler): Promise<Response> => {
    const { method, url } = c.req.raw;
    const path = url.slice(new URL(url).origin.length);
    const logged: LoggedCall = { at: Date.now(), method, path, action, sent: [], ignored: [], status: 0 };
    calls.push(logged);
    if (calls.length > kept) calls.shift();
    if (faults.read(hang) !== undefined) await new Promise<never>(() => undefined);

    const act = async (): Promise<Response> => {
      try {
        gate(c, action);
        const body = method === "GET" ? {} : await bodyOf(c);
        logged.sent = Object.keys(body);
        const id = Number(c.req.param("id") ?? 0);
        return await handler({
          c,
          id: Number.isInteger(id) ? id : 0,
          body,
          passedOver: (keys) => {
            logged.ignored = keys;
          },
          lag: c.get("lag") ?? usualLag(),
        });
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
  };

  return {
    app,
    calls,
    route: (method, path, action, handler) => {
      app.on(method, path, (c) => take(c, action, handler));
    },
  };
};
