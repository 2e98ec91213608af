/** Cases of each property: all of them in CI, fewer while one works. */
export const runs = {
  numRuns: Number(process.env["PROPERTY_RUNS"] ?? (process.env["CI"] ? 10_000 : 1_000)),
} as const;
