import { z } from "zod";
import type { Clock } from "../clock";
import type { Configuration } from "../configuration";
import { callRemote, defaultRetryPolicy, type Pace, type RetryPolicy } from "../remote-call";
import type { ResourceContext } from "../resource";
import { machineSchema, type ApiMachine, type Json } from "./api-machine";
import { answerOf, explain, judge, missingToken, statusOf } from "./failures";
import { createPacer, flyRates, type Pacer } from "./pacer";
import { authorization, type FlyRequest, type Transport } from "./transport";

/** What the Machines API is reached by; tests put their own in its place. */
export interface FlyWorld {
  readonly transport: Transport;
  readonly clock: Clock;
}

/** One app's part of the Machines API. Every failure is thrown as it came; `explained` makes it a message. */
export interface FlyClient {
  readonly app: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly explained: (error: unknown, attempted: string) => Error;
  readonly list: (filter?: { readonly [metadata: string]: string }) => Promise<readonly ApiMachine[]>;
  readonly get: (machine: string) => Promise<ApiMachine>;
  /** @returns false when the machine was not there in time */
  readonly wait: (machine: string, wish: WaitWish) => Promise<boolean>;
  readonly takeLease: (machine: string, wish: LeaseWish) => Promise<string>;
  readonly prolongLease: (machine: string, nonce: string, wish: LeaseWish) => Promise<void>;
  readonly releaseLease: (machine: string, nonce: string) => Promise<void>;
  /** Never sent again by itself: whether it took effect must be looked up. */
  readonly update: (machine: string, nonce: string, wish: UpdateWish) => Promise<ApiMachine>;
  /** Never sent again by itself. */
  readonly create: (wish: CreateWish) => Promise<ApiMachine>;
  readonly cordon: (machine: string, nonce: string) => Promise<void>;
  readonly stop: (machine: string, nonce: string) => Promise<void>;
  /** Also of a machine that runs. */
  readonly destroy: (machine: string, nonce: string) => Promise<void>;
}

export interface WaitWish {
  readonly version: string;
  readonly state: string;
  /** Whole seconds, 1 to 60. */
  readonly timeout: number;
}

export interface LeaseWish {
  /** Seconds. */
  readonly ttl: number;
  readonly description: string;
}

export interface UpdateWish {
  readonly config: Json;
  /** The version that the config was made from: refused with 412 when the machine has another. */
  readonly current_version: string;
  /** Leaves a stopped machine stopped; stops a running one. */
  readonly skip_launch: boolean;
}

export interface CreateWish {
  readonly name: string;
  readonly region: string;
  readonly config: Json;
  readonly skip_launch: boolean;
}

/** What all clients of one token share: Fly counts requests by action and machine or app. */
interface Shared {
  readonly pace: Pace;
  readonly pacer: Pacer;
}

const sharedByToken = new WeakMap<FlyWorld, Map<string, Shared>>();

const sharedFor = (world: FlyWorld, { flyApiUrl, flyToken }: Configuration): Shared => {
  const known = sharedByToken.get(world) ?? new Map<string, Shared>();
  sharedByToken.set(world, known);
  const key = `${flyApiUrl} ${flyToken ?? ""}`;
  const shared = known.get(key) ?? { pace: new Map(), pacer: createPacer(world.clock) };
  known.set(key, shared);
  return shared;
};

const leaseAnswer = z.looseObject({ data: z.looseObject({ nonce: z.string().min(1) }) });
const anything = z.unknown();

interface Call<Answer> {
  readonly method: FlyRequest["method"];
  /** Fly's rate limit goes by this and by the machine or app. */
  readonly action: string;
  /** Below /v1/apps/APP/machines. */
  readonly path: string;
  readonly machine?: string;
  readonly nonce?: string;
  readonly body?: unknown;
  readonly answer: z.ZodType<Answer>;
  /** Whether the call may be sent again after its answer was lost. */
  readonly isRepeatable: boolean;
  /** Once sent it is not torn by an interrupt, because what it makes must be known. */
  readonly isUninterruptible?: boolean;
  readonly policy?: RetryPolicy;
}

const shortestToldWaitMs = 2_000;

