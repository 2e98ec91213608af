import { systemClock, type Clock } from "../../infra/provider/clock";

const times = 20;

/** Real time, in which waits are shorter: for what waits some seconds before it says that something is not there. */
export const hurriedClock = (): Clock => {
  const started = Date.now();
  return {
    ...systemClock,
    now: () => started + (Date.now() - started) * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
};
