/** Where a monitor stands. Source: docs, "Monitors" API, `status`. */
export type MonitorStatus = "paused" | "pending" | "maintenance" | "up" | "validating" | "down";
export type HeartbeatStatus = "paused" | "pending" | "up" | "down";

/** What happens with what is set: answered beside it. */
export interface Runtime {
  monitor(id: number): {
    readonly status: MonitorStatus;
    /** Milliseconds since the epoch. */
    readonly lastCheckedAt?: number | undefined;
    readonly pausedAt?: number | undefined;
  };
  heartbeat(id: number): { readonly status: HeartbeatStatus };
  /** How a status page shows it; `availability` from 0 to 1. */
  publicState(
    type: string,
    id: number,
  ): {
    readonly availability: number;
    readonly status: "not_monitored" | "operational" | "maintenance" | "degraded" | "downtime";
  };
}
