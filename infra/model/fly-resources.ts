import type { CheckSettings, GroupSettings, ServiceSettings } from "./machine-settings";
import type { Duration, Size } from "./units";

// The inputs of the resources that make things on Fly: an app, its volumes, its machines. What mirrors a part of a
// machine's config (checks, services, restart, metrics) is in the words of Fly's Machines API, as in MachineSettings.

/** What destroying a resource does to the thing on Fly. */
export type OnDestroy = "delete" | "keep";

/** The inputs of `flymon:fly:App`: an app to put machines into. */
export type PlatformAppInputs = {
  /** Unique among all apps of Fly; at most 63 of a-z, 0-9 and -. */
  readonly name: string;
  /** The organization's slug. */
  readonly org: string;
  /** A private network of its own; absent: the organization's. */
  readonly network?: string | undefined;
  /** An app whose volumes are kept stays with them. */
  readonly onDestroy: OnDestroy;
};

/** The inputs of `flymon:fly:Volume`. */
export type VolumeInputs = {
  /** The app's name. */
  readonly app: string;
  /** At most 30 of a-z, 0-9 and _; give each volume of an app a name of its own. */
  readonly name: string;
  readonly region: string;
  /** 1 to 500; grows in place and never shrinks. */
  readonly sizeGb: number;
  /** Days that daily snapshots are kept, 1 to 60; absent: as Fly has it, 5 for a new volume. */
  readonly snapshotRetention?: number | undefined;
  /** "keep" unless told otherwise: what is on a volume cannot be made again by an `up`. */
  readonly onDestroy: OnDestroy;
};

/** A file that is placed in a machine before its program starts. */
export type MachineFile = {
  /** Text; may be a secret. */
  readonly content: string;
  /** Permission bits, such as 0o600; absent: as Fly has it, 0o644. */
  readonly mode?: number | undefined;
};

/** A public port of a service. */
export type ServicePort = {
  readonly port: number;
  /** "http", "tls"; none: TCP as it comes. */
  readonly handlers?: readonly string[] | undefined;
  readonly force_https?: boolean | undefined;
};

/** A service with the ports that Fly's proxy serves it on. */
export type MachineService = ServiceSettings & { readonly ports?: readonly ServicePort[] | undefined };

/**
 * The inputs of `flymon:fly:Machine`. What is absent is not managed: it stays on Fly as it is. Of tables (env, files,
 * metadata, checks) the keys that are declared are managed, and taken away again when they no longer are.
 */
export type MachineInputs = {
  /** The app's name. */
  readonly app: string;
  /** Unique in the app: by it the machine is found again after an interrupted run. */
  readonly name: string;
  readonly region: string;
  readonly image: string;
  readonly cpuKind: "shared" | "performance";
  readonly cpus: number;
  /** "256mb", "2gb". */
  readonly memory: Size;
  /** Values may be secrets. */
  readonly env?: { readonly [name: string]: string } | undefined;
  /** By absolute path in the machine. */
  readonly files?: { readonly [guestPath: string]: MachineFile } | undefined;
  /** What runs: the image's own entrypoint and command, where absent. */
  readonly init?:
    | {
        readonly exec?: readonly string[] | undefined;
        readonly entrypoint?: readonly string[] | undefined;
        readonly cmd?: readonly string[] | undefined;
      }
    | undefined;
  /** A volume of the app in the machine's region. */
  readonly mount?: { readonly volumeId: string; readonly path: string } | undefined;
  /** The process group: `<group>.process.<app>.internal` finds its machines. */
  readonly processGroup?: string | undefined;
  readonly metadata?: { readonly [key: string]: string } | undefined;
  /** Managed whole. */
  readonly services?: readonly MachineService[] | undefined;
  /** Top-level checks by name. */
  readonly checks?: { readonly [name: string]: CheckSettings } | undefined;
  /** Where Fly scrapes the machine's own metrics. */
  readonly metrics?: GroupSettings["metrics"];
  readonly restart?: GroupSettings["restart"];
  readonly stopConfig?:
    { readonly signal?: string | undefined; readonly timeout?: Duration | undefined } | undefined;
  /** How long the machine may take to be started with all checks passing. */
  readonly waitTimeout: Duration;
};
