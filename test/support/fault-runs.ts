import { expect } from "vitest";
import { PartialFailure, ProviderError } from "../../infra/provider/errors";
import type { VirtualClock } from "./virtual-clock";

// What all properties with faults have in common: many seeded trials in which calls go wrong and processes are killed,
// after which all must be in line again.

export type Random = () => number;

export const pick = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

/** Trials of one property: as many as told, or FAULT_RUNS. */
export const faultRuns = (count: number): number => Number(process.env["FAULT_RUNS"] ?? count);

/** Turns a call of a service into one of a process that can be killed. */
export type AsCallOf = <Request extends readonly unknown[], Answer>(
  send: (...request: Request) => Promise<Answer>,
) => (...request: Request) => Promise<Answer>;

/** The processes of a trial, one after the other. */
export interface Processes {
  /** The calls of a process that begins now. */
  readonly callsOf: AsCallOf;
  /** Runs a process that is killed at one of its first calls. @returns false where it came to its end before */
  readonly kill: (run: () => Promise<unknown>, mostCalls: number) => Promise<boolean>;
}

const killed = new Error("killed");

export const processesOf = (clock: VirtualClock, random: Random): Processes => {
  let death: { readonly lastCall: number; readonly isSent: boolean; readonly die: () => void } | undefined;
  return {
    callsOf: (send) => {
      const own = death;
      let calls = 0;
      // A killed process takes nothing back: its last call may still arrive, and nothing comes after it.
      return async (...request) => {
        calls += 1;
        if (own === undefined || calls < own.lastCall) return send(...request);
        if (calls === own.lastCall) {
          if (own.isSent) await send(...request).catch(() => undefined);
          own.die();
        }
        return new Promise(() => undefined);
      };
    },
    kill: async (run, mostCalls) => {
      let die = (): void => undefined;
      const dead = new Promise<never>((_, reject) => {
        die = () => {
          reject(killed);
        };
      });
      death = { lastCall: 1 + Math.floor(random() * mostCalls), isSent: random() < 0.5, die };
      try {
        await clock.run(() => Promise.race([dead, run()]));
        return false;
      } catch (error) {
        if (error !== killed) throw error;
        return true;
      } finally {
        death = undefined;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
};

/** Whether all went well. What failed must be such as is told to the user, and must not tell the token. */
export const allWell = (results: readonly PromiseSettledResult<unknown>[], token: string): boolean =>
  results.every((result) => {
    if (result.status === "fulfilled") return true;
    const error: unknown = result.reason;
    if (!(error instanceof PartialFailure || error instanceof ProviderError)) throw error;
    if (error.message.includes(token)) throw new Error("a message tells the token");
    return false;
  });

/** How often faults struck over all trials, by target and kind. */
export type Struck = Map<string, Map<string, number>>;

/** The trials are worth their name: each kind struck each target. */
export const expectStruck = (struck: Struck, targets: readonly string[], kinds: readonly string[]): void => {
  const spared = targets.flatMap((target) =>
    kinds.filter((kind) => !struck.get(target)?.has(kind)).map((kind) => `${target} ${kind}`),
  );
  expect(spared).toEqual([]);
};

interface Trouble<Kind extends string> {
  readonly kinds: readonly Kind[];
  /** Groups of targets (methods, actions), one of which a trial may take aim at. */
  readonly aims: readonly (readonly string[])[];
  /** The share of trials in which a few calls of one group are struck; in the others it is many calls of any. */
  readonly aimed: number;
  /** Faults of a trial that takes no aim, at most. */
  readonly most: number;
  readonly struck: Struck;
  /** Whether a fault can strike a target at all; any can any where not given. */
  readonly suits?: (kind: Kind, target: string) => boolean;
}

export interface Faults<Kind extends string> {
  /** Which fault strikes a call. */
  readonly strike: (target: string) => Kind | undefined;
  /** Those that may strike in this trial: half of the trials have a single one. */
  readonly kinds: readonly Kind[];
}

/** The faults of one trial. */
export const faultsOf = <Kind extends string>(random: Random, trouble: Trouble<Kind>): Faults<Kind> => {
  const isAimed = random() < trouble.aimed;
  const kinds = random() < 0.5 ? [pick(random, trouble.kinds)] : trouble.kinds;
  const aim = pick(random, trouble.aims);
  const share = 0.05 + random() * 0.5;
  let left = isAimed ? 1 + Math.floor(random() * 4) : trouble.most;
  return {
    kinds,
    strike: (target) => {
      if (left <= 0 || (isAimed ? !aim.includes(target) : random() > share)) return undefined;
      const kind = pick(random, kinds);
      if (trouble.suits?.(kind, target) === false) return undefined;
      left -= 1;
      const counts = trouble.struck.get(target) ?? new Map<string, number>();
      trouble.struck.set(target, counts.set(kind, (counts.get(kind) ?? 0) + 1));
      return kind;
    },
  };
};

/** How a run ended; one that was to be killed and came to its end before counts as failed. */
export type RunEnd = "done" | "failed" | "killed";

export interface Trial {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly processes: Processes;
  /** One run of all that is declared, by a process of its own. @returns whether all went well */
  readonly up: () => Promise<boolean>;
  /** Throws where something is as it may never be. */
  readonly judge: () => void;
  /** What comes between two runs: other declarations, time. */
  readonly between?: (end: RunEnd) => void;
  /** Ends the trouble. Throws where the next run does not bring all in line, or destroying leaves something. */
  readonly converge: () => Promise<void>;
}

export interface Plan {
  readonly runs: number;
  readonly firstSeed?: number;
  /** Runs of each trial, at least and at most. */
  readonly rounds: readonly [least: number, most: number];
  /** The share of runs that are killed, and at which of their calls at the latest. */
  readonly kills: { readonly share: number; readonly mostCalls: number };
}

/** What became of the runs, other than that all went well. */
export interface Outcome {
  readonly failed: number;
  readonly killed: number;
}

/** Makes a trial of each seed. Whatever it throws tells the seed that throws it again. */
export const runTrials = async (
  { runs, firstSeed = 0, rounds: [least, most], kills }: Plan,
  trialOf: (seed: number) => Trial | Promise<Trial>,
): Promise<Outcome> => {
  const outcome = { failed: 0, killed: 0 };
  const attempt = async (seed: number): Promise<void> => {
    const trial = await trialOf(seed);
    const { clock, random, processes } = trial;
    for (let left = least + Math.floor(random() * (most - least + 1)); left > 0; left--) {
      let end: RunEnd = "failed";
      if (random() < kills.share) {
        if (await processes.kill(trial.up, kills.mostCalls)) end = "killed";
      } else if (await clock.run(trial.up)) end = "done";
      else outcome.failed += 1;
      if (end === "killed") outcome.killed += 1;
      trial.judge();
      trial.between?.(end);
    }
    await trial.converge();
  };
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    try {
      await attempt(seed);
    } catch (error) {
      if (error instanceof Error) error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
  }
  return outcome;
};
