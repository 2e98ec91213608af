import { cpuBurn } from "../faults/fly-faults";
import type { CpuAccount, Machine } from "../model/machine";
import type { Weather } from "../weather";
import { cpuTimes } from "./proc";

export const newCpu = (): CpuAccount => ({ user: 0, system: 0, seen: { user: 0, system: 0 } });

/** By how much the counted time is more than the computer's, while a program burns CPU for a fault. */
const stretchOf = (machine: Machine, weather: Weather): number => {
  const burn = weather.read(cpuBurn, machine)?.parameters;
  return burn === undefined ? 1 : ((burn.percent / 100) * machine.config.guest.cpus) / burn.duty;
};

/** Brings a machine's CPU account up to date: to be done often, for a fault counts from when it is switched on. */
export const accountCpu = async (machine: Machine, weather: Weather): Promise<void> => {
  const { cpu, process: guest } = machine;
  if (guest === undefined) return;
  const now = await cpuTimes(guest.pid);
  if (machine.cpu !== cpu) return; // it was started anew meanwhile
  const stretch = stretchOf(machine, weather);
  for (const mode of ["user", "system"] as const) {
    cpu[mode] += Math.max(0, now[mode] - cpu.seen[mode]) * stretch;
    cpu.seen[mode] = Math.max(now[mode], cpu.seen[mode]);
  }
};
