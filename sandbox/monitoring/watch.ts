/** A loop that looks again and again, one look at a time. */
export interface Watch {
  stop(): void;
}

/**
 * Calls `look` at once and then after as many milliseconds as it says; with nothing said it ends. A look that throws
 * is told on standard error and ends the loop.
 */
export const watch = (look: (signal: AbortSignal) => Promise<number | undefined>): Watch => {
  const aborter = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    const pause = await look(aborter.signal);
    if (pause !== undefined && !aborter.signal.aborted) timer = setTimeout(start, pause);
  };
  const start = (): void => {
    run().catch((error: unknown) => {
      if (!aborter.signal.aborted) process.stderr.write(`sandbox: monitoring: ${String(error)}\n`);
    });
  };
  start();
  return {
    stop: () => {
      aborter.abort();
      clearTimeout(timer);
    },
  };
};
