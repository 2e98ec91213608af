import type { SandboxClient } from "../../sandbox/client";
import { limits } from "../../infra/model/limits";
import type { Fleet } from "../../infra/model/fleet";
import type { Severity } from "../../infra/model/severity";
import type { Duration } from "../../infra/model/units";
import { seconds } from "../../infra/render/alerts/durations";
import { divided } from "../../infra/model/units";

/** An alert that a fault must bring. */
export interface Expected {
  readonly alert: string;
  readonly severity: Severity;
  readonly processGroup: string;
  /** Words that the message must hold besides app, severity and summary: value, limit, what to do. */
  readonly words: readonly string[];
}

/** A class of alerts, and a fault of an app of the fleet that must bring it. */
export interface AlertScenario {
  readonly name: string;
  readonly app: string;
  readonly fault: string;
  readonly parameters: object;
  readonly expects: readonly [Expected, ...Expected[]];
  /** What the fault may bring as well: alerts of the same app. */
  readonly beside: readonly string[];
  /** Done to the app before, and left so. */
  readonly prepare?: (client: SandboxClient) => Promise<void>;
  /** Whether somebody must use the app meanwhile: it is asleep otherwise. */
  readonly use?: true;
  /**
   * Seconds, besides the alert's own floor, until the fault can be seen at all, and until its mend can: whatever the
   * engines do. Why is told in the table of the bench.
   */
  readonly before?: (fleet: Pick<Fleet, "settings">) => number;
  readonly why?: string;
  /** How long after the mend the recovery can be told at the earliest, seconds. */
  readonly recovers?: (fleet: Pick<Fleet, "settings">) => number;
}

const critical = (alert: string, processGroup: string, ...words: string[]): Expected => ({
  alert,
  severity: "critical",
  processGroup,
  words,
});
const warning = (...args: Parameters<typeof critical>): Expected => ({
  ...critical(...args),
  severity: "warning",
});
const info = (...args: Parameters<typeof critical>): Expected => ({ ...critical(...args), severity: "info" });

type Of = Pick<Fleet, "settings">;
const spanOf =
  (duration: Duration, share = 1) =>
  ({ settings }: Of): number =>
    share * seconds(divided(duration, settings.timeDivisor));

/** Fly's proxy stops a machine at the second look after its last request at the latest. */
const autostopped = spanOf("10m");

/** How often the exporter wakes a sleeping app to see whether it starts. */
const startTests = ({ settings }: Of): number => seconds(divided("30m", settings.timeDivisor));

/** Alerts that machines without healthy checks bring where people use the app. */
const unhealthy = ["FlyHealthCheckFailing", "FlyHealthCheckFlapping", "FlyErrorRateHigh", "FlyLatencyHigh"];

/**
 * One row a class of alerts. Rows of one app are played one after the other, in this order; those of different apps at
 * the same time.
 */
