import type { FlyClient } from "./client";
import { failure, FlyAnswer, statusOf } from "./failures";

/** The right to change a machine, for as long as `use` takes. */
export interface Lease {
  /** Prolongs the lease when a good part of its time is over, or takes it anew where it was lost. */
  readonly keep: () => Promise<void>;
  /** Makes sure of it after Fly has denied it: prolongs it, or takes it anew. */
  readonly renew: () => Promise<void>;
  readonly nonce: () => string;
}

/** Seconds: an interrupted run holds nobody up longer. */
const ttl = 30;
const prolongAfterMs = 10_000;
/** How long another's lease is waited for: longer than one of ours that a killed run has left behind. */
const patienceMs = 90_000;
const pauseMs = 2_000;

const wish = { ttl, description: "flymon: settings" };

/** Holds the machine's lease while `use` runs. It is given back also after a failure or an interrupt. */
export const withLease = async <Result>(
  fly: FlyClient,
  machine: string,
  use: (lease: Lease) => Promise<Result>,
): Promise<Result> => {
  let takenAt = 0;
  let nonce = "";
  const take = async (): Promise<void> => {
    const deadline = fly.clock.now() + patienceMs;
    for (;;) {
      takenAt = fly.clock.now();
      try {
        nonce = await fly.takeLease(machine, wish);
        return;
      } catch (error) {
        if (statusOf(error) !== 409) throw error;
        if (fly.clock.now() + pauseMs > deadline) throw heldByAnother(fly, machine, error);
        await fly.clock.sleep(pauseMs, fly.signal);
      }
    }
  };
  const renew = async (): Promise<void> => {
    const started = fly.clock.now();
    try {
      await fly.prolongLease(machine, nonce, wish);
      takenAt = started;
    } catch (error) {
      const status = statusOf(error);
      if (status === 409 || status === 404) await take();
      // Otherwise it lasts for a while yet, and the next look tries again.
      else if (fly.clock.now() - takenAt > ttl * 1_000) throw error;
    }
  };
  const keep = async (): Promise<void> => {
    if (fly.clock.now() - takenAt >= prolongAfterMs) await renew();
  };

  await take();
  try {
    return await use({ keep, renew, nonce: () => nonce });
  } finally {
    // What cannot be given back ends by itself; it must not hide what has happened.
    await fly.releaseLease(machine, nonce).catch(() => undefined);
  }
};

const heldByAnother = (fly: FlyClient, machine: string, error: unknown): Error => {
  const told = error instanceof FlyAnswer ? error.reason.replace(/[.\s]+$/, "") : "held by another";
  return failure(
    `taking the lease of the machine ${machine} of ${fly.app}`,
    told,
    "Something else is changing this machine, a deploy perhaps: let it end, then run again.",
  );
};
