import type { Rate } from "../http/pacer";

/**
 * What Fly allows for each action on each machine or app; one that reads a machine may come more often.
 * Source: Fly docs, "Working with the Machines API".
 */
export const flyRates = {
  "machines.get": { perSecond: 5, burst: 10 },
  usual: { perSecond: 1, burst: 3 },
} as const satisfies Record<string, Rate>;
