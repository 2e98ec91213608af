import { milliseconds } from "../../../infra/model/units";
import { memoryGrowth, oomKill } from "../faults/fly-faults";
import type { Machine } from "../model/machine";
import type { Weather } from "../weather";
import { accountCpu } from "./cpu";
import type { Estate } from "./estate";
import { residentBytes } from "./proc";
import type { Runner } from "./runner";

const sampleEvery = 250;
const mebibyte = 1_048_576;
/** Of a guest's memory, what Linux keeps for itself and its caches, bytes. */
export const kernelMemory = 24 * mebibyte;
/** How long a program takes to fill its memory until it is killed, milliseconds. */
const untilKilled = 500;

/** How far something has come that began then and takes so long, 0 to 1. */
const progress = (since: number, takes: number): number =>
  takes === 0 ? 1 : Math.min(1, (Date.now() - since) / takes);

/** What a machine's program uses, bytes, where `own` is really its own. */
const usedMemory = (machine: Machine, own: number, weather: Weather): number => {
  const total = machine.config.guest.memory_mb * mebibyte;
  const grownTo = (most: number, since: number, takes: number): number =>
    own + Math.max(0, most - own) * progress(Math.max(since, machine.startedAt), takes);

  const oom = weather.read(oomKill, machine);
  if (oom !== undefined) {
    const kills = machine.events.filter(
      ({ timestamp, request }) => timestamp >= oom.since && request?.exit_event.oom_killed === true,
    ).length;
    if (kills < oom.parameters.kills) return grownTo(1.05 * total, oom.since, untilKilled);
  }
  const growth = weather.read(memoryGrowth, machine);
  if (growth === undefined) return own;
  const { percent, over } = growth.parameters;
  return grownTo((percent / 100) * total - kernelMemory, growth.since, milliseconds(over));
};

/** Measures what a machine's program uses now: memory and CPU. */
export const measure = async (machine: Machine, weather: Weather): Promise<void> => {
  const { process: guest } = machine;
  if (guest === undefined) return;
  const [resident] = await Promise.all([residentBytes(guest.pid), accountCpu(machine, weather)]);
  // It may have ended while it was measured.
  if (machine.process !== guest) return;
  machine.memory = usedMemory(machine, resident + (guest.ballast() + machine.pressure) * mebibyte, weather);
};

/** Measures all the time, and kills what uses more memory than its guest has. */
export const watchUsage = (estate: Estate, runner: Runner, weather: Weather): { stop(): void } => {
  const sample = async (machine: Machine): Promise<void> => {
    await measure(machine, weather);
    if (machine.memory > machine.config.guest.memory_mb * mebibyte) runner.killForMemory(machine);
  };
  const timer = setInterval(() => {
    for (const machine of estate.machines.values()) void sample(machine);
  }, sampleEvery);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};
