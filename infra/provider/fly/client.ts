import { z } from "zod";
import type { Clock } from "../clock";
import { defaultRetryPolicy } from "../remote-call";
import type { ResourceContext } from "../resource";
import { machineSchema, type ApiMachine, type Json } from "./api-machine";
import { connect, type Connection, type FlyCall, type FlyWorld } from "./connection";
import { statusOf } from "./failures";

export type { FlyWorld } from "./connection";

/** One app's part of the Machines API. Every failure is thrown as it came; `explained` makes it a message. */
export interface FlyClient {
  readonly app: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly explained: (error: unknown, attempted: string) => Error;
  readonly list: (filter?: { readonly [metadata: string]: string }) => Promise<readonly ApiMachine[]>;
  /** All machines, by one request for all who ask within a moment. */
  readonly listTogether: () => Promise<readonly ApiMachine[]>;
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
  readonly start: (machine: string, nonce: string) => Promise<void>;
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

const leaseAnswer = z.looseObject({ data: z.looseObject({ nonce: z.string().min(1) }) });
const anything = z.unknown();

/** How long a list waits for others who want it. */
const gatherMs = 50;

const unlessAborted = <Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    answer.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
    });
  });

/** A call below an app's machines. */
type MachineCall<Answer> = Omit<FlyCall<Answer>, "identifier"> & { readonly machine?: string };

/** @throws ProviderError when no token is configured */
export const connectFly = (
  world: FlyWorld,
  context: Pick<ResourceContext, "configuration" | "signal" | "log">,
  app: string,
): FlyClient => machinesOf(connect(world, context, app), app);

/** The machines of an app. */
export const machinesOf = (connection: Connection, app: string): FlyClient => {
  const { clock, signal, shared } = connection;
  const never = new AbortController().signal;

  const call = <Answer>({ machine, path, ...rest }: MachineCall<Answer>, until = signal): Promise<Answer> =>
    connection.call(
      { ...rest, identifier: machine ?? app, path: `/apps/${encodeURIComponent(app)}/machines${path}` },
      until,
    );

  const list = (
    filter: { readonly [metadata: string]: string } = {},
    until = signal,
  ): Promise<readonly ApiMachine[]> => {
    const query = new URLSearchParams(
      Object.entries(filter).map(([key, value]): [string, string] => [`metadata.${key}`, value]),
    ).toString();
    return call(
      {
        method: "GET",
        action: "machines.list",
        path: query === "" ? "" : `?${query}`,
        answer: z.array(machineSchema),
        isRepeatable: true,
      },
      until,
    );
  };
  const listInAMoment = async (): Promise<readonly ApiMachine[]> => {
    await clock.sleep(gatherMs, never);
    // Once it is sent, its answer may be older than a question.
    shared.upcomingLists.delete(app);
    return list({}, never);
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
    signal,
    explained: connection.explained,

    list: (filter) => list(filter),
    listTogether: () => {
      const answer = shared.upcomingLists.get(app) ?? listInAMoment();
      shared.upcomingLists.set(app, answer);
      return unlessAborted(answer, signal);
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
        signal.throwIfAborted();
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
    start: (machine, nonce) => act("start", machine, nonce, {}),
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
