/** Requests at each machine, now and at most since the last autostop pass. */
export interface Loads {
  current(machine: string): number;
  peak(machine: string): number;
  /** Counts a request in, and out by the answer. */
  enter(machine: string): () => void;
  /** Begins a new pass: peaks fall to what is there now. */
  nextPass(): void;
}

export const createLoads = (): Loads => {
  const current = new Map<string, number>();
  const peaks = new Map<string, number>();
  const now = (machine: string): number => current.get(machine) ?? 0;
  return {
    current: now,
    peak: (machine) => Math.max(peaks.get(machine) ?? 0, now(machine)),
    enter: (machine) => {
      current.set(machine, now(machine) + 1);
      peaks.set(machine, Math.max(peaks.get(machine) ?? 0, now(machine)));
      let left = false;
      return () => {
        if (left) return;
        left = true;
        current.set(machine, now(machine) - 1);
      };
    },
    nextPass: () => {
      peaks.clear();
    },
  };
};
