import { isReadable, type ApiMachine } from "./api-machine";
import type { FlyClient } from "./client";
import type { Lease } from "./lease";
import {
  checkCount,
  crashesOf,
  isCritical,
  isGone,
  isResting,
  isSettled,
  knownConfig,
  troubleOf,
  wasAskedToStop,
} from "./machines";

/** Seconds that Fly is asked to tell when a machine has started; from then on it is looked at. */
const waitSeconds = 10;
const firstPauseMs = 250;
const longestPauseMs = 2_000;
/** A machine without checks has only its staying alive to prove itself; as long as flyctl's smoke check. */
const aliveMs = 10_000;

/** How a machine stands after it was changed: `trouble` in words where it does not serve. */
export interface Proof {
  readonly machine: ApiMachine;
  readonly trouble: string | undefined;
  /** Something else has changed the machine since. */
  readonly isAnothers: boolean;
}

/** Waits until the machine is started in this version with every check passing, at most `waitMs`. */
export const prove = async (
  fly: FlyClient,
  lease: Lease,
  after: ApiMachine,
  waitMs: number,
): Promise<Proof> => {
  const deadline = fly.clock.now() + waitMs;
  let wasCritical = false;
  let alive: { readonly since: number; readonly crashes: number } | undefined;
  await fly.wait(after.id, { version: after.instance_id, state: "started", timeout: waitSeconds });
  for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 1.5)) {
    await lease.keep();
    const machine = await fly.get(after.id);
    const now = fly.clock.now();
    const proof = (trouble?: string): Proof => ({ machine, trouble, isAnothers: false });
    if (machine.instance_id !== after.instance_id) {
      return { machine, trouble: "was changed by something else meanwhile", isAnothers: true };
    }
    const trouble = troubleOf(machine);
    if (trouble === undefined) {
      if (checkCount(knownConfig(machine)) > 0) return proof();
      const crashes = crashesOf(machine);
      if (alive?.crashes !== crashes) alive = { since: now, crashes };
      if (now - alive.since >= aliveMs) return proof();
    } else alive = undefined;
    wasCritical ||= isCritical(machine);
    // An idle machine may be stopped by the proxy before its checks have passed; a failing one is not excused by it.
    if (isResting(machine)) return proof(wasAskedToStop(machine) && !wasCritical ? undefined : trouble);
    if (isGone(machine)) return proof(trouble);
    if (now >= deadline) return proof(trouble ?? "does not stay alive");
    await fly.clock.sleep(pause, fly.signal);
  }
};

/** The machine once its state lasts, or as it is after `waitMs`. */
export const settled = async (
  fly: FlyClient,
  lease: Lease,
  machine: string,
  waitMs: number,
): Promise<ApiMachine> => {
  const deadline = fly.clock.now() + waitMs;
  for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 1.5)) {
    await lease.keep();
    const found = await fly.get(machine);
    if (!isReadable(found) || isSettled(found) || fly.clock.now() >= deadline) return found;
    await fly.clock.sleep(pause, fly.signal);
  }
};
