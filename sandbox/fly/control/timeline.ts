import type { Estate } from "../machines/estate";
import type { MachineState } from "../model/machine";
import { isRoutable } from "../proxy/public-service";

/** A moment at which a machine's state changed, or whether the proxy sends to it. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly app: string;
  readonly machine: string;
  readonly state: MachineState;
  readonly routable: boolean;
  /** How many of the app's machines the proxy sends to from now on. */
  readonly serving: number;
}

const kept = 20_000;

/** Writes down who was in service when, for tests that judge an update by what it did to the app. */
export const recordTimeline = (estate: Estate): { readonly moments: readonly Moment[]; stop(): void } => {
  const moments: Moment[] = [];
  const last = new Map<string, string>();
  const stop = estate.watch(({ id, app, state }) => {
    const machine = estate.machines.get(id);
    if (machine === undefined) return;
    const routable = isRoutable(machine);
    const now = `${state} ${routable}`;
    if (last.get(id) === now) return;
    last.set(id, now);
    const serving = estate.machinesOf(app).filter(isRoutable).length;
    moments.push({ at: Date.now(), app, machine: id, state, routable, serving });
    if (moments.length > kept) moments.shift();
  });
  return { moments, stop };
};
