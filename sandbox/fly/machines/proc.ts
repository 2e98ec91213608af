import { readFile } from "node:fs/promises";

/** Times of a process, in hundredths of a second, which is what Linux counts in. */
export interface CpuTimes {
  readonly user: number;
  readonly system: number;
}

/** Reads /proc; zeros for a process that has just ended, or where there is no /proc. */
export const cpuTimes = async (pid: number): Promise<CpuTimes> => {
  try {
    // The name, in brackets, may hold blanks: count from behind it.
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { user: Number(fields[11]), system: Number(fields[12]) };
  } catch {
    return { user: 0, system: 0 };
  }
};

/** Linux's page, bytes. */
const page = 4_096;

/** Memory that a process has in use; 0 for one that has just ended, or where there is no /proc. */
export const residentBytes = async (pid: number): Promise<number> => {
  try {
    const [, resident] = (await readFile(`/proc/${pid}/statm`, "utf8")).split(" ");
    return Number(resident) * page;
  } catch {
    return 0;
  }
};

/** The machine's load averages of 1, 5 and 15 minutes; those of the computer, as there is but one kernel. */
export const loadAverages = async (): Promise<readonly [number, number, number]> => {
  try {
    const [one, five, fifteen] = (await readFile("/proc/loadavg", "utf8")).split(" ").map(Number);
    return [one ?? 0, five ?? 0, fifteen ?? 0];
  } catch {
    return [0, 0, 0];
  }
};
