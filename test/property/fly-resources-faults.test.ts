import { expect, it } from "vitest";
import type { MachineInputs } from "../../infra/model/fly-resources";
import { fakeFly, faultKinds, type FakeFly } from "../support/fake-machines-api";
import {
  expectStruck,
  faultRuns,
  faultsOf,
  processesOf,
  runTrials,
  type Random,
  type Struck,
  type Trial,
} from "../support/fault-runs";
import { app, machine, newRun, volume, type Declared, type Stack } from "../support/fly-platform-kit";
import { seededRandom, virtualClock } from "../support/virtual-clock";

// Whatever goes wrong on the way, and wherever a run is killed: never two of anything, nothing left behind, and once
// the trouble is over one run makes everything as declared, and destroy takes all of it away.

const runs = faultRuns(1_000);
const leaseMs = 30_000;

/** An app, up to two volumes and up to four machines, some with a volume. */
const newProgram = (random: Random): readonly Declared[] => {
  const volumes = ["data", "alerts"].slice(0, Math.floor(random() * 3));
  const machines = ["web", "metrics", "gatus", "journal"].slice(0, Math.floor(random() * 5));
  return [
    app(),
    ...volumes.map((name) => volume(name, { sizeGb: 1 })),
    ...machines.map((name, index) => {
      const changes: Partial<MachineInputs> = {
        image: `registry.fly.io/echo:${1 + Math.floor(random() * 2)}`,
        env: random() < 0.5 ? { PORT: "8080" } : { PORT: "8080", LEVEL: "debug" },
        region: "ord",
      };
      return machine(name, changes, volumes[index]);
    }),
  ];
};

/** The next version of a program: volumes have grown, machines come, go and change. */
const nextProgram = (random: Random, before: readonly Declared[]): readonly Declared[] => {
  const volumes = before.filter(({ type }) => type === "Volume").map(({ name }) => name);
  return [
    app(),
    ...volumes.map((name) => volume(name, { sizeGb: 3 })),
    ...newProgram(random)
      .filter(({ type }) => type === "Machine")
      .map(({ name }, index) => machine(name, { image: "registry.fly.io/echo:9" }, volumes[index])),
  ];
};

const alive = ({ machines }: FakeFly) => machines.filter(({ state }) => state !== "destroyed");
const twins = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

interface FlyTrial {
  readonly fly: FakeFly;
  readonly trial: Trial;
  /** Makes what is declared, and goes on to the program's next version. */
  readonly evolve: () => Promise<void>;
}

/** @param evolves whether each run that gets through is followed by the program's next version */
const flyTrial = (seed: number, evolves: boolean): FlyTrial => {
  const random = seededRandom(seed);
  const clock = virtualClock(seed + 1);
  const fly = fakeFly(clock);
  fly.estate.apps.clear();
  Object.assign(fly.rules, { oneAtATime: false, restStays: false, uniqueNames: random() < 0.5 });
  const stack: Stack = new Map();
  const processes = processesOf(clock, random);
  let program = newProgram(random);
  const newProcess = () => newRun(fly, clock, stack, processes.callsOf(fly.transport));

  const judge = (): void => {
    const late = fly.machines.filter(
      ({ lease }) => lease !== undefined && lease.expiresAt > clock.now() + leaseMs,
    );
    expect({
      violations: fly.violations,
      late,
      machines: twins(alive(fly).map(({ name }) => name)),
      volumes: twins(fly.estate.volumes.map(({ name }) => name)),
    }).toEqual({ violations: [], late: [], machines: [], volumes: [] });
  };

  /** The trouble is over: one run brings all in line, the next has nothing to do, and destroy leaves nothing. */
  const converge = async (): Promise<void> => {
    fly.fault = () => undefined;
    const { failures } = await clock.run(() => newProcess().up(program));
    judge();
    fly.calls.length = 0;
    const { operations } = await clock.run(() => newProcess().up(program));
    const namesOf = (type: Declared["type"]): string[] =>
      program
        .filter((resource) => resource.type === type)
        .map(({ name }) => name)
        .sort();
    expect({
      failures,
      operations: [...operations],
      calls: fly.calls.length,
      machines: alive(fly)
        .map(({ name }) => name)
        .sort(),
      serving: alive(fly).every(fly.isServing),
      volumes: fly.estate.volumes.map(({ name }) => name).sort(),
      apps: [...fly.estate.apps.keys()],
    }).toEqual({
      failures: [],
      operations: [],
      calls: 0,
      machines: namesOf("Machine"),
      serving: true,
      volumes: namesOf("Volume"),
      apps: ["shop"],
    });
    // A refresh finds it so, too.
    await clock.run(() => newProcess().refresh());
    const again = await clock.run(() => newProcess().up(program));
    expect([...again.operations], "after a refresh").toEqual([]);

    const gone = await clock.run(() => newProcess().destroy());
    const left = [...alive(fly), ...fly.estate.volumes, ...fly.estate.apps.keys()];
    expect({ failures: gone.failures, left }).toEqual({ failures: [], left: [] });
  };

  const trial: Trial = {
    clock,
    random,
    processes,
    judge,
    converge,
    up: async () => (await newProcess().up(program)).failures.length === 0,
    between: (end) => {
      if (evolves && end === "done") program = nextProgram(random, program);
      // A killed run's lease may still hold.
      if (!evolves) clock.advance(random() * 40_000);
    },
  };
  return {
    fly,
    trial,
    evolve: async () => {
      await clock.run(trial.up);
      program = nextProgram(random, program);
    },
  };
};

const struck: Struck = new Map();
const making = ["apps.create", "volumes.create", "volumes.extend", "create", "lease", "update", "list"];

it(`survives ${runs} runs with faults at any call`, async () => {
  const plan = { runs, rounds: [3, 3], kills: { share: 0, mostCalls: 0 } } as const;
  const { failed } = await runTrials(plan, (seed) => {
    const { fly, trial } = flyTrial(seed, true);
    const aims = making.map((action) => [action]);
    const { strike } = faultsOf(trial.random, { kinds: faultKinds, aims, aimed: 0.4, most: 40, struck });
    fly.fault = ({ action }) => strike(action);
    return trial;
  });
  // Faults struck everything that is made, and not every run got through.
  expectStruck(
    struck,
    ["apps.create", "volumes.create", "volumes.extend", "create", "update", "lease", "get"],
    faultKinds,
  );
  expect(failed).toBeGreaterThan(runs / 20);
  expect(failed).toBeLessThan(runs * 1.5);
});

it(`survives being killed at any call, ${runs} times`, async () => {
  const plan = { runs, firstSeed: 10_000, rounds: [1, 3], kills: { share: 1, mostCalls: 30 } } as const;
  const { killed } = await runTrials(plan, async (seed) => {
    const { trial, evolve } = flyTrial(seed, false);
    if (trial.random() < 0.5) await evolve();
    return trial;
  });
  expect(killed).toBeGreaterThan(runs / 2);
});
