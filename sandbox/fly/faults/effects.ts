import { get } from "node:http";
import { stuckConnection } from "../../apps/faults";
import { stuckPath } from "../../apps/gate";
import type { ActiveFault } from "../../faults/fault-board";
import type { FlyService } from "../index";
import type { Machine } from "../model/machine";
import { strikes } from "../weather";
import { crashLoop, machinesStopped, oomKill, volumeFilling } from "./fly-faults";

/** How soon a client whose connection was cut comes back, milliseconds. */
const comesBackAfter = 200;

/** Keeps a request in flight until the answer is called. */
const holdOpen = (url: string): (() => void) => {
  let over = false;
  let leave: () => void = () => undefined;
  const connect = (): void => {
    if (over) return;
    const request = get(new URL(stuckPath, url), { agent: false }, (response) => response.resume());
    leave = () => request.destroy();
    request.on("error", () => undefined);
    request.on("close", () => setTimeout(connect, comesBackAfter).unref());
  };
  connect();
  return () => {
    over = true;
    leave();
  };
};

/** Fly has given up a machine: its program ended by itself, and it is stopped. */
const isGivenUp = ({ state, events }: Machine): boolean => {
  const exit = events.find(({ type }) => type === "exit")?.request?.exit_event;
  return state === "stopped" && exit !== undefined && !exit.requested_stop && exit.exit_code !== 0;
};

/** A fault of an app that was switched on or off. */
export interface Switched {
  readonly app: string;
  readonly fault: string;
  /** The fault while it is on. */
  readonly active: ActiveFault | undefined;
}

/** What switching a fault brings about at once, and what mending it puts right. */
export const flyEffects = (fly: () => FlyService | undefined): ((switched: Switched) => Promise<void>) => {
  const connections = new Map<string, () => void>();
  const stopped = new Map<string, readonly Machine[]>();
  const fillings = new Map<string, number>();

  const restart = (machines: readonly Machine[], lifecycle: FlyService["platform"]["lifecycle"]): void => {
    for (const machine of machines) if (machine.state === "stopped") lifecycle.start(machine, "user");
  };

  return async ({ app, fault, active }) => {
    const running = fly();
    if (running === undefined) return;
    const { estate, lifecycle } = running.platform;
    const machines = estate.machinesOf(app);
    switch (fault) {
      case stuckConnection.name: {
        connections.get(app)?.();
        connections.delete(app);
        const url = active === undefined ? undefined : await running.proxies.open(app);
        if (url !== undefined) connections.set(app, holdOpen(url));
        return;
      }
      case machinesStopped.name: {
        restart(stopped.get(app) ?? [], lifecycle);
        stopped.delete(app);
        if (active === undefined) return;
        const struck = machines.filter((machine) => machine.state === "started" && strikes(active, machine));
        for (const machine of struck) lifecycle.stop(machine, "user");
        stopped.set(app, struck);
        return;
      }
      case crashLoop.name:
      case oomKill.name:
        if (active !== undefined) return;
        // What is still about to end for the fault does not use up the budget.
        for (const machine of machines) machine.restarts = [];
        restart(machines.filter(isGivenUp), lifecycle);
        return;
      case volumeFilling.name:
        for (const volume of estate.volumes.values()) {
          if (volume.app !== app) continue;
          const before = fillings.get(volume.id) ?? volume.bytesUsed;
          fillings.set(volume.id, before);
          const parameters = active && volumeFilling.parameters.parse(active.parameters);
          volume.bytesUsed =
            parameters === undefined
              ? before
              : Math.floor((parameters.percent / 100) * volume.sizeGb * 1_073_741_824);
          if (parameters === undefined) fillings.delete(volume.id);
        }
    }
  };
};
