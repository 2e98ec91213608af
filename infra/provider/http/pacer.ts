import type { Clock } from "../clock";

/** How often a service may be called. */
export interface Rate {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
  /** By how much slower than allowed: two requests may come closer to each other than they were sent. 1.05 usually. */
  readonly margin?: number;
}

const usualMargin = 1.05;

/** Books the next request under `key` and says how many ms to wait before it is sent. */
export type Pacer = (key: string, rate: Rate) => number;

export const createPacer = (clock: Pick<Clock, "now">): Pacer => {
  /** When the allowance of a key is full again, in ms since 1970. */
  const fullAt = new Map<string, number>();
  return (key, { perSecond, burst, margin = usualMargin }) => {
    const step = (1_000 / perSecond) * margin;
    const now = clock.now();
    const full = Math.max(fullAt.get(key) ?? 0, now);
    fullAt.set(key, full + step);
    return Math.max(0, full - (burst - 1) * step - now);
  };
};
