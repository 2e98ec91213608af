import { EventEmitter } from "node:events";
import type { App, Machine, Volume } from "../model/machine";

/** Everything that there is in the organization, and a word whenever a machine changed. */
export interface Estate {
  readonly org: string;
  /** Where the machines' files are, a folder each. */
  readonly folder: string;
  readonly apps: Map<string, App>;
  /** Destroyed ones stay, to be asked for. */
  readonly machines: Map<string, Machine>;
  readonly volumes: Map<string, Volume>;
  /** Tells that a machine changed. */
  changed(machine: Machine): void;
  /** Calls back at each change, until the answer is called. */
  watch(onChange: (machine: Machine) => void): () => void;
  /** An app's machines that are not destroyed, oldest first. */
  machinesOf(app: string): readonly Machine[];
}

export const createEstate = (org: string, folder: string): Estate => {
  const emitter = new EventEmitter().setMaxListeners(0);
  const machines = new Map<string, Machine>();
  return {
    org,
    folder,
    apps: new Map(),
    machines,
    volumes: new Map(),
    changed: (machine) => emitter.emit("change", machine),
    watch: (onChange) => {
      emitter.on("change", onChange);
      return () => emitter.off("change", onChange);
    },
    machinesOf: (app) =>
      [...machines.values()].filter((machine) => machine.app === app && machine.state !== "destroyed"),
  };
};