export const alertScenarios: readonly AlertScenario[] = [
  {
    name: "5xx answers",
    app: "hotdash-production",
    fault: "errors",
    parameters: { share: 0.5, status: 500, checks: false },
    expects: [critical("FlyErrorRateHigh", "app", "over the limit of 5 %", "rollback")],
    beside: unhealthy,
    before: (fleet) => spanOf(limits.alerts.rateWindow, 0.05 / 0.5)(fleet),
    why: "5 % of the window's answers must fail",
    recovers: spanOf(limits.alerts.rateWindow, 0.9),
  },
  {
    name: "slow answers",
    app: "hotdash-production",
    fault: "slow",
    parameters: { delay: "2400ms", checks: false },
    expects: [critical("FlyLatencyHigh", "app", "over the limit of 2000 ms", "Scale resources")],
    beside: unhealthy,
    before: (fleet) => 2.4 + spanOf(limits.alerts.rateWindow, 0.05)(fleet),
    why: "the first slow answers must be over, and be 5 % of the window's",
    recovers: spanOf(limits.alerts.rateWindow, 0.95),
  },
  {
    name: "CPU burn",
    app: "hotdash-production",
    fault: "cpu-burn",
    parameters: { percent: 98, duty: 0.1 },
    expects: [critical("FlyCpuHigh", "app", "over the limit of 90 %", "Scale up CPU")],
    beside: ["FlyCpuBalanceLow", "FlyCpuThrottled", ...unhealthy],
    before: spanOf(limits.alerts.cpuWindow, 0.9 / 0.98),
    why: "the window's average must pass the limit",
  },
  {
    name: "Redis gone",
    app: "hotdash-chatwoot",
    fault: "redis-gone",
    parameters: {},
    expects: [critical("AppDependencyFailing", "web", "queue_services", "Redis")],
    beside: [],
  },
  {
    name: "queue growth",
    app: "hotdash-chatwoot",
    fault: "queue-growth",
    parameters: { jobs: 1_500, over: "1s" },
    expects: [critical("SidekiqQueueBackedUp", "worker", "over the limit of 1000", "worker")],
    beside: [],
    before: () => 1,
    why: "the queue must grow",
  },
  {
    name: "slow jobs",
    app: "hotdash-chatwoot",
    fault: "slow-jobs",
    parameters: { runtime: "45s" },
    expects: [warning("SidekiqJobsSlow", "worker", "over the limit of 30 s", "slow job")],
    beside: [],
    before: spanOf(limits.alerts.rateWindow, 0.05),
    why: "5 % of the window's jobs must be slow",
    recovers: spanOf(limits.alerts.rateWindow, 0.95),
  },
  {
    name: "OOM exit",
    app: "hotdash-chatwoot",
    fault: "oom-kill",
    parameters: { group: "worker", kills: 1 },
    expects: [critical("FlyMachineOutOfMemory", "worker", "was killed for memory", "fly scale memory")],
    beside: ["FlyMemoryHigh", "FlyAllMachinesDown"],
    before: () => 1,
    why: "memory must grow",
    recovers: spanOf(limits.alerts.oomKill.window),
  },
  {
    name: "crash loop",
    app: "hotdash-chatwoot",
    fault: "crash-loop",
    parameters: { group: "worker" },
    // So many starts as Fly's policy allows need more time than there is, where only its own time is compressed.
    prepare: async ({ fly }: SandboxClient): Promise<void> => {
      const { apps } = await fly.state();
      for (const { id, processGroup } of apps.find(({ name }) => name === "hotdash-chatwoot")?.machines ?? [])
        if (processGroup === "worker")
          await fly.changeByHand(id, { restart: { policy: "on-failure", max_retries: 3 } });
    },
    expects: [
      critical("FlyMachineCrashLooping", "worker", "times within", "fly logs"),
      critical("FlyMachineGivenUp", "worker", "restart budget", "fly machine start"),
      critical("FlyAllMachinesDown", "worker", "started machines", "fly machine start"),
    ],
    beside: [],
    before: () => 3,
    why: "it must crash three times",
    recovers: spanOf(limits.alerts.crashLoop.window),
  },
  {
    name: "memory growth",
    app: "hotdash-staging",
    fault: "memory-growth",
    parameters: { percent: 92, over: "1s" },
    expects: [critical("FlyMemoryHigh", "app", "over the limit of 85 %", "Scale memory")],
    beside: [],
    before: () => 1,
    why: "memory must grow",
  },
  {
    name: "failing check",
    app: "hotdash-staging",
    fault: "failing-check",
    parameters: {},
    expects: [critical("FlyHealthCheckFailing", "app", "has been failing", "rollback")],
    beside: unhealthy,
    before: spanOf("30s"),
    why: "the check must ask",
  },
  {
    name: "hang",
    app: "hotdash-staging",
    fault: "hang",
    parameters: {},
    expects: [critical("FlyHealthCheckFailing", "app", "has been failing", "rollback")],
    beside: unhealthy,
    before: (fleet) => 1 + spanOf("15s")(fleet),
    why: "the check must ask, and give up",
  },
  {
    name: "volume filling",
    app: "hotdash-staging-db",
    fault: "volume-filling",
    parameters: { percent: 95 },
    expects: [critical("FlyVolumeFilling", "app", "over the limit of 90 %", "fly volumes extend")],
    beside: [],
  },
  {
    name: "all machines down",
    app: "hotdash-staging-db",
    fault: "machines-stopped",
    parameters: {},
    expects: [critical("FlyAllMachinesDown", "app", "started machines", "fly machine start")],
    beside: [],
  },
  {
    name: "burst used up",
    app: "hotdash-staging-db",
    fault: "burst-spent",
    parameters: {},
    expects: [info("FlyCpuBalanceLow", "app", "under the limit of 1 s", "Monitor trend")],
    beside: [],
  },
  {
    name: "slow MCP",
    app: "hotdash-llamaindex-mcp",
    fault: "slow-tool",
    parameters: { tool: "query_support", p95: "1200ms" },
    expects: [critical("McpQueriesSlow", "app", "over the limit of 1000 ms", "Scale resources")],
    beside: [],
    use: true,
  },
  {
    name: "idle machine kept awake",
    app: "hotdash-llamaindex-mcp",
    fault: "stuck-connection",
    parameters: {},
    expects: [warning("FlyMachineNotStopping", "app", "min_machines_running", "auto_stop_machines")],
    beside: [],
    before: spanOf(limits.alerts.idleMachine.window),
    why: "it must have been running for the window",
    recovers: autostopped,
  },
  {
    name: "slow start",
    app: "hotdash-llamaindex-mcp",
    fault: "cold-start",
    parameters: { delay: "22s", idle: "1s" },
    expects: [critical("FlyAutoStartSlow", "app", "over the limit of 20 s", "cold start")],
    beside: unhealthy,
    before: (fleet) => startTests(fleet) + 22,
    why: "the next test must come, and wait for its answer",
    recovers: (fleet) => 2 * startTests(fleet),
  },
  {
    name: "approval queue",
    app: "hotdash-agent-service",
    fault: "old-approvals",
    parameters: { age: "90s" },
    expects: [critical("ApprovalQueueOld", "app", "over the limit of 60 s", "Approve or reject")],
    beside: [],
    use: true,
  },
  {
    name: "auto-start broken",
    app: "hotdash-agent-service",
    fault: "no-autostart",
    parameters: {},
    expects: [warning("FlyMachineNotStarting", "app", "got no good answer", "auto_start_machines")],
    beside: [],
    before: startTests,
    why: "the next test must come",
    recovers: (fleet) => 2 * startTests(fleet),
  },
];
