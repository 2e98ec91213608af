import type { Duration } from "./units";

// What an app's running machines must be set to, in the words of Fly's Machines API, so that a preview names what Fly
// names. A field that is absent is not managed: it stays on Fly as it is. Lists and tables of checks are managed whole.

/** A health check; the fields that Fly presets are absent where they have the preset value. */
export type CheckSettings = {
  readonly type: "http" | "tcp";
  /** Of a service check absent: the service's own port. */
  readonly port?: number | undefined;
  readonly interval: Duration;
  readonly timeout: Duration;
  /** Absent: none. */
  readonly grace_period?: Duration | undefined;
  /** Absent: GET. */
  readonly method?: string | undefined;
  /** Absent: "/". */
  readonly path?: string | undefined;
  /** Absent: http. */
  readonly protocol?: "http" | "https" | undefined;
  readonly tls_skip_verify?: boolean | undefined;
  readonly tls_server_name?: string | undefined;
  readonly headers?: { readonly [name: string]: string } | undefined;
  /** Absent: informational. */
  readonly kind?: "informational" | "readiness" | undefined;
};

/** What is set of the service that listens on `internal_port`; its ports and handlers are a deploy's business. */
export type ServiceSettings = {
  readonly internal_port: number;
  readonly protocol: "tcp" | "udp";
  readonly autostop?: "off" | "stop" | "suspend" | undefined;
  readonly autostart?: boolean | undefined;
  readonly min_machines_running?: number | undefined;
  readonly concurrency?:
    | {
        readonly type: "connections" | "requests";
        readonly soft_limit: number;
        readonly hard_limit?: number | undefined;
      }
    | undefined;
  readonly checks?: readonly CheckSettings[] | undefined;
};

/** The settings of all machines of a process group. */
export type GroupSettings = {
  /** Top-level checks by name. */
  readonly checks?: { readonly [name: string]: CheckSettings } | undefined;
  readonly services?: readonly ServiceSettings[] | undefined;
  readonly guest?:
    | { readonly cpu_kind: "shared" | "performance"; readonly cpus: number; readonly memory_mb: number }
    | undefined;
  readonly restart?:
    | { readonly policy: "no" | "on-failure" | "always"; readonly max_retries?: number | undefined }
    | undefined;
  readonly metrics?:
    { readonly port: number; readonly path: string; readonly https?: boolean | undefined } | undefined;
  /** How many machines the group has, standbys aside. */
  readonly count?: number | undefined;
  /** Whether machines above `count` are destroyed; absent: they stay, with a warning. */
  readonly removeSurplus?: boolean | undefined;
};

/** The inputs of `flymon:fly:MachineSettings`. */
export type MachineSettingsInputs = {
  /** The app's name on Fly. */
  readonly app: string;
  /** The region that min_machines_running speaks of. */
  readonly primaryRegion?: string | undefined;
  /** How long a machine may take to be started with all checks passing. */
  readonly waitTimeout: Duration;
  readonly processGroups: { readonly [group: string]: GroupSettings };
};
