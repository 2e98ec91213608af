const groups = new Set<number>();

/** Remembers a process that leads a group of its own until it has ended, for {@link killAll}. */
export const remember = (pid: number | undefined, ended: PromiseLike<unknown>): void => {
  if (pid === undefined) return;
  groups.add(pid);
  const forget = (): void => void groups.delete(pid);
  void ended.then(forget, forget);
};

/** Kills what is remembered, at once, with all that it has started. */
export const killAll = (): void => {
  for (const pid of groups) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // it has ended in this moment
    }
  }
};
