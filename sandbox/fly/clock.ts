import { setTimeout as sleep } from "node:timers/promises";

/** Time in the sandbox's Fly: what takes minutes there takes seconds here. */
export interface Clock {
  readonly factor: number;
  /** Milliseconds here of so many there; at least `floor`. */
  ms(real: number, floor?: number): number;
  /** Waits so many milliseconds of there. */
  pause(real: number, signal?: AbortSignal): Promise<void>;
}

/** `factor` times faster than the real one. */
export const clock = (factor: number): Clock => {
  const ms = (real: number, floor = 0): number => Math.max(floor, real / factor);
  return {
    factor,
    ms,
    pause: async (real, signal) => {
      await sleep(ms(real), undefined, signal === undefined ? {} : { signal });
    },
  };
};

/** How long things take on Fly, milliseconds. Orders of magnitude; Fly promises none of them. */
export const takes = {
  create: 300,
  boot: 600,
  resume: 200,
  suspend: 300,
  restartPause: 1_000,
  destroy: 200,
  autostopPass: 5 * 60_000,
  /** How long the proxy holds a request for which no machine is ready. */
  hold: 60_000,
} as const;
