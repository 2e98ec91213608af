/** Where a monitor stands. Names of v3; those of what is not yet sure are chosen. */
export type MonitorStatus = "PAUSED" | "STARTED" | "UP" | "LOOKS_DOWN" | "DOWN";

/** What happens with what is set: answered beside it. */
export interface Runtime {
  monitor(id: number): {
    readonly status: MonitorStatus;
    /** Since when, milliseconds since the epoch. */
    readonly since: number;
    readonly lastIncident?:
      | {
          readonly id: number;
          readonly reason: string;
          readonly startedAt: number;
          readonly endedAt?: number;
        }
      | undefined;
  };
}
