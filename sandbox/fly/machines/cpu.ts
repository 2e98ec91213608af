import { cpuBurn } from "../faults/fly-faults";
import type { CpuAccount, Machine } from "../model/machine";
import type { Weather } from "../weather";
import { cpuTimes } from "./proc";

/** A program that is seen to use no CPU for so long does not burn it, milliseconds. */
const longestGap = 2_000;

export const newCpu = (): CpuAccount => ({
  user: 0,
  system: 0,
  seen: { user: 0, system: 0, at: Date.now() },
});

/**
 * Brings a machine's CPU account up to date: to be done often, for a fault counts from when it is switched on. While
 * the program burns CPU for a fault, the account grows as fast as the fault says, however much of the computer's CPUs
 * it really got.
 */
export const accountCpu = async (machine: Machine, weather: Weather): Promise<void> => {
  const { cpu, process: guest } = machine;
  if (guest === undefined) return;
  const times = await cpuTimes(guest.pid);
  if (machine.cpu !== cpu) return; // it was started anew meanwhile
  const { seen } = cpu;
  const user = Math.max(0, times.user - seen.user);
  const system = Math.max(0, times.system - seen.system);
  if (user + system === 0) return;
  const now = Date.now();
  const burn = weather.read(cpuBurn, machine);
  if (burn === undefined) {
    cpu.user += user;
    cpu.system += system;
  } else {
    const elapsed = Math.min(now - Math.max(seen.at, burn.since), longestGap);
    cpu.user += (elapsed / 10) * (burn.parameters.percent / 100) * machine.config.guest.cpus;
  }
  Object.assign(seen, { user: seen.user + user, system: seen.system + system, at: now });
};
