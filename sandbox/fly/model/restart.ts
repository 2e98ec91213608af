import type { MachineConfig } from "./config";

/** Retries of `on-failure` where the config names none, and the time in which they are counted. */
export const restartBudget = { retries: 10, window: 5 * 60_000 } as const;

/** What a machine's program ended with, by itself. */
export interface UnaskedExit {
  readonly exitCode: number;
  /** When earlier restarts within reach happened, milliseconds since the epoch. */
  readonly restarts: readonly number[];
  readonly now: number;
  /** The window, already divided where time runs faster. */
  readonly window: number;
}

/** Whether the program is started again. `always` never gives up, `on-failure` after its budget within the window. */
export const isRestarted = (config: MachineConfig, exit: UnaskedExit): boolean => {
  const { policy = "on-failure", max_retries = restartBudget.retries } = config.restart ?? {};
  switch (policy) {
    case "no":
      return false;
    case "always":
      return true;
    case "on-failure": {
      const recent = exit.restarts.filter((at) => at > exit.now - exit.window).length;
      return exit.exitCode !== 0 && recent < max_retries;
    }
  }
};
