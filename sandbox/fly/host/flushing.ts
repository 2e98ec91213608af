import { setTimeout as sleep } from "node:timers/promises";

/**
 * How often a store is asked to show what it has taken in, milliseconds of the compressed time. VictoriaMetrics collects
 * rows for 2 to 4 s of ours, which no flag divides: where an interval of a minute is one of two seconds, that would be
 * two minutes in which nobody sees anything.
 */
export const flushEvery = 2_500;
const patience = 2_000;

/** Asks until the program has ended. That it is starting, frozen or busy is for others to tell. */
export const keepFlushed = async (url: URL, everyMs: number, ended: Promise<unknown>): Promise<void> => {
  const end = new AbortController();
  void ended.then(() => {
    end.abort();
  });
  while (!end.signal.aborted) {
    await fetch(url, { signal: AbortSignal.any([end.signal, AbortSignal.timeout(patience)]) })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
    await sleep(everyMs, undefined, { signal: end.signal }).catch(() => undefined);
  }
};
