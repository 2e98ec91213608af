import { expect } from "vitest";
import { engineTrial, type EngineTrial } from "./engine-trial";
import type { FakeService, FakeThing } from "./fake-rest";
import type { Trial } from "./fault-runs";

interface RestTrial extends Omit<
  EngineTrial,
  "judge" | "mend" | "settlesWithin" | "expectInLine" | "expectGone"
> {
  readonly service: Pick<FakeService, "things" | "fault">;
  /** What no two things have in common. */
  readonly keyOf: (thing: FakeThing) => readonly unknown[];
}

const twins = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

/** A trial of a service that keeps objects with ids: each belongs to exactly one resource of the state. */
export const restTrial = ({ service, keyOf, ...trial }: RestTrial): Trial =>
  engineTrial({
    ...trial,
    settlesWithin: 30_000,
    judge: ({ kept }) => {
      const things = service.things();
      expect({
        doubly: twins(things.map((thing) => JSON.stringify([thing.path, ...keyOf(thing)]))),
        ownedTwice: twins([...kept.values()].map(({ id }) => id)),
        // What is replaced, or what is not in the state yet, is there beside what is declared.
        isMore: things.length > trial.program.size * 2,
      }).toEqual({ doubly: [], ownedTwice: [], isMore: false });
    },
    mend: () => {
      service.fault = () => undefined;
    },
    expectInLine: ({ kept }) => {
      const owned = new Set([...kept.values()].map(({ id }) => id));
      const things = service.things();
      const orphans = things.filter(({ id }) => !owned.has(String(id)));
      expect({ orphans, count: things.length }).toEqual({ orphans: [], count: trial.program.size });
    },
    expectGone: () => {
      expect(service.things()).toEqual([]);
    },
  });
