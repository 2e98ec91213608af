import type { GuestProcess } from "../host/guest-process";
import type { MachineConfig } from "./config";

/** Machine states. Source: Fly's "Machine states". */
export type MachineState =
  | "created"
  | "starting"
  | "started"
  | "stopping"
  | "stopped"
  | "suspending"
  | "suspended"
  | "restarting"
  | "replacing"
  | "destroying"
  | "destroyed"
  | "failed";

/** States that last until something is asked. */
export const settledStates: readonly MachineState[] = [
  "started",
  "stopped",
  "suspended",
  "destroyed",
  "failed",
];

/** Who caused an event: a caller, the proxy, or the host by itself. */
export type Source = "user" | "proxy" | "flyd";

/** How a program ended. */
export interface ExitEvent {
  readonly exit_code: number;
  readonly guest_exit_code: number;
  readonly guest_signal: number;
  readonly oom_killed: boolean;
  readonly requested_stop: boolean;
  readonly restarting: boolean;
  readonly exited_at: string;
}

export interface MachineEvent {
  readonly id: string;
  readonly type: string;
  readonly status: MachineState;
  readonly source: Source;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly request?: { readonly exit_event: ExitEvent; readonly restart_count: number };
}

export type CheckStatus = "passing" | "warning" | "critical";

/** A check's finding; `updatedAt` is when its status last changed. */
export interface CheckFinding {
  readonly name: string;
  status: CheckStatus;
  output: string;
  updatedAt: number;
}

export interface Lease {
  readonly nonce: string;
  readonly owner: string;
  readonly description: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** One version of a machine's config. */
export interface Version {
  readonly instanceId: string;
  readonly config: MachineConfig;
  readonly createdAt: number;
}

/** CPU time of a program as its machine's metrics count it, and as it was last seen, hundredths of a second. */
export interface CpuAccount {
  user: number;
  system: number;
  readonly seen: { user: number; system: number; at: number };
}

export type HostStatus = "ok" | "unknown" | "unreachable";

/** A machine. Changed in place, by machines/ only. */
export interface Machine {
  readonly id: string;
  readonly app: string;
  readonly name: string;
  readonly region: string;
  readonly host: string;
  readonly address: string;
  readonly createdAt: number;
  /** Folder of its files. */
  readonly root: string;
  updatedAt: number;
  instanceId: string;
  state: MachineState;
  config: MachineConfig;
  cordoned: boolean;
  hostStatus: HostStatus;
  lease: Lease | undefined;
  /** Newest first. */
  events: MachineEvent[];
  /** Newest first. */
  versions: Version[];
  checks: CheckFinding[];
  process: GuestProcess | undefined;
  /** When the running program was started, milliseconds since the epoch. */
  startedAt: number;
  /** When the program was restarted by policy, milliseconds since the epoch. */
  restarts: number[];
  restartCount: number;
  lastExit: { readonly exitCode: number; readonly oomKilled: boolean } | undefined;
  /** Memory in use, bytes. */
  memory: number;
  /** CPU time of the running program. */
  cpu: CpuAccount;
  /** How long the program was held back since the machine was made, milliseconds. */
  throttled: number;
  /** MiB put on top by hand. */
  pressure: number;
  readonly log: string[];
}

export interface App {
  readonly id: string;
  readonly name: string;
  readonly org: string;
  readonly network: string;
  readonly createdAt: number;
}

export interface Volume {
  readonly id: string;
  readonly app: string;
  readonly name: string;
  readonly region: string;
  readonly sizeGb: number;
  /** Days; Fly's preset where absent. */
  readonly snapshotRetention?: number;
  readonly createdAt: number;
  attachedMachine: string | undefined;
  bytesUsed: number;
}
