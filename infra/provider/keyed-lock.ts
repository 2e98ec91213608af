/** Runs tasks of one key one after the other, and tasks of different keys side by side. */
export type KeyedLock = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;

export const createKeyedLock = (): KeyedLock => {
  const tails = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const run = (tails.get(key) ?? Promise.resolve()).then(task, task);
    const tail = run.catch(() => undefined).finally(() => tails.get(key) === tail && tails.delete(key));
    tails.set(key, tail);
    return run;
  };
};
