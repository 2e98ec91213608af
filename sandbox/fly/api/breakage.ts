import { setTimeout as pause } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { milliseconds } from "../../../infra/model/units";
import type { FaultBoard } from "../../faults/fault-board";
import { seededRandom } from "../model/random";
import * as known from "./faults";

/** Hono's environment here: the raw connection is at hand, for cutting it. */
export interface Bindings {
  Bindings: HttpBindings;
  Variables: { action: string; requestId: string };
}

/** A call as faults look at it. */
export interface Call {
  readonly action: string;
  readonly method: string;
  readonly path: string;
}

/** The fault that strikes a call, with what it needs to know. */
export interface Strike {
  readonly fault: known.CallFault;
  readonly retryAfter: number | null;
  readonly delay: number;
}

interface Which {
  readonly action?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
}

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  ).test(text);

const concerns = (which: Which, call: Call): boolean =>
  (which.action === undefined || matches(which.action, call.action)) &&
  (which.method === undefined || which.method.toUpperCase() === call.method) &&
  (which.path === undefined || matches(which.path, call.path));

/** Decides which fault strikes a call: at most one, so that each counts the calls that it really broke. */
export const striker = (faults: FaultBoard): ((call: Call) => Strike | undefined) => {
  // Draws go on from call to call for as long as a fault stays switched on.
  const draws = new Map<string, { readonly since: number; readonly random: () => number }>();
  const randomOf = (name: string, since: number, seed: number): (() => number) => {
    const current = draws.get(name);
    if (current?.since === since) return current.random;
    const random = seededRandom(seed);
    draws.set(name, { since, random });
    return random;
  };

  const drawn = (fault: known.CallFault | typeof known.chaos, call: Call): (() => number) | undefined => {
    const active = faults.read<typeof known.calls>(fault);
    if (active === undefined || !concerns(active.parameters, call)) return undefined;
    const { probability, seed } = active.parameters;
    const random = randomOf(fault.name, active.since, seed);
    return probability === 1 || random() < probability ? random : undefined;
  };
  const strike = (fault: known.CallFault): Strike => {
    const limited = faults.read(known.rateLimited)?.parameters.retryAfter;
    const slow = faults.read(known.slowBody)?.parameters.delay ?? "500ms";
    return { fault, retryAfter: limited === undefined ? 1 : limited, delay: milliseconds(slow) };
  };

  return (call) => {
    const fault = known.callFaults.find((candidate) => drawn(candidate, call) !== undefined);
    if (fault !== undefined) {
      const struck = strike(fault);
      faults.spend(fault);
      return struck;
    }
    const random = drawn(known.chaos, call);
    if (random === undefined) return undefined;
    const kinds = faults.read(known.chaos)?.parameters.kinds;
    const pool = known.callFaults.filter(({ name }) => kinds?.includes(name) ?? true);
    faults.spend(known.chaos);
    const any = pool[Math.floor(random() * pool.length)];
    return any && strike(any);
  };
};

const never = new Promise<never>(() => undefined);

const cut = (c: Context<Bindings>): Promise<never> => {
  c.env.incoming.socket.destroy();
  return never;
};

const gateway = `<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n`;

const trickle = (text: string, delay: number): ReadableStream<Uint8Array> => {
  const half = Math.ceil(text.length / 2);
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: async (controller) => {
      controller.enqueue(encoder.encode(text.slice(0, half)));
      await pause(delay);
      controller.enqueue(encoder.encode(text.slice(half)));
      controller.close();
    },
  });
};

/** Answers a call that is struck; `act` carries it out, for the faults that come after the deed. */
export const broken = async (
  c: Context<Bindings>,
  { fault, retryAfter, delay }: Strike,
  act: () => Promise<Response>,
): Promise<Response> => {
  const error = (status: 408 | 409 | 412 | 500 | 503, message: string): Response =>
    c.json({ error: message }, status);
  switch (fault) {
    case known.requestTimeout:
      return error(408, "deadline_exceeded: request timed out");
    case known.leaseHeld:
      return error(
        409,
        `aborted: machine ID ${c.req.param("machine") ?? ""} lease currently held by somebody@tokens.fly.io, expires at ${new Date(Date.now() + 13_000).toISOString().slice(0, 19)}Z`,
      );
    case known.preconditionFailed:
      return error(412, "failed_precondition: machine is not in the expected version");
    case known.rateLimited:
      return c.json(
        { error: "rate limit exceeded" },
        429,
        retryAfter === null ? {} : { "Retry-After": String(retryAfter) },
      );
    case known.serverError:
      return error(500, "internal: something went wrong");
    case known.badGateway:
      return c.html(gateway, 502);
    case known.unavailable:
      return error(503, "unavailable: could not reach the machine's host");
    case known.noAnswer:
      return never;
    case known.resetBefore:
      return cut(c);
    case known.lostAnswer:
      await act();
      return cut(c);
    case known.slowBody: {
      const answer = await act();
      return new Response(trickle(await answer.text(), delay), answer);
    }
    case known.truncated: {
      const answer = await act();
      const text = await answer.text();
      return new Response(text.slice(0, Math.floor(text.length / 2)), answer);
    }
  }
  throw new Error(`fault ${fault.name} is not carried out`);
};
