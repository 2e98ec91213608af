import { defineConfig } from "vitest/config";

/** One layer of tests; the layers run one after the other, the quick ones first. */
const layer = (
  name: string,
  groupOrder: number,
  options: { testTimeout: number; maxWorkers: number; retry?: number },
) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    sequence: { groupOrder },
    hookTimeout: options.testTimeout,
    ...options,
  },
});

export default defineConfig({
  test: {
    projects: [
      layer("unit", 0, { testTimeout: 20_000, maxWorkers: 2 }),
      layer("property", 1, { testTimeout: 300_000, maxWorkers: 2 }),
      // Real programs in compressed time: a stall of the computer may make one late. What fails twice is broken.
      layer("engine", 2, { testTimeout: 180_000, maxWorkers: 2, retry: 1 }),
      // Each has a whole sandbox of its own to itself.
      layer("e2e", 3, { testTimeout: 300_000, maxWorkers: 1, retry: 1 }),
      // Many minutes of compressed time, in which a stall of two seconds is a minute's outage: for a machine that does
      // nothing else, by `npm run soak` and not by `npm test`.
      layer("soak", 4, { testTimeout: 300_000, maxWorkers: 1 }),
    ],
  },
});
