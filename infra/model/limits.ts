import type { Duration, Size } from "./units";

/**
 * Every limit that a schema, a policy, a page of the docs or a test names. Each has its source; change it here and
 * all of them follow.
 */
export const limits = {
  /** Fly app names: DNS labels. Source: Machines API, Create app. */
  appNameLength: 63,

  healthCheck: {
    /** Below it a service check is raised by Fly in silence, above it lowered. Source: flyctl's validator. */
    interval: { min: "5s", max: "1m" } satisfies Bounds,
    /** A second is the least Fly takes; 10 s is the longest the runbook's apps use. Source: flyctl; monitoring runbook, "Health Check Configuration". */
    timeout: { min: "1s", max: "10s" } satisfies Bounds,
    /** Zero is allowed by Fly but fails the first deploy of a slow start; above a minute it is lowered in silence. Source: flyctl's validator. */
    gracePeriod: { min: "1s", max: "1m" } satisfies Bounds,
  },

  /** Source: monitoring runbook, "Chatwoot": OOM kills on the worker machine (512MB, needs 2GB). */
  workerMemoryFloor: "2gb" satisfies Size,

  /** Machines an always-on critical app keeps in production. */
  criticalMachinesFloor: 1,

  /** Guests Fly offers. Source: fly-go, machine presets. */
  cpus: { shared: [1, 2, 4, 6, 8], performance: [1, 2, 4, 6, 8, 10, 12, 14, 16] },
  /** MiB a CPU, and the step memory comes in. Source: fly-go and `fly machine update`. */
  memoryPerCpu: {
    shared: { min: 256, max: 2048, step: 256 },
    performance: { min: 2048, max: 8192, step: 1024 },
  },

  /** Least time between two requests that wake a machine: Fly stops an idle one after some minutes (observed 5 to 10). */
  coldStartInterval: { min: "30m" } satisfies { min: Duration },

  ports: { min: 1, max: 65535 },

  /** What Fly itself takes in a fly.toml. Source of each: flyctl's validator, unless another is named. */
  fly: {
    /** Of service checks: outside of it Fly raises or lowers the value in silence. */
    serviceCheck: { min: "1s", max: "1m" } satisfies Bounds,
    /** Of top-level checks: outside of it flyctl refuses the file. */
    topLevelCheck: { interval: { min: "2s" }, timeout: { max: "1m" } },
    /** Source: Fly docs, "App configuration (fly.toml)". */
    killTimeout: { max: "300s" } satisfies { max: Duration },
    /** Suspend works best below the first and not above the second. Source: Fly docs, "Suspend and resume", "Long-running tasks". */
    suspendMemory: { advised: "2gb", max: "4gb" } satisfies Record<string, Size>,
    /** Below it a slow answer of the only machine counts as none, and Fly routes to nobody. */
    onlyMachineTimeout: { min: "5s" } satisfies { min: Duration },
    /** GB, days and percent of volumes. */
    volume: {
      size: { min: 1, max: 500 },
      snapshotRetention: { min: 1, max: 60 },
      extendThreshold: { min: 50, max: 99 },
      extendIncrement: { min: 1, max: 100 },
      extendLimit: { min: 1, max: 500 },
    },
    compressionLevel: { min: 0, max: 9 },
  },
} as const;

/** Inclusive bounds of a duration. */
export interface Bounds {
  readonly min: Duration;
  readonly max: Duration;
}
