import { expect } from "vitest";
import type { Properties } from "../../infra/provider/properties";
import type { ResourceKind } from "../../infra/provider/resource";
import {
  allWell,
  pick,
  processesOf,
  type AsCallOf,
  type Random,
  type RunEnd,
  type Trial,
} from "./fault-runs";
import { miniEngine, type MiniEngine } from "./mini-engine";
import type { VirtualClock } from "./virtual-clock";

/** A resource of a trial's program. */
export interface Declared {
  readonly type: string;
  inputs: Properties;
  /** Changes of later runs. */
  readonly later: Properties;
  /** A resource that must be there first, and the input that is its id. */
  readonly of?: { readonly resource: string; readonly input: string };
}

export type Program = Map<string, Declared>;

/** A program of one to four resources, each of any of these kinds. */
export const anyProgram = (random: Random, makers: readonly ((index: number) => Declared)[]): Program =>
  new Map(
    Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => [
      `resource ${index}`,
      pick(random, makers)(index),
    ]),
  );

export interface EngineTrial {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** The provider's. */
  readonly configuration: Properties;
  readonly token: string;
  /** The kinds in a process that begins now. */
  readonly kinds: (callsOf: AsCallOf) => readonly ResourceKind[];
  readonly program: Program;
  /** Throws where something is as it may never be. */
  readonly judge: (engine: MiniEngine) => void;
  /** After runs; how long until the next, ms. */
  readonly gapMs: (end: RunEnd) => number;
  /** The share of runs that refresh first, in the midst of the trouble; none where not given. */
  readonly refreshes?: number;
  /** Ends the trouble. */
  readonly mend: () => void;
  /** How long what was there before may still be read, ms. */
  readonly settlesWithin: number;
  /** Throws where there is more or less than what is declared. */
  readonly expectInLine: (engine: MiniEngine) => void;
  readonly expectGone: () => void;
}

/** zod compiles a schema when it is first used, and processes that begin anew need not have it done anew. */
export const withSchemasOf = (
  compiled: readonly ResourceKind[],
  kinds: readonly ResourceKind[],
): readonly ResourceKind[] =>
  kinds.map((kind) => ({
    ...kind,
    inputs: compiled.find(({ type }) => type === kind.type)?.inputs ?? kind.inputs,
  }));

/** A trial in which a small engine keeps the state of a program's resources. */
export const engineTrial = (trial: EngineTrial): Trial => {
  const { clock, random, program, token } = trial;
  const processes = processesOf(clock, random);
  const engine = miniEngine(() => trial.kinds(processes.callsOf), trial.configuration);
  const names = [...program.keys()];
  const first = names.filter((name) => program.get(name)?.of === undefined);
  const stages = [first, names.filter((name) => !first.includes(name))];

  /** What is declared, where what it needs is there. */
  const inputsOf = ({ inputs, of }: Declared): Properties | undefined => {
    if (of === undefined) return inputs;
    const needed = engine.kept.get(of.resource);
    return needed && !needed.isPartial ? { [of.input]: needed.id, ...inputs } : undefined;
  };
  const apply = async (name: string): Promise<void> => {
    const declared = program.get(name);
    const inputs = declared && inputsOf(declared);
    if (inputs !== undefined) await engine.up(name, declared?.type ?? "", inputs);
  };
  /** Failures must be such as are told to the user. */
  const up = async (): Promise<boolean> => {
    engine.restart();
    if (trial.refreshes !== undefined && random() < trial.refreshes) {
      const refreshed = await Promise.allSettled([...engine.kept.keys()].map((name) => engine.refresh(name)));
      if (!allWell(refreshed, token)) return false;
    }
    const results = [];
    for (const stage of stages) results.push(...(await Promise.allSettled(stage.map(apply))));
    return allWell(results, token);
  };
  const refresh = async (): Promise<void> => {
    clock.advance(trial.settlesWithin);
    engine.restart();
    await clock.run(() => Promise.all([...engine.kept.keys()].map((name) => engine.refresh(name))));
  };
  const left = (): readonly string[] =>
    [...program].flatMap(([name, declared]) => {
      const inputs = inputsOf(declared);
      if (inputs === undefined) return [`what ${name} needs is not there`];
      const changes = engine.preview(name, declared.type, inputs);
      return changes === "create" ? [`${name} is not there`] : changes.map(({ path }) => `${name}: ${path}`);
    });

  return {
    clock,
    random,
    processes,
    up,
    judge: () => {
      trial.judge(engine);
    },
    between: (end) => {
      // Only what is in the state changes: what a lost run has left behind is found by its declaration.
      for (const [name, one] of program) {
        if (!engine.kept.has(name) || random() < 0.4) continue;
        const [property, value] = pick(random, Object.entries(one.later));
        one.inputs = { ...one.inputs, [property]: value };
      }
      clock.advance(trial.gapMs(end));
    },
    converge: async () => {
      trial.mend();
      await refresh();
      const isDone = await clock.run(up);
      trial.judge(engine);
      await refresh();
      expect({ isDone, left: left() }).toEqual({ isDone: true, left: [] });
      trial.expectInLine(engine);
      engine.restart();
      await clock.run(async () => {
        for (const stage of stages.toReversed()) await Promise.all(stage.map((name) => engine.destroy(name)));
      });
      trial.expectGone();
    },
  };
};
