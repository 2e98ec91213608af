/** As the stacks' divisor of the sandbox: a check every 30 s is one every second. */
export const defaultMonitorFactor = 30;

/** Monitors of UptimeRobot's plan where none is asked for. */
export const paidMonitors = 200;

/** Never sooner than this, milliseconds: a loop without a pause would take a core. */
const least = 50;

/** Time of a service that watches: its seconds are fewer of ours. */
export interface ServiceTime {
  readonly factor: number;
  /** Milliseconds here of so many seconds there. */
  ms(seconds: number): number;
  /** Milliseconds until something that recurs, never none. */
  pause(seconds: number): number;
  /** Seconds there of so many milliseconds here. */
  seconds(ms: number): number;
}

export const serviceTime = (factor: number): ServiceTime => {
  const ms = (seconds: number): number => (seconds * 1_000) / factor;
  return {
    factor,
    ms,
    pause: (seconds) => Math.max(least, ms(seconds)),
    seconds: (given) => (given * factor) / 1_000,
  };
};
