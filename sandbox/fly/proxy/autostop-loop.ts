import { takes } from "../clock";
import { machineToStop } from "../model/autostop";
import { autostopOf, processGroupOf } from "../model/config";
import type { Machine } from "../model/machine";
import type { Platform } from "../platform";
import { leaseOf } from "../machines/leases";
import type { Loads } from "./load";
import { primaryRegion, publicService, softLimitOf } from "./public-service";

/** The loop that stops idle machines; `pass` runs it once at once. */
export interface AutostopLoop {
  /** Ids of the machines that it stopped. */
  pass(): readonly string[];
  stop(): void;
}

const canStop = (machine: Machine): boolean => {
  const service = publicService(machine.config);
  return machine.state === "started" && service !== undefined && autostopOf(service) !== "off";
};

export const autostopLoop = ({ estate, lifecycle, clock }: Platform, loads: Loads): AutostopLoop => {
  const pass = (): readonly string[] => {
    const groups = new Map<string, Machine[]>();
    for (const machine of estate.machines.values()) {
      if (!canStop(machine)) continue;
      const key = `${machine.app} ${processGroupOf(machine.config)} ${machine.region}`;
      groups.set(key, [...(groups.get(key) ?? []), machine]);
    }
    const stopped = [...groups.values()].flatMap((machines) => {
      const [first] = machines;
      if (first === undefined) return [];
      const primary = first.region === primaryRegion(estate, first.app);
      const minimum = Math.max(
        ...machines.map(({ config }) => publicService(config)?.min_machines_running ?? 0),
      );
      const loaded = machines.map((machine) => {
        const service = publicService(machine.config);
        return {
          id: machine.id,
          current: loads.current(machine.id),
          peak: loads.peak(machine.id),
          softLimit: service === undefined ? 0 : softLimitOf(service),
        };
      });
      const machine = estate.machines.get(machineToStop(loaded, primary ? minimum : 0) ?? "");
      if (machine === undefined || leaseOf(machine) !== undefined || machine.hostStatus !== "ok") return [];
      const service = publicService(machine.config);
      if (service !== undefined && autostopOf(service) === "suspend") lifecycle.suspend(machine, "proxy");
      else lifecycle.stop(machine, "proxy");
      return [machine.id];
    });
    loads.nextPass();
    return stopped;
  };
  const timer = setInterval(pass, clock.ms(takes.autostopPass));
  return {
    pass,
    stop: () => {
      clearInterval(timer);
    },
  };
};
