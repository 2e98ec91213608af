import { setTimeout as sleep } from "node:timers/promises";
import type { ExporterConfig } from "../../infra/model/exporter-config";
import { say } from "../http/serve";
import { certificateEnd } from "./certificate";
import { isProvable, slotOf, testStart } from "./cold-start";
import { reasonOf } from "./fetch-bounded";
import type { ListAnswer } from "./fly-api";
import { listMachines } from "./fly-api";
import type { UnderWay } from "./json-answers";
import { readAnswers } from "./json-answers";
import type { Machine } from "./machine";
import type { AppState } from "./state";

/** What all apps are watched with. */
export interface Watch {
  readonly config: ExporterConfig;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Least time between two calls for one app: Fly allows one a second, and two may come closer than they were sent. */
const leastPauseMs = 1_050;

/**
 * How long to wait after a call. What failed is asked again sooner than after an interval, at first at once, later as
 * seldom as usual; what Fly asks to wait is waited.
 */
export const pauseAfter = (
  answer: ListAnswer,
  { tookMs, failures, intervalMs }: { tookMs: number; failures: number; intervalMs: number },
): number => {
  const usual = Math.max(intervalMs, leastPauseMs) - tookMs;
  if ("machines" in answer) return Math.max(0, usual);
  const again = Math.min(leastPauseMs * 2 ** (failures - 1), Math.max(usual, leastPauseMs));
  // Jitter, so that all that were refused do not come back in the same moment.
  return Math.max(again, answer.retryAfterMs ?? 0) * (1 + Math.random() / 10);
};

/** Runs a step and everything after it until the end is asked for; a wait that is cut short is no failure. */
const untilAborted = async (signal: AbortSignal, run: () => Promise<void>): Promise<void> => {
  try {
    while (!signal.aborted) await run();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** Tests a start once in each interval, as soon as there is a machine to start. */
const startTester = (state: AppState, signal: AbortSignal): ((machines: readonly Machine[]) => void) => {
  const test = state.app.coldStart;
  if (test === undefined) return () => undefined;
  const { name } = state.app;
  let tested = slotOf(test, name, Date.now());
  let underWay = false;
  return (machines) => {
    const slot = slotOf(test, name, Date.now());
    if (underWay || slot === tested || !isProvable(state, machines)) return;
    underWay = true;
    tested = slot;
    void testStart(test, signal).then((result) => {
      underWay = false;
      if (!signal.aborted) state.startTest = result;
    });
  };
};

const watchMachines = async (state: AppState, watch: Watch, offsetMs: number): Promise<void> => {
  const { config, token, signal } = watch;
  const { name } = state.app;
  const api = { apiUrl: config.apiUrl, token, timeoutMs: config.apiTimeoutMs, signal };
  const underWay: UnderWay = new Set();
  const testStartOf = startTester(state, signal);
  let failures = 0;
  let told = "";
  const tell = (words: string): void => {
    if (words !== told) say(`${name}: ${words}`);
    told = words;
  };
  await untilAborted(signal, async () => {
    if (!state.asked) await sleep(offsetMs, undefined, { signal });
    const begun = performance.now();
    const answer = await listMachines(api, name);
    signal.throwIfAborted();
    state.asked = true;
    if ("machines" in answer) {
      failures = 0;
      tell(`${answer.machines.length} machine(s)`);
      state.machines = { at: Date.now(), list: answer.machines };
      readAnswers(state, answer.machines, underWay, { answerTimeoutMs: config.answerTimeoutMs, signal });
      testStartOf(answer.machines);
    } else {
      failures += 1;
      tell(`the Machines API gives no answer: ${answer.trouble}`);
    }
    const tookMs = performance.now() - begun;
    const pause = pauseAfter(answer, { tookMs, failures, intervalMs: config.intervalMs });
    await sleep(pause, undefined, { signal });
  });
};

const certificateTimeoutMs = 10_000;

const watchCertificate = async (
  state: AppState,
  { config, signal }: Watch,
  offsetMs: number,
): Promise<void> => {
  const { certificate } = state.app;
  if (certificate === undefined) return;
  let told = false;
  await sleep(offsetMs, undefined, { signal }).catch(() => undefined);
  await untilAborted(signal, async () => {
    try {
      const expires = await certificateEnd(certificate, certificateTimeoutMs);
      state.certificate = { at: Date.now(), expires };
      told = false;
    } catch (error) {
      if (!told) say(`${certificate.host}: no certificate: ${reasonOf(error)}`);
      told = true;
    }
    await sleep(config.certificateIntervalMs, undefined, { signal });
  });
};

/** Watches all apps until the end is asked for, their calls spread over the interval. */
export const watchApps = async (states: readonly AppState[], watch: Watch): Promise<void> => {
  const step = watch.config.intervalMs / Math.max(1, states.length);
  await Promise.all(
    states.flatMap((state, index) => [
      watchMachines(state, watch, index * step),
      watchCertificate(state, watch, index * step),
    ]),
  );
};
