import { setTimeout as pause } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { durationSchema, milliseconds } from "../../infra/model/units";
import type { Fault } from "./fault";

/** Hono's environment of a breakable API: the raw connection is at hand, for cutting it. */
export interface Bindings {
  Bindings: HttpBindings;
  Variables: {
    /** How old the state is that this call shall see, milliseconds. */
    lag: number | undefined;
  };
}

/** Which calls a fault strikes; all where nothing is said. */
export const which = {
  /** How many calls; all until switched off where not given. */
  calls: z.int().min(1).optional(),
  /** The first call that is struck, counted from 1 among those below; those before go well. */
  nth: z.int().min(1).default(1),
  /** An action such as "machines.update"; "machines.*" for all of machines. */
  action: z.string().min(1).optional(),
  method: z.string().min(1).optional(),
  /** The path with `*` for anything, such as "/v1/apps/*". */
  path: z.string().min(1).optional(),
  /** The share of the calls above that is struck, drawn by chance. */
  probability: z.number().gt(0).max(1).default(1),
  /** The same seed draws the same. */
  seed: z.int().default(1),
};

/** What every fault of a call takes. */
export const calls = z.strictObject(which);
export type Which = z.output<typeof calls>;

/** A fault that strikes single calls of an API. */
export interface CallFault<Schema extends z.ZodType<Which> = z.ZodType<Which>> extends Fault<Schema> {
  /** Answers a call that is struck; `act` carries it out, for the faults that come after the deed. */
  answer(
    c: Context<Bindings>,
    act: () => Promise<Response>,
    parameters: z.output<Schema>,
  ): Promise<Response> | Response;
}

/** Declares a fault of a call that takes more than which calls. */
export const callFault = <Schema extends z.ZodType<Which>>(declared: CallFault<Schema>): CallFault<Schema> =>
  declared;

/** Declares a fault that takes no more than which calls. */
export const simpleCallFault = (
  name: string,
  summary: string,
  answer: CallFault<typeof calls>["answer"],
  example: z.input<typeof calls> = {},
): CallFault<typeof calls> => ({ name, summary, parameters: calls, example, answer });

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

/** A fault that answers a status with the service's own words, nothing done. */
export const answersError = (
  name: string,
  status: ContentfulStatusCode,
  body: (c: Context<Bindings>) => object,
  example: z.input<typeof calls> = {},
): CallFault<typeof calls> =>
  simpleCallFault(name, `answers ${status}`, (c) => c.json(body(c), status), example);

const limitedCalls = z.strictObject({ ...which, retryAfter: z.int().min(0).nullable().default(1) });

/** HTTP 429, with or without (null) the seconds in Retry-After. */
export const rateLimitedBy = (body: () => object): CallFault<typeof limitedCalls> =>
  callFault({
    name: "rate-limited",
    summary: "answers 429",
    parameters: limitedCalls,
    example: { calls: 3 },
    answer: (c, _act, { retryAfter }) =>
      c.json(body(), 429, retryAfter === null ? {} : { "Retry-After": String(retryAfter) }),
  });

export const badGateway = simpleCallFault("bad-gateway", "answers 502 with HTML", (c) =>
  c.html(gateway, 502),
);
export const noAnswer = simpleCallFault("no-answer", "takes the call and never answers", () => never, {
  calls: 1,
});
export const resetBefore = simpleCallFault("reset-before", "cuts the connection, nothing done", cut, {
  calls: 1,
});
export const lostAnswer = simpleCallFault(
  "lost-answer",
  "acts, then cuts the connection",
  async (c, act) => {
    await act();
    return cut(c);
  },
  { calls: 1 },
);
export const truncated = simpleCallFault(
  "truncated",
  "acts, then answers half of the JSON",
  async (_c, act) => {
    const answer = await act();
    const text = await answer.text();
    return new Response(text.slice(0, Math.floor(text.length / 2)), answer);
  },
  { calls: 1 },
);

/** Acts at once, and the answer's body trickles. */
export const slowBody = callFault({
  name: "slow-body",
  summary: "acts, then answers slowly",
  parameters: z.strictObject({ ...which, delay: durationSchema.default("2s") }),
  example: { delay: "2s" },
  answer: async (_c, act, { delay }) => {
    const answer = await act();
    const text = await answer.text();
    // A status such as 204 allows no body.
    return new Response(text === "" ? null : trickle(text, milliseconds(delay)), answer);
  },
});

const staleCalls = z.strictObject({ ...which, lag: durationSchema.default("1s") });

/** Shows reads what was there a while ago, as an eventually consistent service does. Only for APIs that heed `lag`. */
export const staleRead = callFault({
  name: "stale-read",
  summary: "shows what was there a while ago",
  parameters: staleCalls,
  example: { lag: "1s" },
  answer: (c, act, { lag }) => {
    c.set("lag", milliseconds(lag));
    return act();
  },
});
