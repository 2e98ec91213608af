import type { z } from "zod";
import type { ActiveFault } from "../faults/fault-board";
import type { Fault } from "../faults/fault";
import type { FaultMessage } from "./guest/protocol";
import { processGroupOf } from "./model/config";
import type { Machine } from "./model/machine";

/** The part of a machine that says which faults strike it. */
export type Struck = Pick<Machine, "app" | "config">;

/** What the rest of the sandbox does to machines and their programs. */
export interface Weather {
  /** A fault while it strikes a machine. */
  read<Schema extends z.ZodType<object>>(
    fault: Fault<Schema>,
    machine: Struck,
  ): { readonly parameters: z.output<Schema>; readonly since: number } | undefined;
  /** What a machine's program is told when it starts. */
  faultsOf(machine: Struck): readonly FaultMessage[];
}

export const fairWeather: Weather = { read: () => undefined, faultsOf: () => [] };

/** Whether a fault in force strikes a machine: where it names a process group, only that. */
export const strikes = ({ parameters }: ActiveFault, { config }: Struck): boolean =>
  !("group" in parameters) || parameters.group === undefined || parameters.group === processGroupOf(config);
