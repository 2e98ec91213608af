import type { Incident } from "./incidents";

/** How a monitor did over a span. Lengths in milliseconds. */
export interface Availability {
  /** From 0 to 1. */
  readonly share: number;
  readonly downtime: number;
  readonly incidents: readonly number[];
}

/** Counts the incidents that overlap the span; an open one lasts until now. */
export const availability = (
  incidents: readonly Incident[],
  from: number,
  to: number,
  now: number = Date.now(),
): Availability => {
  const lengths = incidents
    .map(({ startedAt, resolvedAt }) => Math.min(to, resolvedAt ?? now) - Math.max(from, startedAt))
    .filter((length) => length > 0);
  const downtime = lengths.reduce((sum, length) => sum + length, 0);
  return { share: to > from ? Math.max(0, 1 - downtime / (to - from)) : 1, downtime, incidents: lengths };
};
