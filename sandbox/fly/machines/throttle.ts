import { cpuThrottled } from "../faults/fly-faults";
import type { Weather } from "../weather";
import type { Estate } from "./estate";

/** Fly counts a CPU's share in periods; here they are so long, milliseconds. */
const period = 100;

/** Really holds back the programs of machines that Fly throttles, for their share of each period. */
export const holdBack = (estate: Estate, weather: Weather): { stop(): void } => {
  const timer = setInterval(() => {
    for (const machine of estate.machines.values()) {
      const share = weather.read(cpuThrottled, machine)?.parameters.percent;
      if (share === undefined || machine.process === undefined) continue;
      void machine.process.hold((share / 100) * period).then((held) => {
        machine.throttled += held;
      });
    }
  }, period);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};
