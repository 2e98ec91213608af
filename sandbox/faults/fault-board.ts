import type { z } from "zod";
import type { Fault } from "./fault";

/** A fault in force. */
export interface ActiveFault {
  readonly parameters: object;
  /** When it was switched on, milliseconds since the epoch. */
  readonly since: number;
}

/** What came of switching a fault on. */
export type SwitchResult =
  | { readonly kind: "on"; readonly active: ActiveFault }
  | { readonly kind: "unknown"; readonly known: readonly string[] }
  | { readonly kind: "refused"; readonly mistakes: readonly string[] };

/** The switches of one app or service. */
export interface FaultBoard {
  /** Every fault that can be switched here. */
  readonly known: readonly Fault[];
  /** The faults in force, by name. */
  active(): Readonly<Record<string, ActiveFault>>;
  /** The parameters of `fault` while it is in force. */
  read<Schema extends z.ZodType<object>>(
    fault: Fault<Schema>,
  ): { readonly parameters: z.output<Schema>; readonly since: number } | undefined;
  /** Counts down a fault whose parameter `calls` says how many calls it is for; the last one switches it off. */
  spend(fault: Fault): void;
  /** Switches a fault on, or on again with other parameters; resolves once it is in force. `since` is now where not given. */
  switchOn(name: string, parameters: unknown, since?: number): Promise<SwitchResult>;
  /** Switches a fault off; resolves to false for a name that is not known. */
  switchOff(name: string): Promise<boolean>;
  /** Switches all off. */
  clear(): Promise<void>;
}

/** Makes the switches. `onChange` is told after each change and may take its time to bring it about. */
export const faultBoard = (
  known: readonly Fault[],
  onChange: (name: string, on: boolean) => Promise<void> = () => Promise.resolve(),
): FaultBoard => {
  const active = new Map<string, ActiveFault>();
  const find = (name: string): Fault | undefined => known.find((candidate) => candidate.name === name);

  const switchOff = async (name: string): Promise<boolean> => {
    if (find(name) === undefined) return false;
    if (active.delete(name)) await onChange(name, false);
    return true;
  };

  return {
    known,
    active: () => Object.fromEntries(active),
    read: <Schema extends z.ZodType<object>>(fault: Fault<Schema>) =>
      active.get(fault.name) as { parameters: z.output<Schema>; since: number } | undefined,
    spend: ({ name }) => {
      const spent = active.get(name);
      if (spent === undefined || !("calls" in spent.parameters) || typeof spent.parameters.calls !== "number")
        return;
      const calls = spent.parameters.calls - 1;
      if (calls < 1) active.delete(name);
      else active.set(name, { ...spent, parameters: { ...spent.parameters, calls } });
    },
    switchOn: async (name, parameters, since = Date.now()) => {
      const found = find(name);
      if (found === undefined) return { kind: "unknown", known: known.map((candidate) => candidate.name) };
      const parsed = found.parameters.safeParse(parameters ?? {});
      if (!parsed.success) {
        const mistakes = parsed.error.issues.map(
          (issue) => `${issue.path.join(".") || "body"}: ${issue.message}`,
        );
        return { kind: "refused", mistakes };
      }
      const now: ActiveFault = { parameters: parsed.data, since };
      active.set(name, now);
      await onChange(name, true);
      return { kind: "on", active: now };
    },
    switchOff,
    clear: async () => {
      await Promise.all([...active.keys()].map(switchOff));
    },
  };
};
