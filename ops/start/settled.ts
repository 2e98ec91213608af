import { setTimeout as sleep } from "node:timers/promises";

const pollEvery = 100;

/** Asks until nothing is left of what is waited for; rejects when the time is up, with `what` and what is left. */
export const untilNoneIsLeft = async (
  what: string,
  left: () => Promise<readonly string[]>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const waitedFor = await left();
    if (waitedFor.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`not ${what} after ${String(timeoutMs / 1_000)} s: ${waitedFor.join(", ")}`);
    }
    await sleep(pollEvery, undefined, { signal });
  }
};
