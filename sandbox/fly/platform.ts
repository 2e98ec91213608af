import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { clock, type Clock } from "./clock";
import { addresses, type Addresses } from "./host/addresses";
import { startReaper } from "./host/reaper";
import { runChecks } from "./machines/checks";
import { createEstate, type Estate } from "./machines/estate";
import { createLifecycle, type Lifecycle } from "./machines/lifecycle";
import { watchUsage } from "./machines/usage";
import { createRunner, type Runner } from "./machines/runner";
import { holdBack } from "./machines/throttle";
import type { Weather } from "./weather";

/** Machines and what keeps them going: everything of Fly but its addresses. */
export interface Platform {
  readonly estate: Estate;
  readonly lifecycle: Lifecycle;
  readonly runner: Runner;
  readonly addresses: Addresses;
  readonly clock: Clock;
  readonly weather: Weather;
  stop(): Promise<void>;
}

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
    weather,
  });
  const lifecycle = createLifecycle(estate, runner, pool, time, weather);
  const checks = runChecks(estate, time);
  const throttle = holdBack(estate, weather);
  const usage = watchUsage(estate, runner, weather);
  return {
    estate,
    lifecycle,
    runner,
    addresses: pool,
    clock: time,
    weather,
    stop: async () => {
      checks.stop();
      usage.stop();
      throttle.stop();
      await lifecycle.stopAll();
      await pool.stop();
      await reaper.stop();
    },
  };
};
