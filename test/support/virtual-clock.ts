import type { Clock } from "../../infra/provider/clock";
import { seededRandom } from "../../sandbox/faults/random";

export { seededRandom };

/** A clock whose time passes only while everything waits, and whose chance is drawn from a seed. */
export interface VirtualClock extends Clock {
  /** Lets time pass until the task is done; whatever still sleeps then never wakes. */
  readonly run: <Result>(task: () => Promise<Result>) => Promise<Result>;
  /** Lets time pass. */
  readonly advance: (ms: number) => void;
}

/** @param turns how many turns of the event loop pass before it is sure that everything waits */
export const virtualClock = (seed: number, turns = 1): VirtualClock => {
  let now = 1_700_000_000_000;
  let timers: { readonly at: number; readonly wake: () => void }[] = [];

  const add = (ms: number, wake: () => void): void => {
    const at = now + Math.max(0, ms);
    const index = timers.findIndex((timer) => timer.at > at);
    timers.splice(index === -1 ? timers.length : index, 0, { at, wake });
  };

  return {
    now: () => now,
    random: seededRandom(seed),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => {
          reject(signal.reason as Error);
        };
        if (signal.aborted) {
          abort();
          return;
        }
        signal.addEventListener("abort", abort, { once: true });
        add(ms, () => {
          signal.removeEventListener("abort", abort);
          resolve();
        });
      }),
    within: (ms) => {
      const controller = new AbortController();
      add(ms, () => {
        controller.abort(new DOMException("The operation timed out", "TimeoutError"));
      });
      return controller.signal;
    },
    advance: (ms) => {
      now += ms;
    },
    run: async (task) => {
      const ended = new AbortController();
      const result = task().finally(() => {
        ended.abort();
      });
      result.catch(() => undefined);
      for (;;) {
        for (let idle = 0; idle < turns && !ended.signal.aborted; idle += 1)
          await new Promise((resolve) => setImmediate(resolve));
        if (ended.signal.aborted) break;
        const next = timers.shift();
        if (next === undefined) throw new Error("everything waits, and nothing will wake it");
        now = Math.max(now, next.at);
        next.wake();
      }
      timers = [];
      return result;
    },
  };
};
