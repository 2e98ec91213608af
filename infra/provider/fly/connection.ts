import type { z } from "zod";
import type { Clock } from "../clock";
import type { Configuration } from "../configuration";
import { jsonOf } from "../network";
import { createKeyedLock, type KeyedLock } from "../keyed-lock";
import { callRemote, defaultRetryPolicy, type Pace, type RetryPolicy } from "../remote-call";
import type { ResourceContext } from "../resource";
import type { ApiMachine } from "./api-machine";
import { answerOf, explain, judge, missingToken } from "./failures";
import { createPacer, type Pacer } from "../http/pacer";
import { flyRates } from "./rates";
import { authorization, type FlyRequest, type Transport } from "./transport";

/** What the Machines API is reached by; tests put their own in its place. */
export interface FlyWorld {
  readonly transport: Transport;
  readonly clock: Clock;
}

/** What all connections with one token share: Fly counts requests by action and machine or app. */
export interface Shared {
  readonly pace: Pace;
  readonly pacer: Pacer;
  readonly lock: KeyedLock;
  /** Lists of machines that are about to be asked for, by app: whoever wants one meanwhile gets the same answer. */
  readonly upcomingLists: Map<string, Promise<readonly ApiMachine[]>>;
  /** Ids of things that resources of this run have been given, so that no other resource adopts them. */
  readonly taken: Set<string>;
}

const sharedByToken = new WeakMap<FlyWorld, Map<string, Shared>>();

const sharedFor = (world: FlyWorld, { flyApiUrl, flyToken }: Configuration): Shared => {
  const known = sharedByToken.get(world) ?? new Map<string, Shared>();
  sharedByToken.set(world, known);
  const key = `${flyApiUrl} ${flyToken ?? ""}`;
  const shared = known.get(key) ?? {
    pace: new Map(),
    pacer: createPacer(world.clock),
    lock: createKeyedLock(),
    upcomingLists: new Map(),
    taken: new Set(),
  };
  known.set(key, shared);
  return shared;
};

export interface FlyCall<Answer> {
  readonly method: FlyRequest["method"];
  /** Fly's rate limit goes by this and `identifier`. */
  readonly action: string;
  /** Of the app, machine or organization. */
  readonly identifier: string;
  /** Below /v1. */
  readonly path: string;
  readonly nonce?: string;
  readonly body?: unknown;
  readonly answer: z.ZodType<Answer>;
  /** Whether the call may be sent again after its answer was lost. */
  readonly isRepeatable: boolean;
  /** Once sent it is not torn by an interrupt, because what it makes must be known. */
  readonly isUninterruptible?: boolean;
  readonly policy?: RetryPolicy;
}

/** The Machines API with one token. Every failure is thrown as it came; `explained` makes it a message. */
export interface Connection {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: ResourceContext["log"];
  readonly shared: Shared;
  /** @param signal the operation's own where not given */
  readonly call: <Answer>(options: FlyCall<Answer>, signal?: AbortSignal) => Promise<Answer>;
  readonly explained: (error: unknown, attempted: string) => Error;
}

const shortestToldWaitMs = 2_000;

/**
 * @param app the app that is dealt with, for messages
 * @throws ProviderError when no token is configured
 */
export const connect = (
  world: FlyWorld,
  context: Pick<ResourceContext, "configuration" | "signal" | "log">,
  app: string,
): Connection => {
  const { flyToken, flyApiUrl } = context.configuration;
  if (flyToken === undefined) throw missingToken(`looking at the machines of ${app}`);
  const { transport, clock } = world;
  const shared = sharedFor(world, context.configuration);
  const host = new URL(flyApiUrl).host;

  return {
    clock,
    signal: context.signal,
    log: context.log,
    shared,
    explained: (error, attempted) => explain(error, attempted, host),
    call: (options, signal = context.signal) => {
      const { method, action, identifier, path, nonce, answer, body } = options;
      const key = `${action} ${identifier}`;
      const rate = action === "machines.get" ? flyRates["machines.get"] : flyRates.usual;
      return callRemote({
        method: key,
        pace: shared.pace,
        clock,
        signal,
        policy: options.policy ?? defaultRetryPolicy,
        judge: judge(options.isRepeatable, method === "GET" && options.isRepeatable),
        isUninterruptible: options.isUninterruptible ?? false,
        onWait: (ms) => {
          if (ms < shortestToldWaitMs) return;
          context.log("info", `Fly's rate limit: ${app} waits ${Math.ceil(ms / 1000)} s, as Fly asked.`);
        },
        turn: async (patience) => {
          const pause = shared.pacer(key, rate);
          if (pause > 0) await clock.sleep(pause, patience);
        },
        attempt: async (bound) => {
          const response = await transport(flyApiUrl, {
            method,
            path: `/v1${path}`,
            headers: {
              Authorization: authorization(flyToken),
              Accept: "application/json",
              "User-Agent": "flymon",
              ...(nonce !== undefined && { "fly-machine-lease-nonce": nonce }),
            },
            ...(body !== undefined && { body }),
            signal: bound,
          });
          if (response.status >= 400) throw answerOf(response);
          const parsed = answer.safeParse(jsonOf(response.text));
          if (!parsed.success) throw answerOf(response);
          return parsed.data;
        },
      });
    },
  };
};
