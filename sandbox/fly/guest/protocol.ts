/** What the guest harness is started with, as JSON in FLYMON_GUEST. */
export interface GuestStart {
  readonly program: string;
  /** The machine's private address. */
  readonly address: string;
  /** Ports of the services that the machine declares; the first is PORT where the environment says no other. */
  readonly ports: readonly number[];
  /** Where the machine's config says that its metrics are. */
  readonly metricsPort?: number;
  readonly faults: readonly FaultMessage[];
}

/** A fault of the app switched on (with parameters and since when) or off. */
export interface FaultMessage {
  readonly fault: string;
  readonly on: boolean;
  readonly parameters?: unknown;
  /** Milliseconds since the epoch. */
  readonly since?: number;
}

/** What a guest tells its host. */
export interface GuestReport {
  /** Memory it pretends to use beside its own, MiB. */
  readonly ballast?: number;
  readonly listening?: boolean;
}
