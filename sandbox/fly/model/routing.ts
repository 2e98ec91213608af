/** A machine that could take a request: started, not cordoned, its service's checks passing. */
export interface Candidate {
  readonly id: string;
  readonly load: number;
  readonly softLimit: number;
  /** Infinity where none is declared. */
  readonly hardLimit: number;
  /** In the region where the request came in. */
  readonly near: boolean;
}

/**
 * The machine for the next request: near ones first, under the soft limit first, then the least loaded. None at its
 * hard limit is taken. Equally good ones take turns, by `turn`.
 */
export const pick = (candidates: readonly Candidate[], turn: number): Candidate | undefined => {
  const open = candidates.filter(({ load, hardLimit }) => load < hardLimit);
  const near = open.filter((candidate) => candidate.near);
  const pool = near.length > 0 ? near : open;
  const calm = pool.filter(({ load, softLimit }) => load < softLimit);
  const best = calm.length > 0 ? calm : pool;
  const least = Math.min(...best.map(({ load }) => load));
  const equals = best.filter(({ load }) => load === least);
  return equals[turn % Math.max(1, equals.length)];
};
