import type { z } from "zod";
import type { Metric, Sample } from "../../apps/prometheus";
import type { Machine } from "../model/machine";
import { burstSpent, cpuThrottled } from "../faults/fly-faults";
import { loadAverages } from "../machines/proc";
import { kernelMemory, measure } from "../machines/usage";
import type { Weather } from "../weather";

const mebibyte = 1_048_576;
/** Seconds of burst that a shared CPU starts with and may save up. Source: Fly's "CPU performance". */
const balance = { start: 5, most: 500 } as const;

const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name,
  type: "gauge",
  help,
  samples,
});
const counter = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name,
  type: "counter",
  help,
  samples,
});

/** The labels that every series of a machine carries. */
export const labelsOf = (machine: Machine): Readonly<Record<string, string>> => ({
  app: machine.app,
  region: machine.region,
  host: machine.host,
  instance: machine.id,
});

const memoryOf = (machine: Machine): Readonly<Record<string, number>> => {
  const total = machine.config.guest.memory_mb * mebibyte;
  const available = Math.max(0, total - machine.memory - kernelMemory);
  return {
    mem_total: total,
    mem_free: Math.round(available * 0.6),
    mem_available: available,
    buffers: Math.round(available * 0.02),
    cached: Math.round(available * 0.3),
    swap_total: 0,
    swap_free: 0,
  };
};

/** Fly's `fly_instance_*` of the machines: up and memory while they run, how they ended last. */
export const instanceMetrics = async (
  machines: readonly Machine[],
  weather: Weather,
): Promise<readonly Metric[]> => {
  // A suspended program does not report.
  const running = machines.filter(({ state, process }) => process !== undefined && state !== "suspended");
  const ended = machines.filter(({ lastExit }) => lastExit !== undefined);
  const loads = await loadAverages();
  await Promise.all(running.map((machine) => measure(machine, weather)));
  const each = (value: (machine: Machine) => number): readonly Sample[] =>
    running.map((machine) => ({ labels: labelsOf(machine), value: value(machine) }));
  const memory = running.map((machine) => ({ labels: labelsOf(machine), values: memoryOf(machine) }));

  return [
    gauge(
      "fly_instance_up",
      "Whether the machine reports.",
      each(() => 1),
    ),
    ...Object.keys(memory[0]?.values ?? {}).map((name) =>
      gauge(
        `fly_instance_memory_${name}`,
        "Memory of the guest, bytes.",
        memory.map(({ labels, values }) => ({ labels, value: values[name] ?? 0 })),
      ),
    ),
    gauge(
      "fly_instance_load_average",
      "Load average.",
      running.flatMap((machine) =>
        ([1, 5, 15] as const).map((minutes, index) => ({
          labels: { ...labelsOf(machine), minutes: String(minutes) },
          value: loads[index] ?? 0,
        })),
      ),
    ),
    counter(
      "fly_instance_cpu",
      "CPU time, hundredths of a second.",
      running.flatMap((machine) => {
        const { cpus: count } = machine.config.guest;
        const { cpu: times } = machine;
        const elapsed = Math.max(0, (Date.now() - machine.startedAt) / 10);
        return Array.from({ length: count }, (_, cpu) => {
          const shares = { user: times.user / count, system: times.system / count };
          const modes = {
            ...shares,
            idle: Math.max(0, elapsed - shares.user - shares.system),
            iowait: 0,
            steal: 0,
          };
          return Object.entries(modes).map(([mode, value]) => ({
            labels: { ...labelsOf(machine), cpu_id: String(cpu), mode },
            value: Math.round(value),
          }));
        }).flat();
      }),
    ),
    gauge(
      "fly_instance_cpu_baseline",
      "CPUs that may be used all the time.",
      each(({ config: { guest } }) => (guest.cpu_kind === "shared" ? guest.cpus / 16 : guest.cpus)),
    ),
    gauge(
      "fly_instance_cpu_balance",
      "Burst left, hundredths of a second.",
      each((machine) => {
        const spent = [burstSpent, cpuThrottled].some(
          (fault) => weather.read<z.ZodType<object>>(fault, machine) !== undefined,
        );
        const saved = Math.min(balance.most, balance.start + (Date.now() - machine.startedAt) / 1_000);
        return spent ? 0 : Math.round(100 * machine.config.guest.cpus * saved);
      }),
    ),
    counter(
      "fly_instance_cpu_throttle",
      "Time throttled, hundredths of a second.",
      each(({ throttled }) => Math.round(throttled / 10)),
    ),
    gauge(
      "fly_instance_exit_code",
      "Exit code of the last program.",
      ended.map((machine) => ({ labels: labelsOf(machine), value: machine.lastExit?.exitCode ?? 0 })),
    ),
    gauge(
      "fly_instance_exit_oom",
      "Whether the last program was killed for memory.",
      ended.map((machine) => ({
        labels: labelsOf(machine),
        value: machine.lastExit?.oomKilled === true ? 1 : 0,
      })),
    ),
  ];
};
