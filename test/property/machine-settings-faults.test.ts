import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import type { MachineSettingsInputs } from "../../infra/model/machine-settings";
import { PartialFailure, ProviderError } from "../../infra/provider/errors";
import { faultKinds, fakeFly, type Config, type FakeFly, type FaultKind } from "../support/fake-machines-api";
import { asDeployed, bench, declare, deployed, withPath } from "../support/machine-settings-kit";
import { seededRandom, virtualClock, type VirtualClock } from "../support/virtual-clock";

// Whatever goes wrong on the way, and wherever a run is killed: never two machines out of service, no field of others
// lost, no lease left behind past its time, and once the trouble is over a run brings all in line.

const runs = 500;
const leaseMs = 30_000;

const ownTop = ["checks", "services", "guest", "restart", "metrics"];
const foreignPart = (config: Config): unknown => {
  const without = (value: unknown, keys: readonly string[]): [string, unknown][] =>
    Object.entries((value ?? {}) as Config).filter(([key]) => !keys.includes(key));
  const guest = without(config["guest"], ["cpu_kind", "cpus", "memory_mb"]);
  const services = ((config["services"] ?? []) as Config[]).map(
    ({ ports, internal_port, force_instance_key }) => ({
      ports,
      internal_port,
      force_instance_key,
    }),
  );
  const metadata = without(config["metadata"], ["flymon_created"]);
  const others = without(config, [...ownTop, "metadata"]);
  return { guest, services, metadata, others };
};

interface World {
  readonly clock: VirtualClock;
  readonly fly: FakeFly;
  readonly declared: MachineSettingsInputs;
  readonly count: number;
  readonly random: () => number;
}

/** An app of one to four machines in any state, and a declaration that changes it. */
const newWorld = (seed: number): World => {
  const random = seededRandom(seed);
  const clock = virtualClock(seed + 1);
  const fly = fakeFly(clock);
  const size = 1 + Math.floor(random() * 4);
  for (let index = 0; index < size; index++) {
    const draw = random();
    fly.add({
      config: deployed({ env: { NUMBER: String(index) } }),
      state: index === 0 || draw < 0.7 ? "started" : draw < 0.9 ? "stopped" : "suspended",
      cordoned: random() < 0.1,
    });
  }
  const count = random() < 0.3 ? size + 1 : size;
  const guest = { cpu_kind: "shared" as const, cpus: 1, memory_mb: 1024 };
  const declared = declare(withPath("/ready", { count, guest, metrics: { port: 8080, path: "/metrics" } }));
  fly.onUpdate = (machine, before, after) => {
    if (!isDeepStrictEqual(foreignPart(before), foreignPart(after)))
      fly.violations.push(`a field of others was changed on ${machine.id}`);
  };
  return { clock, fly, declared, count, random };
};

/** One run of the provider with a memory of its own; its failure must be one that is told to the user. */
const run = async ({ clock, fly, declared }: World): Promise<boolean> => {
  const { kind, context } = bench(fly, clock);
  try {
    await clock.run(() => kind.create(declared, context));
    return true;
  } catch (error) {
    if (error instanceof PartialFailure || error instanceof ProviderError) return false;
    throw error;
  }
};

const judge = (world: World, seed: number): void => {
  const { fly, clock } = world;
  const late = fly.machines.filter(
    ({ lease }) => lease !== undefined && lease.expiresAt > clock.now() + leaseMs,
  );
  expect({ seed, violations: fly.violations, late }).toEqual({ seed, violations: [], late: [] });
};

/** The trouble is over: one run brings all in line, and the next has nothing to do. */
const converge = async (world: World, seed: number): Promise<void> => {
  const { fly, count } = world;
  fly.fault = () => undefined;
  const isDone = await run(world);
  judge(world, seed);
  world.clock.advance(leaseMs);
  fly.calls.length = 0;
  await run(world);
  const machines = fly.machines.filter(({ state }) => state !== "destroyed");
  expect({
    seed,
    isDone,
    calls: fly.calls.map(({ action }) => action),
    machines: machines.length,
    leases: machines.filter(({ lease }) => lease !== undefined && lease.expiresAt > world.clock.now()).length,
    serving: machines.every((machine) => machine.state !== "started" || fly.isServing(machine)),
  }).toEqual({ seed, isDone: true, calls: ["list"], machines: count, leases: 0, serving: true });
};

