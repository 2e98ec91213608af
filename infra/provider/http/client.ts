import type { z } from "zod";
import type { Clock } from "../clock";
import { systemClock } from "../clock";
import type { Configuration } from "../configuration";
import { jsonOf } from "../network";
import { callRemote, defaultRetryPolicy, type Pace } from "../remote-call";
import type { ResourceContext } from "../resource";
import { createAllowance, type AllowanceKeeper } from "./allowance";
import { answerOf, statusOf } from "./answer";
import { explain, judge, missingToken, type PropertyNames } from "./failures";
import { createPacer, type Pacer } from "./pacer";
import type { HttpService } from "./service";
import { undiciTransport, type HttpRequest, type Transport } from "./transport";

/** What services are reached by; tests put their own in its place. */
export interface HttpWorld {
  readonly transport: Transport;
  readonly clock: Clock;
}

export const systemWorld: HttpWorld = { transport: undiciTransport, clock: systemClock };

export interface Call<Answer> {
  readonly method: HttpRequest["method"];
  /** From the API's base, with its query: "/api/v2/monitors?page=2". */
  readonly path: string;
  readonly body?: unknown;
  readonly answer: z.ZodType<Answer>;
  /**
   * Whether it may be sent again after its answer was lost; where not told, all but POST may. A call that may not is
   * not torn by an interrupt either, because what it makes must be known.
   */
  readonly isRepeatable?: boolean;
}

/** One service with one token. Every failure is thrown as it came; `explained` makes it a message. */
export interface HttpClient {
  readonly service: HttpService;
  readonly host: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: ResourceContext["log"];
  /** The same for all clients of one service and token, as long as the process lives: what is remembered goes by it. */
  readonly identity: object;
  readonly call: <Answer>(call: Call<Answer>) => Promise<Answer>;
  /** Remembers that this was just made: for a while, 404 there means "not yet". */
  readonly justMade: (path: string) => void;
  readonly explained: (error: unknown, attempted: string, names?: PropertyNames) => Error;
}

/** What all clients of one service and token share. */
interface Shared {
  readonly pace: Pace;
  readonly pacer: Pacer;
  readonly allowance: AllowanceKeeper;
  /** Until when a path may not be found although it is there, in ms since 1970. */
  readonly fresh: Map<string, number>;
}

const sharedByToken = new WeakMap<HttpWorld, Map<string, Shared>>();

const sharedFor = (world: HttpWorld, key: string): Shared => {
  const known = sharedByToken.get(world) ?? new Map<string, Shared>();
  sharedByToken.set(world, known);
  const shared = known.get(key) ?? {
    pace: new Map(),
    pacer: createPacer(world.clock),
    allowance: createAllowance(),
    fresh: new Map(),
  };
  known.set(key, shared);
  return shared;
};

const shortestToldWaitMs = 2_000;
const notYetMs = 1_000;
const rateKey = "all";

/** @throws ProviderError when no token is configured */
export const connect = (
  world: HttpWorld,
  service: HttpService,
  context: Pick<ResourceContext, "configuration" | "signal" | "log">,
  attempted: string,
): HttpClient => {
  const { token, baseUrl } = accessTo(service, context.configuration);
  if (token === undefined) throw missingToken(service, attempted);
  const { transport, clock } = world;
  const shared = sharedFor(world, `${baseUrl} ${token}`);
  const { pace, pacer, allowance, fresh } = shared;
  const host = new URL(baseUrl).host;

  const waiting = (): number => (pace.get(rateKey) ?? 0) - clock.now();
  const onWait = (ms: number): void => {
    if (ms < shortestToldWaitMs) return;
    const seconds = Math.ceil(ms / 1000);
    context.log("info", `${service.name}'s rate limit: waiting ${seconds} s, as it asked.`);
  };

  const once = <Answer>(call: Call<Answer>): Promise<Answer> => {
    const { method, path, body, answer, isRepeatable = method !== "POST" } = call;
    return callRemote({
      method: rateKey,
      pace,
      clock,
      signal: context.signal,
      policy: service.policy ?? defaultRetryPolicy,
      turn: async (signal) => {
        await clock.sleep(pacer(rateKey, service.rate), signal);
        // Another call may have been told to wait while this one stood in the queue.
        const unpaced = (): number => {
          const pause = waiting();
          return pause > 0 ? pause : allowance.take(clock.now());
        };
        for (let pause = unpaced(); pause > 0; pause = unpaced()) {
          onWait(pause);
          await clock.sleep(pause, signal);
        }
      },
      judge: judge(isRepeatable),
      isUninterruptible: !isRepeatable,
      onWait,
      attempt: async (signal) => {
        const response = await transport({
          method,
          url: `${baseUrl}${path}`,
          headers: {
            authorization: `Bearer ${token}`,
            accept: "application/json",
            "user-agent": "flymon",
            ...(body !== undefined && { "content-type": "application/json" }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          signal,
        });
        allowance.learn(service.allowanceOf?.(response.headers));
        if (response.status >= 300) throw answerOf(response, clock.now());
        const json = jsonOf(response.text);
        const parsed = answer.safeParse(json);
        if (json === undefined || !parsed.success) throw answerOf({ ...response, text: "" }, clock.now());
        return parsed.data;
      },
    });
  };

  const mayBeFresh = (path: string): boolean =>
    [...fresh].some(([made, until]) => path.startsWith(made) && clock.now() < until);

  return {
    service,
    host,
    clock,
    signal: context.signal,
    log: context.log,
    identity: shared,
    justMade: (path) => {
      for (const [made, until] of fresh) if (until <= clock.now()) fresh.delete(made);
      fresh.set(path, clock.now() + service.settlesWithin);
    },
    explained: (error, what, names) => explain(error, what, service, host, names),
    call: async (call) => {
      for (;;) {
        try {
          return await once(call);
        } catch (error) {
          if (statusOf(error) !== 404 || !mayBeFresh(call.path)) throw error;
          await clock.sleep(notYetMs, context.signal);
        }
      }
    },
  };
};

/** Where the service is, without a slash at its end, and the token for it, where one is configured. */
export const accessTo = (
  { tokenKey, urlKey }: HttpService,
  configuration: Configuration,
): { readonly token: string | undefined; readonly baseUrl: string } => ({
  token: configuration[tokenKey],
  baseUrl: (configuration[urlKey] ?? "").replace(/\/+$/, ""),
});
