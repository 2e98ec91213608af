/** Runs jobs one after the other for each key, in the order in which they were asked for. */
export interface KeyedQueue {
  add(key: string, job: () => Promise<void>): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** `onFailure` hears of jobs that failed; the next one runs all the same. */
export const keyedQueue = (onFailure: (key: string, error: unknown) => void): KeyedQueue => {
  const last = new Map<string, Promise<void>>();
  return {
    add: (key, job) => {
      const done = (last.get(key) ?? Promise.resolve()).then(job).catch((error: unknown) => {
        onFailure(key, error);
      });
      last.set(key, done);
      void done.then(() => {
        if (last.get(key) === done) last.delete(key);
      });
    },
    idle: async () => {
      while (last.size > 0) await Promise.all(last.values());
    },
  };
};
