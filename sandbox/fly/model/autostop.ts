/** A running machine as the autostop loop sees it: its load since the last pass. */
export interface Loaded {
  readonly id: string;
  /** The most requests at once. */
  readonly peak: number;
  /** Requests at this moment. */
  readonly current: number;
  readonly softLimit: number;
}

/**
 * Which machine of one service in one region is stopped in this pass; at most one. Several: excess = machines - (those
 * over their soft limit + 1), the least loaded is stopped when that is 1 or more. One: when it had no load at all.
 * Never below `minimum`. Source: Fly's "Autostop/autostart Machines".
 */
export const machineToStop = (running: readonly Loaded[], minimum: number): string | undefined => {
  if (running.length <= minimum) return undefined;
  const [only] = running;
  if (running.length === 1) return only?.peak === 0 && only.current === 0 ? only.id : undefined;
  const busy = running.filter(({ peak, softLimit }) => peak > softLimit).length;
  if (running.length - (busy + 1) < 1) return undefined;
  return running.toSorted((a, b) => a.peak - b.peak || a.current - b.current)[0]?.id;
};