/** @throws ProviderError when no token is configured */
export const connectFly = (
  world: FlyWorld,
  context: Pick<ResourceContext, "configuration" | "signal" | "log">,
  app: string,
): FlyClient => {
  const { flyToken, flyApiUrl } = context.configuration;
  if (flyToken === undefined) throw missingToken(`looking at the machines of ${app}`);
  const { transport, clock } = world;
  const { pace, pacer } = sharedFor(world, context.configuration);
  const host = new URL(flyApiUrl).host;
  const never = new AbortController().signal;

  const call = <Answer>(options: Call<Answer>, signal = context.signal): Promise<Answer> => {
    const { method, action, machine, nonce, answer, body } = options;
    const key = `${action} ${machine ?? app}`;
    const rate = action === "machines.get" ? flyRates["machines.get"] : flyRates.usual;
    return callRemote({
      method: key,
      pace,
      clock,
      signal,
      policy: options.policy ?? defaultRetryPolicy,
      judge: judge(options.isRepeatable, method === "GET" && options.isRepeatable),
      isUninterruptible: options.isUninterruptible ?? false,
      onWait: (ms) => {
        if (ms < shortestToldWaitMs) return;
        context.log("info", `Fly's rate limit: ${app} waits ${Math.ceil(ms / 1000)} s, as Fly asked.`);
      },
      attempt: async (bound) => {
        const pause = pacer(key, rate);
        if (pause > 0) await clock.sleep(pause, bound);
        const response = await transport(flyApiUrl, {
          method,
          path: `/v1/apps/${encodeURIComponent(app)}/machines${options.path}`,
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
  };

  const one = (machine: string): { path: string; machine: string } => ({
    path: `/${encodeURIComponent(machine)}`,
    machine,
  });
  const act = async (action: string, machine: string, nonce: string, body?: unknown): Promise<void> => {
    const path = `${one(machine).path}/${action}`;
    await call({
      method: "POST",
      action: `machines.${action}`,
      ...{ machine, path, nonce },
      ...(body !== undefined && { body }),
      answer: anything,
      isRepeatable: true,
    });
  };

  return {
    app,
    clock,
    signal: context.signal,
    explained: (error, attempted) => explain(error, attempted, host),

    list: (filter = {}) => {
      const query = new URLSearchParams(
        Object.entries(filter).map(([key, value]): [string, string] => [`metadata.${key}`, value]),
      ).toString();
      return call({
        method: "GET",
        action: "machines.list",
        path: query === "" ? "" : `?${query}`,
        answer: z.array(machineSchema),
        isRepeatable: true,
      });
    },
    get: (machine) =>
      call({
        method: "GET",
        action: "machines.get",
        ...one(machine),
        answer: machineSchema,
        isRepeatable: true,
      }),

    wait: async (machine, { version, state, timeout }) => {
      const query = new URLSearchParams({ version, instance_id: version, state, timeout: String(timeout) });
      try {
        await call({
          method: "GET",
          action: "machines.wait",
          path: `${one(machine).path}/wait?${query.toString()}`,
          machine,
          answer: anything,
          isRepeatable: false,
          policy: {
            ...defaultRetryPolicy,
            requestMs: (timeout + 5) * 1_000,
            troubleMs: (timeout + 10) * 1_000,
          },
        });
        return true;
      } catch {
        context.signal.throwIfAborted();
        return false; // whatever it was: looking at the machine tells what is the matter
      }
    },

    takeLease: async (machine, wish) => {
      const { data } = await call({
        method: "POST",
        action: "leases.take",
        path: `${one(machine).path}/lease`,
        machine,
        body: wish,
        answer: leaseAnswer,
        isRepeatable: true,
        isUninterruptible: true,
      });
      return data.nonce;
    },
    prolongLease: async (machine, nonce, wish) => {
      await call({
        method: "POST",
        action: "leases.take",
        path: `${one(machine).path}/lease`,
        ...{ machine, nonce },
        body: wish,
        answer: anything,
        isRepeatable: true,
      });
    },
    releaseLease: async (machine, nonce) => {
      try {
        await call(
          {
            method: "DELETE",
            action: "leases.release",
            path: `${one(machine).path}/lease`,
            ...{ machine, nonce },
            answer: anything,
            isRepeatable: true,
          },
          never, // also when the run was interrupted
        );
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
      }
    },

    update: (machine, nonce, wish) =>
      call({
        method: "POST",
        action: "machines.update",
        ...one(machine),
        nonce,
        body: wish,
        answer: machineSchema,
        isRepeatable: false,
        isUninterruptible: true,
      }),
    create: (wish) =>
      call({
        method: "POST",
        action: "machines.create",
        path: "",
        body: wish,
        answer: machineSchema,
        isRepeatable: false,
        isUninterruptible: true,
      }),

    cordon: (machine, nonce) => act("cordon", machine, nonce, {}),
    stop: (machine, nonce) => act("stop", machine, nonce, {}),
    destroy: async (machine, nonce) => {
      try {
        await call({
          method: "DELETE",
          action: "machines.delete",
          path: `${one(machine).path}?force=true`,
          ...{ machine, nonce },
          answer: anything,
          isRepeatable: true,
        });
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
      }
    },
  };
};

const jsonOf = (text: string): unknown => {
  if (text.trim() === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
};
