import type { LoggedCall } from "./api/call";
import type { FlyState, MachineSummary } from "./control/state";
import type { Moment } from "./control/timeline";
import type { SeededApp } from "./machines/seed";
import type { MachineConfig } from "./model/config";
import type { HostStatus, MachineEvent } from "./model/machine";
import type { HeldRequest } from "./proxy/traffic";

export type { LoggedCall } from "./api/call";
export type { FlyState, MachineSummary } from "./control/state";
export type { Moment } from "./control/timeline";
export type { SeededApp } from "./machines/seed";
export type { HeldRequest } from "./proxy/traffic";

/** An app that was made. */
export interface MadeApp {
  readonly name: string;
  /** Public address; none for an app without a public service. */
  readonly url?: string;
  readonly machines: readonly MachineSummary[];
}

/**
 * Does to the sandbox's Fly what others do: people, hosts, chance. Machines are named by id, or by a name that only
 * one has. Rejects where Fly was not asked for.
 */
export interface FlyClient {
  state(): Promise<FlyState>;
  /** Makes an app with machines and waits until they are started. */
  makeApp(app: SeededApp): Promise<MadeApp>;
  machine(
    machine: string,
  ): Promise<MachineSummary & { readonly config: MachineConfig; readonly events: readonly MachineEvent[] }>;
  /** Changes a config by hand (a merge patch: null removes, lists are replaced); a running machine reboots. */
  changeByHand(machine: string, patch: object): Promise<MachineSummary>;
  /** Ends a machine's program as a crash does. */
  kill(machine: string, signal?: "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGSEGV" | "SIGABRT"): Promise<void>;
  /** Makes a machine's program hang: it takes connections and never answers. */
  hang(machine: string): Promise<void>;
  unhang(machine: string): Promise<void>;
  /** Makes a machine's host unreachable: its config is unknown and it cannot be changed. */
  setHost(machine: string, status: HostStatus): Promise<void>;
  /** Memory that a machine uses beside its program's own, MiB; above the guest's size it is killed for it. */
  setMemory(machine: string, mb: number): Promise<void>;
  log(machine: string): Promise<string>;
  /** The machines whose programs run, each with its pid. */
  processes(): Promise<readonly MachineSummary[]>;
  /** Every call of the Machines API since the start or `forgetCalls`. */
  calls(): Promise<readonly LoggedCall[]>;
  forgetCalls(): Promise<void>;
  /** Who was in service when. */
  timeline(app?: string): Promise<readonly Moment[]>;
  /** Requests that had to wait for a machine, the last first. */
  held(): Promise<readonly HeldRequest[]>;
  /** Runs the autostop loop at once: ids of the machines it stopped. */
  pass(): Promise<readonly string[]>;
}

/** Sends a request to the control server and reads the answer, JSON or text. */
export type Ask = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;

export const flyClient = (ask: Ask): FlyClient => {
  const at = (machine: string, part = ""): string => `/fly/machines/${encodeURIComponent(machine)}${part}`;
  const act = async (method: string, path: string, body?: object): Promise<void> => {
    await ask(method, path, body);
  };
  return {
    state: () => ask("GET", "/fly/state"),
    makeApp: (app) => ask("POST", "/fly/apps", app),
    machine: (machine) => ask("GET", at(machine)),
    changeByHand: (machine, patch) => ask("PATCH", at(machine, "/config"), patch),
    kill: (machine, signal = "SIGKILL") => act("POST", at(machine, "/kill"), { signal }),
    hang: (machine) => act("PUT", at(machine, "/hang")),
    unhang: (machine) => act("DELETE", at(machine, "/hang")),
    setHost: (machine, status) => act("PUT", at(machine, "/host"), { status }),
    setMemory: (machine, mb) => act("PUT", at(machine, "/memory"), { mb }),
    log: (machine) => ask("GET", at(machine, "/log")),
    processes: async () => (await ask<{ processes: MachineSummary[] }>("GET", "/fly/processes")).processes,
    calls: async () => (await ask<{ calls: LoggedCall[] }>("GET", "/fly/calls")).calls,
    forgetCalls: () => act("DELETE", "/fly/calls"),
    timeline: async (app) =>
      (await ask<{ moments: Moment[] }>("GET", `/fly/timeline${app === undefined ? "" : `?app=${app}`}`))
        .moments,
    held: async () => (await ask<{ held: HeldRequest[] }>("GET", "/fly/held")).held,
    pass: async () => (await ask<{ stopped: string[] }>("POST", "/fly/pass")).stopped,
  };
};
