import { compose, over, placeholders } from "../compose";
import { selector } from "../expression";
import { allGroups } from "../groups-of";
import { around, machineProof } from "../proofs";
import { recorded } from "../recordings";
import type { AlertFamily, AlertKind } from "../rule";
import { limits } from "../../../model/limits";
import { divided } from "../durations";

const { value, label } = placeholders;

const cpuKind: AlertKind = {
  name: "FlyCpuHigh",
  signal: "cpu",
  title: "CPU is high",
  meaning:
    "CPU of one machine, as the average of its CPUs over one minute. Waiting for the disk and time stolen by neighbours are not counted.",
  action: {
    critical: "Scale up CPU immediately: check logs for errors and traffic patterns, then fly scale vm.",
    warning: "Plan CPU scaling.",
    info: "Monitor trend.",
  },
  source: 'monitoring runbook, "CPU Utilization"; operations runbook, "Alert Response"',
};

export const cpu: AlertFamily = {
  kind: cpuKind,
  rules: (context) =>
    context.app.thresholds
      .filter(({ signal }) => signal === "cpu")
      .map(({ severity, above, for: duration }) => {
        const limit = over(above);
        const { quiet, loud, calm } = around(limit);
        const { name, region } = context.app;
        return compose(context, {
          kind: cpuKind,
          severity,
          for: duration,
          expression: [`${recorded.cpu}${selector({ app: name })}`, limit],
          limit: `over ${above} %`,
          summary: `CPU of ${name} (${label("process_group")}) is high`,
          description: `CPU of machine ${label("instance")} is at ${value(1)} %, over the limit of ${above} %`,
          proof: machineProof({
            app: name,
            region,
            groups: allGroups(context.app),
            value: loud,
            memory: divided(limits.alerts.cpuWindow, context.settings.timeDivisor),
            series: [
              {
                metric: "fly_instance_cpu",
                labels: { cpu_id: "0", mode: "user" },
                kind: "counter",
                quiet,
                loud,
                calm,
              },
              // Of no weight: idle time, and waiting.
              {
                metric: "fly_instance_cpu",
                labels: { cpu_id: "0", mode: "idle" },
                kind: "counter",
                quiet: 5,
                loud: 5,
                calm: 5,
              },
              {
                metric: "fly_instance_cpu",
                labels: { cpu_id: "0", mode: "iowait" },
                kind: "counter",
                quiet: 90,
                loud: 90,
                calm: 90,
              },
            ],
          }),
        });
      }),
};

const memoryKind: AlertKind = {
  name: "FlyMemoryHigh",
  signal: "memory",
  title: "Memory is high",
  meaning: "Memory of one machine that is not available for use. At 100 % the kernel kills a process.",
  action: {
    critical:
      "Scale memory immediately: check for leaks and connection pools, restart if necessary, then fly scale memory.",
    warning: "Investigate memory leaks.",
    info: "Monitor trend.",
  },
  source: 'monitoring runbook, "Memory Usage"; operations runbook, "Alert Response"',
};

/** What a machine has, in bytes, in proofs. */
const total = 1e9;
const available = (percent: number): number => total * (1 - percent / 100);

export const memory: AlertFamily = {
  kind: memoryKind,
  rules: (context) =>
    context.app.thresholds
      .filter(({ signal }) => signal === "memory")
      .map(({ severity, above, for: duration }) => {
        const limit = over(above);
        const { quiet, loud, calm } = around(limit);
        const { name, region } = context.app;
        return compose(context, {
          kind: memoryKind,
          severity,
          for: duration,
          expression: [`${recorded.memory}${selector({ app: name })}`, limit],
          limit: `over ${above} %`,
          summary: `Memory of ${name} (${label("process_group")}) is high`,
          description: `Memory of machine ${label("instance")} is at ${value(1)} %, over the limit of ${above} %`,
          proof: machineProof({
            app: name,
            region,
            groups: allGroups(context.app),
            value: loud,
            series: [
              {
                metric: "fly_instance_memory_mem_available",
                labels: {},
                kind: "gauge",
                quiet: available(quiet),
                loud: available(loud),
                calm: available(calm),
              },
              {
                metric: "fly_instance_memory_mem_total",
                labels: {},
                kind: "gauge",
                quiet: total,
                loud: total,
                calm: total,
              },
            ],
          }),
        });
      }),
};
