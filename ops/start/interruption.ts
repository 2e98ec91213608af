import { interrupted } from "../failure";

/** Why the run must end: Ctrl-C, SIGTERM, or the death of something that it needs. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Ends the run for a reason of its own. */
  end(reason: Error): void;
  /** Stops listening for signals. */
  close(): void;
}

/**
 * npm passes on the Ctrl-C that the terminal has sent to the whole group already: what comes this soon is no second
 * one of the user's.
 */
const sameKeyPressMs = 500;

/** Listens for signals: the first ends the run in order, a second one calls `atOnce`. */
export const listenForInterruption = (atOnce: () => void): Interruption => {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (): void => {
    if (first === undefined) {
      first = Date.now();
      controller.abort(interrupted());
    } else if (Date.now() - first > sameKeyPressMs) atOnce();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    end: (reason) => {
      controller.abort(reason);
    },
    close: () => {
      for (const name of signals) process.removeListener(name, onSignal);
    },
  };
};
