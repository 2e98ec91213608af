import type { Severity } from "./severity";
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

  /**
   * Of the alerts that no app sets for itself; what each app may set stands in signals.ts. Our own choice, unless a
   * source is named.
   */
  alerts: {
    /** How often rules are evaluated: the slower the answer may be, the slower the question. */
    evaluationInterval: { critical: "30s", warning: "1m", info: "1m" } satisfies Record<Severity, Duration>,
    /** How often series are recorded that alerts read: as often as is scraped, so that nobody waits for them twice. */
    recordingInterval: "15s",
    /** Over which rates of what requests and jobs do are taken: twenty scrapes at Fly's 15 s. */
    rateWindow: "5m",
    /**
     * Over which CPU time is averaged. "Over 90 % for 5 minutes" asks for five minutes of it: over a window as long as
     * that, an alert would come after ten.
     */
    cpuWindow: "1m",
    /**
     * So many failed answers within the rate window are chance, whatever share of the traffic they are: one of
     * two requests is no incident. A dead app without traffic is found by its health checks.
     */
    chanceFailures: 2,
    /** A missing answer of the exporter for so long does not change the process group that a machine belongs to. */
    machineMemory: "1h",
    /** Status changes of a check within the window: two failures, each with its recovery. Source: monitoring runbook, "Health Check Status: Intermittent failures". */
    intermittentCheck: { changes: 3, window: "15m" },
    /** An OOM kill is an alert for so long, unless there is another. */
    oomKill: { window: "15m" },
    /** Exits nobody asked for within ten minutes; Fly gives up after ten restarts in five. Source: flyctl's test of a crash loop (more than one restart). */
    crashLoop: { exits: 2, window: "10m" },
    /** Fly has stopped trying to restart it, or no machine of a group runs: a deploy of a single machine is shorter. */
    stopped: { for: "1m" },
    /**
     * Source: monitoring runbook, "Auto-scaling Issues: not stopping after 10 min idle". The window is what Fly may take
     * longer: its proxy looks every five minutes or so, and a machine that it looked at just after a request is stopped
     * at the look after the next.
     */
    idleMachine: { for: "10m", window: "4m" },
    /** A test request found no machine that answered. Source: monitoring runbook, "Auto-scaling Issues". */
    startFailure: { for: "0s" },
    /** An answer with status 200 whose body reports a failing dependency; two evaluations, so that one bad answer is none. */
    dependency: { for: "1m" },
    /** Percent of one CPU held back by Fly. */
    cpuThrottle: { above: 10, for: "10m" },
    /** Seconds of burst left: Fly throttles at 0 and starts a machine with 5. Source: Fly docs, "CPU performance". */
    cpuBalance: { below: 1, for: "10m" },
    /** Percent of a volume. */
    volume: { warning: { above: 80, for: "10m" }, critical: { above: 90, for: "5m" } },
    /** Days left. Fly renews a month ahead, so two weeks left means that renewal fails. */
    certificate: { warning: { below: 14, for: "10m" }, critical: { below: 3, for: "10m" } },
    /** The Machines API cannot be read, or nothing of Fly's metrics arrives: other alerts are blind. */
    blind: { for: "5m" },
  },

  /**
   * When Alertmanager speaks; our own choice, and every time is divided by the stack's `timeDivisor`. What each is
   * for: docs/adr/0007-escalation-ladder.md.
   */
  alerting: {
    /**
     * From the first alert of a group until it is told. Critical: vmalert sends what one evaluation has found at once,
     * so a longer wait would gather nothing more. Others: long enough for the critical alert of the same signal,
     * evaluated as often, to come and inhibit them.
     */
    groupWait: { critical: "5s", warning: "30s", info: "30s" } satisfies Record<Severity, Duration>,
    /**
     * How often a group is looked at again: for what is new, what has recovered, and what could not be sent. Slack's
     * 429 is not sent again before the next look, so half a minute is what a message loses on it at most.
     */
    groupInterval: { critical: "30s", warning: "1m", info: "1m" } satisfies Record<Severity, Duration>,
    /** How soon whoever climbs the ladder hears of one more machine, of another's recovery, or of a mail that failed. */
    ladderInterval: "1m",
    /**
     * What goes on is told again: a reminder, and the bound of what a recovery that nobody was told of (it came during
     * a silence or an inhibition) can hold back the next firing.
     */
    repeatInterval: { critical: "1h", warning: "4h", info: "12h" } satisfies Record<Severity, Duration>,
    /**
     * The heartbeat beats once a minute: at every second look, for a repeat interval must be longer than one look and
     * shorter than two.
     */
    heartbeat: { look: "30s", beat: "50s" },
    /** A receiver that takes a call and gives no answer is tried again. */
    requestTimeout: "10s",
    /** Alerts that one message writes out; it counts the others. */
    alertsWritten: 5,
    /** Characters of an annotation that a message quotes. Slack cuts a message at 40,000. Source: docs.slack.dev, chat.postMessage. */
    annotationLength: 300,
    /** An acknowledgement ends with its incident, and at the latest after this. */
    acknowledgement: "4h",
    /** Apps settle for so long after a deploy: caches, first requests, one evaluation. */
    settle: "2m",
    /** No silence is longer: what has to be quiet for longer is an exclusion, with its reason in the repository. */
    silence: { min: "1m", max: "24h" } satisfies Bounds,
  },

  /** Of what feeds the alerts. Our own choice, unless a source is named. */
  watchtower: {
    /** Fly scrapes apps as often. Source: Fly docs, "Metrics on Fly.io". */
    scrapeInterval: "15s",
    /**
     * How long the latest value of a series counts where no newer one comes: a minute without network, a scrape and
     * Fly's own delay end no alert and begin none anew.
     */
    lookback: "2m",
    /**
     * What the store has taken in can be asked for so much later at the latest. Source: VictoriaMetrics, which collects
     * new rows for 2 to 4 s (pendingRowsFlushInterval in lib/storage). No flag divides that: where time runs faster, the
     * sandbox has the store flush as much more often.
     */
    storeDelay: "5s",
    /** What rules record goes to the store as often. */
    flushInterval: "1s",
    /** Apps a scrape of Fly's metrics names: keeps its address below 8 kB and its answer below the size limit. */
    appsPerScrape: 50,
    /** Of one answer of Fly's metrics. */
    scrapeSize: "64MB",
    exporter: {
      /** An answer of the Machines API counts for so many intervals: one lost call changes nothing. */
      answerIntervals: 3,
      /**
       * Calls of the Machines API for all apps together; with more apps than fit the interval is longer. Each app may
       * be listed once a second. Source: Fly docs, "Working with the Machines API".
       */
      requestsPerSecond: 20,
      apiTimeout: "10s",
      /** Of an app's JSON answer. */
      answerTimeout: "5s",
      /** How long a test request to a stopped machine is waited for, at least: thrice the worst budget of the runbook. */
      startTimeout: "60s",
      certificateInterval: "1h",
      /**
       * A check that has only warned for so long fails: its grace period is over, and so is the interval after it, a
       * minute each at the most. Source: Fly docs, "App configuration", http_service.checks.
       */
      checkSettles: "2m",
    },
    /** The journal's files, the present one and older ones. */
    journal: { bytes: 1_000_000, files: 5 },
  },
} as const;

/** Inclusive bounds of a duration. */
export interface Bounds {
  readonly min: Duration;
  readonly max: Duration;
}
