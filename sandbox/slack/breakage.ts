import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { hang } from "../faults/common";
import type { FaultBoard } from "../faults/fault-board";
import { milliseconds } from "../../infra/model/units";
import {
  badGateway,
  countedFaults,
  lostAnswer,
  rateLimited,
  resetBefore,
  serverError,
  staleRead,
} from "./faults";

/** Hono's environment here: the raw connection is at hand, for cutting it. */
export interface Bindings {
  Bindings: HttpBindings;
  Variables: {
    /** How old the state is that this call shall see, milliseconds. */
    lag: number | undefined;
  };
}

/** A call as faults look at it. */
export interface Target {
  /** The Web API method's name or "webhook". */
  readonly name: string;
  readonly isRead: boolean;
}

const never = new Promise<never>(() => undefined);

const proxyPage = `<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n`;

/** HTTP 429 as Slack sends it, as JSON to the Web API's callers and as text to webhooks'. */
export const tooManyRequests = (
  c: Context<Bindings>,
  retryAfter: number | null,
  asText: boolean,
): Response => {
  const headers: Record<string, string> = retryAfter === null ? {} : { "Retry-After": String(retryAfter) };
  return asText
    ? c.text("rate_limited", 429, headers)
    : c.json({ ok: false, error: "ratelimited" }, 429, headers);
};

const cut = (c: Context<Bindings>): Promise<never> => {
  c.env.incoming.socket.destroy();
  return never;
};

/** Breaks calls as switched. */
export const breakage =
  (faults: FaultBoard, target: (c: Context<Bindings>) => Target): MiddlewareHandler<Bindings> =>
  async (c, next) => {
    if (faults.read(hang) !== undefined) await never;
    const { name, isRead } = target(c);
    // One fault a call, the first that applies: so each counts the calls that it really broke.
    const struck = countedFaults.find((fault) => {
      if (fault === staleRead && !isRead) return false;
      const active = faults.read(fault);
      return active !== undefined && (active.parameters.method ?? name) === name;
    });
    if (struck === undefined) return next();
    const retryAfter = faults.read(rateLimited)?.parameters.retryAfter ?? null;
    const lag = faults.read(staleRead)?.parameters.lag;
    faults.spend(struck);

    switch (struck) {
      case rateLimited:
        return tooManyRequests(c, retryAfter, name === "webhook");
      case serverError:
        return c.json({ ok: false, error: "internal_error" }, 500);
      case badGateway:
        return c.html(proxyPage, 502);
      case resetBefore:
        return cut(c);
      case lostAnswer:
        await next();
        return cut(c);
      case staleRead:
        if (lag !== undefined) c.set("lag", milliseconds(lag));
    }
    return next();
  };
