import { expect, it } from "vitest";
import type { MachineInputs } from "../../infra/model/fly-resources";
import { faultKinds, fakeFly, type FakeFly, type FaultKind } from "../support/fake-machines-api";
import {
  app,
  machine,
  newRun,
  volume,
  type Declared,
  type RunResult,
  type Stack,
} from "../support/fly-platform-kit";
import { seededRandom, virtualClock, type VirtualClock } from "../support/virtual-clock";

// Whatever goes wrong on the way, and wherever a run is killed: never two of anything, nothing left behind, and once
// the trouble is over one run makes everything as declared, and destroy takes all of it away.

const runs = 300;
const leaseMs = 30_000;

interface World {
  readonly clock: VirtualClock;
  readonly fly: FakeFly;
  readonly stack: Stack;
  readonly random: () => number;
}

const pick = <T>(random: () => number, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

const newWorld = (seed: number): World => {
  const random = seededRandom(seed);
  const clock = virtualClock(seed + 1);
  const fly = fakeFly(clock);
  fly.estate.apps.clear();
  Object.assign(fly.rules, { oneAtATime: false, restStays: false, uniqueNames: random() < 0.5 });
  return { clock, fly, stack: new Map(), random };
};

/** An app, up to two volumes and up to four machines, some with a volume. */
const newProgram = (random: () => number): readonly Declared[] => {
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
const nextProgram = (random: () => number, before: readonly Declared[]): readonly Declared[] => {
  const volumes = before.filter(({ type }) => type === "Volume").map(({ name }) => name);
  return [
    app(),
    ...volumes.map((name) => volume(name, { sizeGb: 3 })),
    ...newProgram(random)
      .filter(({ type }) => type === "Machine")
      .map(({ name }, index) => machine(name, { image: "registry.fly.io/echo:9" }, volumes[index])),
  ];
};

const up = (
  world: World,
  program: readonly Declared[],
  transport = world.fly.transport,
): Promise<RunResult> =>
  world.clock.run(() => newRun(world.fly, world.clock, world.stack, transport).up(program));

const alive = ({ fly }: World) => fly.machines.filter(({ state }) => state !== "destroyed");
const twins = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

const judge = (world: World, seed: number): void => {
  const { fly, clock } = world;
  const late = fly.machines.filter(
    ({ lease }) => lease !== undefined && lease.expiresAt > clock.now() + leaseMs,
  );
  expect({
    seed,
    violations: fly.violations,
    late,
    machines: twins(alive(world).map(({ name }) => name)),
    volumes: twins(fly.estate.volumes.map(({ name }) => name)),
  }).toEqual({ seed, violations: [], late: [], machines: [], volumes: [] });
};

/** The trouble is over: one run brings all in line, the next has nothing to do, and destroy leaves nothing. */
const converge = async (world: World, program: readonly Declared[], seed: number): Promise<void> => {
  const { fly, stack } = world;
  fly.fault = () => undefined;
  const { failures } = await up(world, program);
  judge(world, seed);
  fly.calls.length = 0;
  const { operations } = await up(world, program);
  const namesOf = (type: Declared["type"]): string[] =>
    program
      .filter((resource) => resource.type === type)
      .map(({ name }) => name)
      .sort();
  expect({
    seed,
    failures,
    operations: [...operations],
    calls: fly.calls.length,
    machines: alive(world)
      .map(({ name }) => name)
      .sort(),
    serving: alive(world).every(fly.isServing),
    volumes: fly.estate.volumes.map(({ name }) => name).sort(),
    apps: [...fly.estate.apps.keys()],
  }).toEqual({
    seed,
    failures: [],
    operations: [],
    calls: 0,
    machines: namesOf("Machine"),
    serving: true,
    volumes: namesOf("Volume"),
    apps: ["shop"],
  });
  // A refresh finds it so, too.
  await world.clock.run(() => newRun(fly, world.clock, stack).refresh());
  expect((await up(world, program)).operations.size, `after a refresh, seed ${seed}`).toBe(0);

  const gone = await world.clock.run(() => newRun(fly, world.clock, stack).destroy());
  expect({
    seed,
    failures: gone.failures,
    left: [...alive(world), ...fly.estate.volumes, ...fly.estate.apps.keys()],
  }).toEqual({ seed, failures: [], left: [] });
};

it(`survives ${runs} runs with faults at any call`, async () => {
  const struck = new Map<string, number>();
  let failed = 0;
  for (let seed = 0; seed < runs; seed++) {
    const world = newWorld(seed);
    const { fly, random } = world;
    const isSingle = random() < 0.4;
    const kinds = random() < 0.5 ? [pick(random, faultKinds)] : faultKinds;
    const making = ["apps.create", "volumes.create", "volumes.extend", "create", "lease", "update", "list"];
    const action = pick(random, making);
    const share = 0.05 + random() * 0.4;
    let left = isSingle ? 1 + Math.floor(random() * 4) : 40;
    fly.fault = (call): FaultKind | undefined => {
      if (left <= 0 || (isSingle ? call.action !== action : random() > share)) return undefined;
      left -= 1;
      const kind = pick<string>(random, kinds) as FaultKind;
      struck.set(call.action, (struck.get(call.action) ?? 0) + 1);
      return kind;
    };
    let program = newProgram(random);
    for (let round = 0; round < 3; round++) {
      const { failures } = await up(world, program);
      judge(world, seed);
      if (failures.length > 0) failed += 1;
      else program = nextProgram(random, program);
    }
    await converge(world, program, seed);
  }
  // The runs are worth their name: faults struck everything that is made, and not every run got through.
  for (const action of [
    "apps.create",
    "volumes.create",
    "volumes.extend",
    "create",
    "update",
    "lease",
    "get",
  ]) {
    expect(struck.get(action), action).toBeGreaterThan(10);
  }
  expect(failed).toBeGreaterThan(runs / 20);
  expect(failed).toBeLessThan(runs * 1.5);
});

it(`survives being killed at any call, ${runs} times`, async () => {
  let cutOff = 0;
  for (let seed = 0; seed < runs; seed++) {
    const world = newWorld(seed + 10_000);
    const { fly, clock, random } = world;
    const first = newProgram(random);
    const program = random() < 0.5 ? first : nextProgram(random, first);
    if (program !== first) await up(world, first);
    for (let kills = 1 + Math.floor(random() * 3); kills > 0; kills--) {
      const death = new Error("killed");
      const lastCall = 1 + Math.floor(random() * 30);
      const isSent = random() < 0.5;
      let calls = 0;
      let die: () => void = () => undefined;
      const dead = new Promise<never>((_, reject) => {
        die = () => {
          reject(death);
        };
      });
      // A process that is killed takes nothing back: its last call may still arrive, and nothing comes after it.
      const transport: FakeFly["transport"] = async (base, request) => {
        calls += 1;
        if (calls > lastCall) return new Promise(() => undefined);
        if (calls < lastCall) return fly.transport(base, request);
        if (isSent) await fly.transport(base, request).catch(() => undefined);
        die();
        return new Promise(() => undefined);
      };
      try {
        await clock.run(() => Promise.race([dead, newRun(fly, clock, world.stack, transport).up(program)]));
      } catch (error) {
        if (error !== death) throw error;
        cutOff += 1;
      }
      judge(world, seed);
      clock.advance(random() * 40_000);
    }
    await converge(world, program, seed);
  }
  expect(cutOff).toBeGreaterThan(runs / 2);
});
