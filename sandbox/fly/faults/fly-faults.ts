import { z } from "zod";
import { durationSchema } from "../../../infra/model/units";
import { stuckConnection } from "../../apps/faults";
import { fault, noParameters } from "../../faults/fault";

// What can happen to an app because it runs on Fly, beside what its own program can do wrong.

/** Strikes the machines of one process group; of all where none is named. */
const ofGroup = { group: z.string().min(1).optional() };

/**
 * The program really burns `duty` of one of the computer's CPUs, or what it can get of that, and the machine's counters
 * show `percent` of the guest's CPUs: six apps cannot burn all of theirs on a laptop.
 */
export const cpuBurn = fault({
  name: "cpu-burn",
  summary: "the programs burn CPU",
  parameters: z.strictObject({
    ...ofGroup,
    percent: z.number().min(1).max(100).default(95),
    duty: z.number().min(0.05).max(1).default(0.25),
  }),
  example: { percent: 95 },
});

/** Memory grows within `over` to `percent` of the guest's, as Fly's metrics show it, and stays there. */
export const memoryGrowth = fault({
  name: "memory-growth",
  summary: "the programs fill their memory",
  parameters: z.strictObject({
    ...ofGroup,
    percent: z.number().min(1).max(99).default(92),
    over: durationSchema.default("5s"),
  }),
  example: { percent: 92 },
});

/** Memory grows beyond the guest's, and the machine is killed for it: so many times. */
export const oomKill = fault({
  name: "oom-kill",
  summary: "the programs are killed for memory",
  parameters: z.strictObject({ ...ofGroup, kills: z.int().min(1).max(20).default(1) }),
  example: { kills: 1 },
});

/** Each start ends at once with `exitCode`, until the restart policy gives up. Mended, the machine is started again. */
export const crashLoop = fault({
  name: "crash-loop",
  summary: "the programs end as soon as they start",
  parameters: z.strictObject({ ...ofGroup, exitCode: z.int().min(1).max(255).default(1) }),
  example: {},
});

/** Fly holds the program back for `percent` of the time, really; its burst balance is 0. */
export const cpuThrottled = fault({
  name: "cpu-throttled",
  summary: "Fly holds the programs back",
  parameters: z.strictObject({ ...ofGroup, percent: z.number().min(1).max(80).default(30) }),
  example: { percent: 30 },
});

/** The burst balance is 0; what stays below its share of the CPU is not held back. */
export const burstSpent = fault({
  name: "burst-spent",
  summary: "no burst is left",
  parameters: z.strictObject(ofGroup),
  example: {},
});

/** Somebody stopped the machines, and Fly starts none of them on request. Mended, they are started again. */
export const machinesStopped = fault({
  name: "machines-stopped",
  summary: "all machines are stopped",
  parameters: z.strictObject(ofGroup),
  example: {},
});

/** Requests start no machine, whatever the config says. */
export const noAutostart = fault({
  name: "no-autostart",
  summary: "requests start no machine",
  parameters: noParameters,
  example: {},
});

/** The app's volumes are full to `percent`. */
export const volumeFilling = fault({
  name: "volume-filling",
  summary: "the volumes fill up",
  parameters: z.strictObject({ percent: z.number().min(0).max(100).default(95) }),
  example: { percent: 95 },
});

/** What can happen to any machine. */
export const machineFaults = [
  cpuBurn,
  memoryGrowth,
  oomKill,
  crashLoop,
  cpuThrottled,
  burstSpent,
  machinesStopped,
] as const;

/** What can happen to an app that the public reaches. */
export const publicFaults = [stuckConnection, noAutostart] as const;
