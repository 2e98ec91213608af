/** Bounds of the histograms, seconds. */
export const timeBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Answers of one status: how many, and how long they took. */
export interface Answers {
  count: number;
  sum: number;
  readonly buckets: number[];
}

/** What the proxy has seen, for the metrics. */
export interface Traffic {
  /** By app and status, as clients got it. */
  readonly edge: Map<string, Map<number, Answers>>;
  /** By machine and status, as machines answered. */
  readonly machines: Map<string, Map<number, Answers>>;
  record(where: Map<string, Map<number, Answers>>, who: string, status: number, seconds: number): void;
  /** How long requests were held until a machine was ready, the last first. */
  readonly held: HeldRequest[];
}

/** A request that found no machine ready. */
export interface HeldRequest {
  readonly at: number;
  readonly app: string;
  /** The machine that took it in the end. */
  readonly machine: string | undefined;
  /** Milliseconds. */
  readonly waited: number;
}

const heldKept = 200;

export const createTraffic = (): Traffic & { hold(request: HeldRequest): void } => {
  const held: HeldRequest[] = [];
  return {
    edge: new Map(),
    machines: new Map(),
    held,
    hold: (request) => {
      held.unshift(request);
      held.length = Math.min(held.length, heldKept);
    },
    record: (where, who, status, seconds) => {
      const byStatus = where.get(who) ?? new Map<number, Answers>();
      where.set(who, byStatus);
      const answers = byStatus.get(status) ?? { count: 0, sum: 0, buckets: timeBounds.map(() => 0) };
      byStatus.set(status, answers);
      answers.count += 1;
      answers.sum += seconds;
      timeBounds.forEach((bound, index) => {
        if (seconds <= bound) answers.buckets[index] = (answers.buckets[index] ?? 0) + 1;
      });
    },
  };
};
