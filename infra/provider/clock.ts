import { setTimeout as sleep } from "node:timers/promises";

/** Time and chance, as remote calls use them; a test runs hours of them in a moment. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** @throws the signal's own reason, which is a message for the user, when it is aborted meanwhile */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A signal that is aborted after `ms`. */
  readonly within: (ms: number) => AbortSignal;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
  within: (ms) => AbortSignal.timeout(ms),
  random: () => Math.random(),
};
