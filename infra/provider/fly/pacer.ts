import type { Clock } from "../clock";

export interface Rate {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

/**
 * What Fly allows for each action on each machine or app; one that reads a machine may come more often.
 * Source: Fly docs, "Working with the Machines API".
 */
export const flyRates = {
  "machines.get": { perSecond: 5, burst: 10 },
  usual: { perSecond: 1, burst: 3 },
} as const satisfies Record<string, Rate>;

/** A little slower than allowed: two requests may come closer to each other than they were sent. */
const margin = 1.05;

/** Books the next request under `key` and says how many ms to wait before it is sent. */
export type Pacer = (key: string, rate: Rate) => number;

export const createPacer = (clock: Pick<Clock, "now">): Pacer => {
  /** When the allowance of a key is full again, in ms since 1970. */
  const fullAt = new Map<string, number>();
  return (key, { perSecond, burst }) => {
    const step = (1_000 / perSecond) * margin;
    const now = clock.now();
    const full = Math.max(fullAt.get(key) ?? 0, now);
    fullAt.set(key, full + step);
    return Math.max(0, full - (burst - 1) * step - now);
  };
};
