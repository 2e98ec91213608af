/**
 * What Fly's metrics do not tell and the machine-state exporter adds: the contract between it and the alert rules.
 *
 * Rules for the exporter:
 * - It is stateless: every value follows from the Machines API's present answer (machines, checks, events) or from an
 *   app's present JSON answer, so a restart of the exporter changes nothing.
 * - An answer counts for three intervals (limits.ts), so that one lost call ends no alert. Where none has come for so
 *   long, it publishes nothing of that app (a stale value is a lie) but `flymon_app_unreadable` 1.
 * - Labels `app`, `process_group`, `instance` (the machine's id) and `region` mean what Fly's metrics mean by them. It is
 *   scraped with honor_labels.
 * - Machines of Fly's own groups (release commands, consoles, test machines) are left out.
 * - JSON answers are read over the private network from started machines only: watching wakes nothing.
 */
export interface ExporterMetric {
  readonly labels: readonly string[];
  readonly meaning: string;
  /** Where the exporter takes it from. */
  readonly source: string;
}

const machine = ["app", "instance", "process_group"] as const;

export const exporterMetrics = {
  flymon_machine_info: {
    labels: [...machine, "region"],
    meaning: "1 for each machine, whatever its state. Joins Fly's metrics, which know no process group.",
    source: "machine.config.metadata.fly_process_group, machine.region",
  },
  flymon_machine_started: {
    labels: machine,
    meaning: "1 while the machine's state is started, 0 in every other state.",
    source: "machine.state",
  },
  flymon_machine_last_oom_kill_timestamp_seconds: {
    labels: machine,
    meaning: "Unix time of the latest exit with oom_killed; absent where no known event has it.",
    source: "machine.events, exit_event.oom_killed and exited_at",
  },
  flymon_machine_failed_exits: {
    labels: machine,
    meaning:
      "Exits within the past ten minutes that nobody asked for (requested_stop false) with an exit code other than 0.",
    source: "machine.events, exit_event",
  },
  flymon_machine_given_up: {
    labels: machine,
    meaning:
      "1 while the machine is stopped and its latest exit was failed, not asked for and not followed by a restart: its restart budget is used up. Otherwise 0.",
    source: "machine.state and the latest exit_event (requested_stop, restarting, exit_code)",
  },
  flymon_group_started_machines: {
    labels: ["app", "process_group"],
    meaning: "Started machines of each declared process group, 0 included.",
    source: "machine.state, and the groups that the fleet declares",
  },
  flymon_check_failing: {
    labels: [...machine, "check"],
    meaning:
      "For each check of a started machine: 1 while its status is warning or critical, 0 while it passes.",
    source: "machine.checks without bg_deployments_compat*",
  },
  flymon_app_unreadable: {
    labels: ["app"],
    meaning: "For each declared app: 1 while the Machines API gives no usable answer about it, otherwise 0.",
    source: "the exporter's own call",
  },
  flymon_answer_condition_failing: {
    labels: [...machine, "condition"],
    meaning:
      "For each body condition of an app's monitors: 1 while the field of the JSON answer holds another value than the declared one, or no answer can be read; otherwise 0. `condition` is the field's path.",
    source: "GET of the monitor's path",
  },
  flymon_tool_p95_milliseconds: {
    labels: [...machine, "tool"],
    meaning: "P95 of an MCP server's tool over its last 100 calls, as it says itself.",
    source: "GET /metrics, tools.<tool>.p95LatencyMs",
  },
  flymon_approval_oldest_age_seconds: {
    labels: machine,
    meaning: "Age of the oldest approval that waits for a person; 0 with none waiting.",
    source: "GET /approvals, createdAt",
  },
  flymon_autostart_seconds: {
    labels: ["app", "process_group"],
    meaning:
      "How long the latest test request to a stopped machine waited for its answer; kept until the next test, absent before the first.",
    source: "the cold-start monitor's request",
  },
  flymon_autostart_failed: {
    labels: ["app", "process_group"],
    meaning: "1 when the latest test request to a stopped machine got no good answer, otherwise 0.",
    source: "the cold-start monitor's request",
  },
  flymon_certificate_expiry_timestamp_seconds: {
    labels: ["app", "hostname"],
    meaning:
      "Unix time at which the certificate of a public address ends. Asks Fly's edge, wakes no machine.",
    source: "TLS handshake",
  },
} as const satisfies Record<string, ExporterMetric>;

export type ExporterMetricName = keyof typeof exporterMetrics;

/** The scrape job of the exporter: `up{job="flymon-exporter"}`. */
export const exporterJob = "flymon-exporter";
