import { readFile } from "node:fs/promises";
import type { Estate } from "./estate";
import type { Runner } from "./runner";

const sampleEvery = 250;
const mebibyte = 1_048_576;
/** Linux's page, bytes. */
const page = 4_096;

const residentBytes = async (pid: number): Promise<number> => {
  try {
    const [, resident] = (await readFile(`/proc/${pid}/statm`, "utf8")).split(" ");
    return Number(resident) * page;
  } catch {
    return 0; // it has just ended, or there is no /proc
  }
};

/** Measures what each machine's program uses, and kills what uses more than its guest has. */
export const watchMemory = (estate: Estate, runner: Runner): { stop(): void } => {
  const sample = async (): Promise<void> => {
    for (const machine of estate.machines.values()) {
      if (machine.process === undefined) continue;
      const { process: guest } = machine;
      const resident = await residentBytes(guest.pid);
      // It may have ended while it was measured.
      if (machine.process !== guest) continue;
      machine.memory = resident + (guest.ballast() + machine.pressure) * mebibyte;
      if (machine.memory > machine.config.guest.memory_mb * mebibyte) runner.killForMemory(machine);
    }
  };
  const timer = setInterval(() => void sample(), sampleEvery);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};
