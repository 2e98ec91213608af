import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { clock, type Clock } from "./clock";
import { addresses, type Addresses } from "./host/addresses";
import { startReaper } from "./host/reaper";
import type { FaultMessage } from "./guest/protocol";
import { runChecks } from "./machines/checks";
import { createEstate, type Estate } from "./machines/estate";
import { createLifecycle, type Lifecycle } from "./machines/lifecycle";
import { watchMemory } from "./machines/memory";
import { createRunner, type Runner } from "./machines/runner";

/** Machines and what keeps them going: everything of Fly but its addresses. */
export interface Platform {
  readonly estate: Estate;
  readonly lifecycle: Lifecycle;
  readonly runner: Runner;
  readonly addresses: Addresses;
  readonly clock: Clock;
  stop(): Promise<void>;
}

/** What the rest of the sandbox says about an app's programs. */
export interface Weather {
  readonly faultsOf: (app: string) => readonly FaultMessage[];
  /** How much longer its machines take to start, milliseconds. */
  readonly slowStart: (app: string) => number;
}

export const fairWeather: Weather = { faultsOf: () => [], slowStart: () => 0 };

/** Starts an empty organization. */
export const startPlatform = (org: string, factor: number, weather: Weather): Platform => {
  const time = clock(factor);
  const folder = mkdtempSync(path.join(tmpdir(), "flymon-fly-"));
  const estate = createEstate(org, folder);
  const pool = addresses();
  const reaper = startReaper(folder);
  const runner = createRunner({
    clock: time,
    reaper,
    addresses: pool,
    volumes: path.join(folder, "volumes"),
    faultsOf: weather.faultsOf,
  });
  const lifecycle = createLifecycle(estate, runner, pool, time, weather.slowStart);
  const checks = runChecks(estate, time);
  const memory = watchMemory(estate, runner);
  return {
    estate,
    lifecycle,
    runner,
    addresses: pool,
    clock: time,
    stop: async () => {
      checks.stop();
      memory.stop();
      await lifecycle.stopAll();
      await pool.stop();
      await reaper.stop();
    },
  };
};
