import type { ExporterMetricName } from "../../../model/exporter-metrics";
import { limits } from "../../../model/limits";
import type { Duration } from "../../../model/units";
import { compose, fewerThan, moreThan, placeholders, under } from "../compose";
import { divided, inWords, seconds } from "../durations";
import type { Comparison } from "../expression";
import { selector } from "../expression";
import { allGroups, alwaysOnGroups } from "../groups-of";
import { appProof, around, machineProof } from "../proofs";
import type { AlertFamily, AlertKind } from "../rule";

const { value, label } = placeholders;

const oomKind: AlertKind = {
  name: "FlyMachineOutOfMemory",
  signal: "oomKill",
  title: "A machine was killed for memory",
  meaning: `The kernel has killed a machine's process for lack of memory (exit code 137, oom_killed). The alert stays for ${inWords(limits.alerts.oomKill.window)} after the latest kill.`,
  action: {
    critical:
      "Scale memory: fly scale memory; the Chatwoot worker needs 2 GB. Look for leaks in the logs before the kill.",
  },
  source: 'monitoring runbook, "OOM Kill Detection"',
};

export const outOfMemory: AlertFamily = {
  kind: oomKind,
  rules: (context) => {
    const { name, region } = context.app;
    const window = divided(limits.alerts.oomKill.window, context.settings.timeDivisor);
    const limit = under(seconds(window));
    const { quiet, loud, calm } = around(limit);
    return [
      compose(context, {
        kind: oomKind,
        severity: "critical",
        for: "0s",
        expression: [
          `time() - flymon_machine_last_oom_kill_timestamp_seconds${selector({ app: name })}`,
          limit,
        ],
        limit: `in the past ${inWords(window)}`,
        summary: `A machine of ${name} (${label("process_group")}) was killed for memory`,
        description: `Machine ${label("instance")} was killed for memory ${value(0)} seconds ago`,
        proof: machineProof({
          app: name,
          region,
          groups: allGroups(context.app),
          value: loud,
          series: [
            {
              metric: "flymon_machine_last_oom_kill_timestamp_seconds",
              labels: {},
              kind: "timestamp",
              by: "exporter",
              quiet: -quiet,
              loud: -loud,
              calm: -calm,
            },
          ],
        }),
      }),
    ];
  },
};

const crashKind: AlertKind = {
  name: "FlyMachineCrashLooping",
  signal: "crashLoop",
  title: "A machine crashes again and again",
  meaning: `A machine has exited more than ${limits.alerts.crashLoop.exits} times within ten minutes although nobody stopped it. Fly restarts it until its restart budget is used up.`,
  action: {
    critical:
      "Read the logs before the exits: fly logs, fly machine status. Execute rollback if a deploy came before it.",
  },
  source: 'monitoring runbook, "OOM Kill Detection: check machine events"',
};

/** A critical alert on what the exporter tells of each machine. */
const toldOfMachine = (parts: {
  readonly kind: AlertKind;
  readonly metric: ExporterMetricName;
  readonly limit: Comparison;
  readonly for: Duration;
  /** What the threshold table says. */
  readonly says: string;
  readonly summary: (app: string) => string;
  readonly description: string;
}): AlertFamily => ({
  kind: parts.kind,
  rules: (context) => {
    const { name, region } = context.app;
    const { metric, limit } = parts;
    const values = around(limit);
    return [
      compose(context, {
        kind: parts.kind,
        severity: "critical",
        for: parts.for,
        expression: [`${metric}${selector({ app: name })}`, limit],
        limit: parts.says,
        summary: parts.summary(`${name} (${label("process_group")})`),
        description: `Machine ${label("instance")} ${parts.description}`,
        proof: machineProof({
          app: name,
          region,
          groups: allGroups(context.app),
          value: values.loud,
          series: [{ metric, labels: {}, kind: "gauge", by: "exporter", ...values }],
        }),
      }),
    ];
  },
});

export const crashLooping = toldOfMachine({
  kind: crashKind,
  metric: "flymon_machine_failed_exits",
  limit: moreThan(limits.alerts.crashLoop.exits),
  for: "0s",
  says: `more than ${limits.alerts.crashLoop.exits} exits in 10 minutes`,
  summary: (machine) => `A machine of ${machine} crashes again and again`,
  description: `has crashed ${value(0)} times within ten minutes`,
});

const givenUpKind: AlertKind = {
  name: "FlyMachineGivenUp",
  signal: "givenUp",
  title: "Fly has given a machine up",
  meaning:
    "A machine is stopped because it crashed more often than its restart policy allows. It stays stopped until somebody starts it.",
  action: {
    critical: "Mend what the logs show, then fly machine start; execute rollback if a deploy came before it.",
  },
  source: 'Fly docs, "Machine restart policy"',
};

export const givenUp = toldOfMachine({
  kind: givenUpKind,
  metric: "flymon_machine_given_up",
  limit: moreThan(0),
  for: limits.alerts.stopped.for,
  says: "stopped after its restart budget",
  summary: (machine) => `Fly has given up a machine of ${machine}`,
  description: "has been stopped, its restart budget used up,",
});

const downKind: AlertKind = {
  name: "FlyAllMachinesDown",
  signal: "allMachinesDown",
  title: "All machines are down",
  meaning:
    "No machine of a process group is started although one must always run. A group that may scale to zero has no such alert: having no machine is how it saves money.",
  action: {
    critical:
      "Start one: fly machine list, fly machine start. Then read why they stopped: fly logs, fly machine status.",
  },
  source: 'monitoring runbook, "Alert Check Script" and "Staging App"',
};

export const allMachinesDown: AlertFamily = {
  kind: downKind,
  rules: (context) => {
    const groups = alwaysOnGroups(context.app);
    if (groups.length === 0) return [];
    const { name } = context.app;
    const limit = fewerThan(1);
    const values = around(limit);
    return [
      compose(context, {
        kind: downKind,
        severity: "critical",
        for: limits.alerts.stopped.for,
        expression: [
          `flymon_group_started_machines{app=${JSON.stringify(name)},process_group=~${JSON.stringify(groups.join("|"))}}`,
          limit,
        ],
        limit: "no started machine",
        summary: `All machines of ${name} (${label("process_group")}) are down`,
        description: `Process group ${label("process_group")} has had ${value(0)} started machines`,
        proof: appProof({
          value: values.loud,
          alerts: groups.map((group) => ({ app: name, process_group: group })),
          series: groups.map((group) => ({
            metric: "flymon_group_started_machines",
            labels: { app: name, process_group: group },
            kind: "gauge",
            ...values,
          })),
        }),
      }),
    ];
  },
};
