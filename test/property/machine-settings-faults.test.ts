import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import type { MachineSettingsInputs } from "../../infra/model/machine-settings";
import { fakeFly, faultKinds, type Config, type FakeFly } from "../support/fake-machines-api";
import {
  allWell,
  expectStruck,
  faultRuns,
  faultsOf,
  pick,
  processesOf,
  runTrials,
  type Struck,
  type Trial,
} from "../support/fault-runs";
import { asDeployed, bench, declare, deployed, token, withPath } from "../support/machine-settings-kit";
import { seededRandom, virtualClock } from "../support/virtual-clock";

// Whatever goes wrong on the way, and wherever a run is killed: never two machines out of service, no field of others
// lost, no lease left behind past its time, and once the trouble is over a run brings all in line.

const runs = faultRuns(1_000);
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

interface FlyTrial {
  readonly fly: FakeFly;
  readonly trial: Trial;
}

/** An app of one to four machines in any state, and a declaration that changes it. */
const flyTrial = (seed: number): FlyTrial => {
  const random = seededRandom(seed);
  const clock = virtualClock(seed + 1);
  const fly = fakeFly(clock);
  const processes = processesOf(clock, random);
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
  const declared: MachineSettingsInputs = declare(
    withPath("/ready", { count, guest, metrics: { port: 8080, path: "/metrics" } }),
  );
  fly.onUpdate = (machine, before, after) => {
    if (!isDeepStrictEqual(foreignPart(before), foreignPart(after)))
      fly.violations.push(`a field of others was changed on ${machine.id}`);
  };

  /** One run of the provider with a memory of its own. */
  const up = async (): Promise<boolean> => {
    const { kind, context } = bench({ ...fly, transport: processes.callsOf(fly.transport) }, clock);
    return allWell(await Promise.allSettled([kind.create(declared, context)]), token);
  };
  const judge = (): void => {
    const late = fly.machines.filter(
      ({ lease }) => lease !== undefined && lease.expiresAt > clock.now() + leaseMs,
    );
    expect({ violations: fly.violations, late }).toEqual({ violations: [], late: [] });
  };
  /** The trouble is over: one run brings all in line, and the next has nothing to do. */
  const converge = async (): Promise<void> => {
    fly.fault = () => undefined;
    const isDone = await clock.run(up);
    judge();
    clock.advance(leaseMs);
    fly.calls.length = 0;
    await clock.run(up);
    const machines = fly.machines.filter(({ state }) => state !== "destroyed");
    expect({
      isDone,
      calls: fly.calls.map(({ action }) => action),
      machines: machines.length,
      leases: machines.filter(({ lease }) => lease !== undefined && lease.expiresAt > clock.now()).length,
      serving: machines.every((machine) => machine.state !== "started" || fly.isServing(machine)),
    }).toEqual({ isDone: true, calls: ["list"], machines: count, leases: 0, serving: true });
  };
  return { fly, trial: { clock, random, processes, up, judge, converge } };
};

const struck: Struck = new Map();
const actions = ["list", "get", "lease", "release", "update", "wait"];

it(`survives ${runs} runs with faults at any call`, async () => {
  const plan = { runs, rounds: [1, 1], kills: { share: 0, mostCalls: 0 } } as const;
  const { failed } = await runTrials(plan, (seed) => {
    const { fly, trial } = flyTrial(seed);
    const aims = [...actions, "create"].map((action) => [action]);
    const { strike } = faultsOf(trial.random, { kinds: faultKinds, aims, aimed: 0.5, most: 60, struck });
    fly.fault = ({ action }) => strike(action);
    return trial;
  });
  // Each kind struck each call of an update, and not every run got through.
  expectStruck(struck, actions, faultKinds);
  expect(failed).toBeGreaterThan(runs / 20);
  expect(failed).toBeLessThan(runs / 2);
});

it(`survives being killed at any call, ${runs} times`, async () => {
  const plan = { runs, firstSeed: 10_000, rounds: [1, 3], kills: { share: 1, mostCalls: 25 } } as const;
  const { killed } = await runTrials(plan, (seed) => {
    const { trial } = flyTrial(seed);
    // What is killed leaves its lease behind.
    return {
      ...trial,
      between: () => {
        trial.clock.advance(trial.random() * 40_000);
      },
    };
  });
  expect(killed).toBeGreaterThan(runs / 2);
});

// Fly hands "off" back as false.
const spelling = (config: Config): unknown =>
  JSON.parse(JSON.stringify(config).replaceAll('"autostop":false', '"autostop":"off"'));

it("gives every machine its former config where the new one does not serve, whatever goes wrong on the way", async () => {
  const trials = 100;
  let restored = 0;
  const plan = {
    runs: trials,
    firstSeed: 20_000,
    rounds: [1, 1],
    kills: { share: 0, mostCalls: 0 },
  } as const;
  const { failed } = await runTrials(plan, (seed) => {
    const { fly, trial } = flyTrial(seed);
    const { random } = trial;
    fly.failing = (config) => (JSON.stringify(config).includes("/ready") ? "404 Not Found" : undefined);
    let left = 8;
    fly.fault = () => (random() < 0.15 && left-- > 0 ? pick(random, faultKinds) : undefined);
    const before = fly.machines.map(({ config }) => spelling(config));
    return {
      ...trial,
      between: () => {
        const changed = fly.machines.filter((machine, index) => {
          return machine.state === "started" && !isDeepStrictEqual(spelling(machine.config), before[index]);
        });
        // At most the one whose restoring was made impossible.
        expect(changed.length).toBeLessThanOrEqual(1);
        if (changed.length === 0) restored += 1;
        fly.failing = () => undefined;
      },
    };
  });
  expect(failed).toBe(trials);
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