const pick = <T>(random: () => number, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

it(`survives ${runs} runs with faults at any call`, async () => {
  const struck = new Map<string, number>();
  let failed = 0;
  for (let seed = 0; seed < runs; seed++) {
    const world = newWorld(seed);
    const { fly, random } = world;
    // Some runs: one fault at one call of an update; others: many of any kind.
    const isSingle = random() < 0.5;
    const kinds = random() < 0.5 ? [pick(random, faultKinds)] : faultKinds;
    const action = pick(random, ["list", "get", "lease", "release", "update", "wait", "create"]);
    const share = 0.05 + random() * 0.5;
    let left = isSingle ? 1 + Math.floor(random() * 4) : 60;
    fly.fault = (call): FaultKind | undefined => {
      if (left <= 0 || (isSingle ? call.action !== action : random() > share)) return undefined;
      left -= 1;
      const kind = pick<string>(random, kinds) as FaultKind;
      struck.set(`${call.action} ${kind}`, (struck.get(`${call.action} ${kind}`) ?? 0) + 1);
      return kind;
    };
    if (!(await run(world))) failed += 1;
    judge(world, seed);
    await converge(world, seed);
  }
  // The runs are worth their name: each kind struck each call of an update, and not every run got through.
  for (const action of ["list", "get", "lease", "release", "update", "wait"]) {
    for (const kind of faultKinds)
      expect(struck.get(`${action} ${kind}`), `${action} ${kind}`).toBeGreaterThan(0);
  }
  expect(failed).toBeGreaterThan(runs / 20);
  expect(failed).toBeLessThan(runs / 2);
});

it(`survives being killed at any call, ${runs} times`, async () => {
  let cutOff = 0;
  for (let seed = 0; seed < runs; seed++) {
    const world = newWorld(seed + 10_000);
    const { fly, clock, random } = world;
    for (let kills = 1 + Math.floor(random() * 3); kills > 0; kills--) {
      const death = new Error("killed");
      const lastCall = 1 + Math.floor(random() * 25);
      const isSent = random() < 0.5;
      let calls = 0;
      let die: () => void = () => undefined;
      const dead = new Promise<never>((_, reject) => {
        die = () => {
          reject(death);
        };
      });
      // A process that is killed takes nothing back: its last call may still arrive, and nothing comes after it.
      const mortal: FakeFly = {
        ...fly,
        transport: async (base, request) => {
          calls += 1;
          if (calls > lastCall) return new Promise(() => undefined);
          if (calls < lastCall) return fly.transport(base, request);
          if (isSent) await fly.transport(base, request).catch(() => undefined);
          die();
          return new Promise(() => undefined);
        },
      };
      const { kind, context } = bench(mortal, clock);
      try {
        await clock.run(() => Promise.race([dead, kind.create(world.declared, context)]));
      } catch (error) {
        if (error !== death) throw error;
        cutOff += 1;
      }
      judge(world, seed);
      clock.advance(random() * 40_000);
    }
    await converge(world, seed);
  }
  expect(cutOff).toBeGreaterThan(runs / 2);
});

// Fly hands "off" back as false.
const spelling = (config: Config): unknown =>
  JSON.parse(JSON.stringify(config).replaceAll('"autostop":false', '"autostop":"off"'));

it("gives every machine its former config where the new one does not serve, whatever goes wrong on the way", async () => {
  let restored = 0;
  for (let seed = 0; seed < 100; seed++) {
    const world = newWorld(seed + 20_000);
    const { fly, random } = world;
    fly.failing = (config) => (JSON.stringify(config).includes("/ready") ? "404 Not Found" : undefined);
    let left = 8;
    fly.fault = () =>
      random() < 0.15 && left-- > 0 ? (pick<string>(random, faultKinds) as FaultKind) : undefined;
    const before = fly.machines.map(({ config }) => spelling(config));
    expect(await run(world)).toBe(false);
    judge(world, seed);
    const changed = fly.machines.filter((machine, index) => {
      return machine.state === "started" && !isDeepStrictEqual(spelling(machine.config), before[index]);
    });
    // At most the one whose restoring was made impossible.
    expect(changed.length).toBeLessThanOrEqual(1);
    if (changed.length === 0) restored += 1;
    fly.failing = () => undefined;
    await converge(world, seed);
  }
  expect(restored).toBeGreaterThan(60);
});

it("settles on what is declared: asDeployed is a fixed point", async () => {
  const clock = virtualClock(7);
  const fly = fakeFly(clock);
  fly.add({ config: deployed() });
  const { kind, context } = bench(fly, clock);
  await clock.run(() => kind.create(declare(asDeployed), context));
  expect(fly.calls).toHaveLength(1);
});
