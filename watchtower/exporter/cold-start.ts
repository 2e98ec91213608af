import { createHash } from "node:crypto";
import type { ColdStartTest } from "../../infra/model/exporter-config";
import { fetchBounded } from "./fetch-bounded";
import type { Machine } from "./machine";
import { isAsleep } from "./machine";
import type { AppState, StartTest } from "./state";
import { processGroupOf } from "./state";

const longestAnswer = 1_000_000;

/** A number of its own for each app, the same after each start, so that not all are woken at once. */
const phaseOf = (name: string): number =>
  createHash("sha256").update(name).digest().readUInt32BE(0) / 2 ** 32;

/** Which of the test's intervals a time lies in. By the clock on the wall: a restart wakes nothing. */
export const slotOf = ({ intervalMs }: ColdStartTest, app: string, now: number): number =>
  Math.floor(now / intervalMs - phaseOf(app));

/** A test proves something only where the request has to start a machine. */
export const isProvable = (state: AppState, machines: readonly Machine[]): boolean => {
  const group = machines.filter(
    (machine) => processGroupOf(state.app, machine) === state.app.coldStart?.processGroup,
  );
  return group.length > 0 && group.every(isAsleep);
};

/** Sends the request that wakes a machine, and measures how long its answer takes. */
export const testStart = async (test: ColdStartTest, signal: AbortSignal): Promise<StartTest> => {
  const begun = performance.now();
  try {
    const { status } = await fetchBounded(test.url, {
      headers: test.headers,
      timeoutMs: test.timeoutMs,
      maxBytes: longestAnswer,
      signal,
    });
    return { seconds: (performance.now() - begun) / 1_000, failed: status !== test.expectedStatus };
  } catch {
    return { failed: true };
  }
};
