import { limits } from "../../model/limits";
import { milliseconds } from "../../model/units";
import type { TomlTable } from "../document";
import type { Problem, Rule } from "../finding";
import type { FlyFile, SectionView } from "../fly-file";
import { nearestKey } from "../nearest";
import { memoryMib, millisecondsAt, nodeAt, numberAt, textAt } from "../values";
import { listed, placeOfKey, placeOfSection, written } from "./written";

type CpuKind = keyof typeof limits.cpus;
const isCpuKind = (kind: string): kind is CpuKind => kind in limits.cpus;
const signals = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGTERM", "SIGSTOP"];

const preset = (size: string): { kind: CpuKind; cpus: number } | undefined => {
  const [, kind, , cpus] = /^(shared|performance)(-cpu)?-(\d+)x$/.exec(size) ?? [];
  if (kind === undefined || !isCpuKind(kind)) return undefined;
  const counts: readonly number[] = limits.cpus[kind];
  return counts.includes(Number(cpus)) ? { kind, cpus: Number(cpus) } : undefined;
};

const presets = Object.entries(limits.cpus).flatMap(([kind, counts]) =>
  counts.map((count) => (kind === "shared" ? `shared-cpu-${count}x` : `performance-${count}x`)),
);

const memoryOf = (vm: TomlTable): { key: string; mib: number } | undefined => {
  const exact = numberAt(vm, "memory_mb");
  if (exact !== undefined) return { key: "memory_mb", mib: exact };
  const text = textAt(vm, "memory") ?? numberAt(vm, "memory")?.toString();
  const mib = text === undefined ? undefined : memoryMib(text);
  return mib === undefined ? undefined : { key: "memory", mib };
};

const wholeVm = '[[vm]]\n  memory = "1gb"\n  cpu_kind = "shared"\n  cpus = 1';

const sizeProblems = ({ table, entry }: SectionView): Problem[] => {
  const size = textAt(table, "size");
  if (
    nodeAt(table, "gpu_kind") !== undefined ||
    size?.startsWith("a1") === true ||
    size?.startsWith("l40") === true
  ) {
    return [];
  }
  const base = size === undefined ? { kind: "shared" as const, cpus: 1 } : preset(size);
  if (base === undefined) {
    return [
      {
        at: placeOfKey(table, "size", entry),
        message: `Fly has no machine size ${written(size ?? "")}: the deploy fails`,
        fix: `size = "${nearestKey(size ?? "", presets) ?? "shared-cpu-1x"}"`,
      },
    ];
  }
  const kind = textAt(table, "cpu_kind") ?? base.kind;
  if (!isCpuKind(kind)) {
    return [
      {
        at: placeOfKey(table, "cpu_kind", entry),
        message: `Fly has no CPUs of the kind ${written(kind)}: the deploy fails`,
        fix: `cpu_kind = "${nearestKey(kind, Object.keys(limits.cpus)) ?? "shared"}"`,
      },
    ];
  }
  const cpus = numberAt(table, "cpus") ?? base.cpus;
  const counts: readonly number[] = limits.cpus[kind];
  if (!counts.includes(cpus)) {
    const next = counts.find((count) => count >= cpus) ?? counts.at(-1) ?? 1;
    return [
      {
        at: placeOfKey(table, "cpus", entry),
        message: `Fly refuses ${cpus} ${kind} CPUs: it has ${listed(counts.map(String))}`,
        fix: `cpus = ${next}`,
      },
    ];
  }
  const memory = memoryOf(table);
  if (memory === undefined) return [];
  const { min, max, step } = limits.memoryPerCpu[kind];
  const [low, high] = [min * cpus, max * cpus];
  if (memory.mib >= low && memory.mib <= high && memory.mib % step === 0) return [];
  const mended = Math.min(high, Math.max(low, Math.ceil(memory.mib / step) * step));
  return [
    {
      at: placeOfKey(table, memory.key, entry),
      message: `Fly refuses ${memory.mib} MB for ${cpus} ${kind} CPU(s): it takes ${low} to ${high} MB in steps of ${step}`,
      fix: memory.key === "memory_mb" ? `memory_mb = ${mended}` : `memory = "${mended}mb"`,
    },
  ];
};

export const machineRules: readonly Rule[] = [
  {
    id: "vm-size",
    severity: "error",
    title: "combinations of CPUs and memory that Fly refuses",
    check: (file) => file.vms.flatMap(sizeProblems),
  },
  {
    id: "vm-partial",
    severity: "warning",
    title: "a [[vm]] without memory, which resets machines to 256 MB a CPU",
    check: (file) =>
      file.vms
        .filter(
          ({ table }) =>
            table.entries.size > 0 &&
            ["size", "memory", "memory_mb", "gpu_kind"].every((key) => nodeAt(table, key) === undefined),
        )
        .map((view) => ({
          at: placeOfSection(view),
          message:
            "this [[vm]] says no memory: the next deploy sets the machines back to Fly's smallest, 256 MB for shared CPUs",
          fix: wholeVm,
        })),
  },
  {
    id: "vm-memory-twice",
    severity: "warning",
    title: "memory and memory_mb in one [[vm]]",
    check: (file) =>
      file.vms
        .filter(
          ({ table }) => nodeAt(table, "memory") !== undefined && nodeAt(table, "memory_mb") !== undefined,
        )
        .map(({ table, entry }) => ({
          at: placeOfKey(table, "memory", entry),
          message: "memory_mb wins over memory, which has no effect here",
          fix: `memory = "${numberAt(table, "memory_mb") ?? 1024}mb"`,
        })),
  },
  {
    id: "gpu-removed",
    severity: "warning",
    title: "GPUs, which Fly no longer offers",
    check: (file) =>
      file.vms
        .filter(({ table }) => nodeAt(table, "gpu_kind") !== undefined)
        .map(({ table, entry }) => ({
          at: placeOfKey(table, "gpu_kind", entry),
          message: "Fly no longer offers machines with GPUs",
          fix: wholeVm,
        })),
  },
  {
    id: "kill-timeout",
    severity: "warning",
    title: `kill_timeout above ${limits.fly.killTimeout.max}`,
    check: (file: FlyFile): Problem[] => {
      const value = millisecondsAt(file.root, "kill_timeout", "s");
      const entry = file.root.entries.get("kill_timeout");
      const { max } = limits.fly.killTimeout;
      if (value === undefined || entry === undefined || value <= milliseconds(max)) return [];
      return [
        {
          at: placeOfKey(file.root, "kill_timeout", entry),
          message: `Fly waits at most ${max} before it kills a machine that was told to stop`,
          fix: `kill_timeout = "${max}"`,
        },
      ];
    },
  },
  {
    id: "kill-signal",
    severity: "error",
    title: "signals that Fly does not know",
    check: (file: FlyFile): Problem[] => {
      const signal = textAt(file.root, "kill_signal");
      const entry = file.root.entries.get("kill_signal");
      if (signal === undefined || entry === undefined || signals.includes(signal)) return [];
      return [
        {
          at: placeOfKey(file.root, "kill_signal", entry),
          message: `${written(signal)} is no signal that Fly sends: it knows ${listed(signals)}`,
          fix: `kill_signal = "${nearestKey(signal, signals) ?? "SIGTERM"}"`,
        },
      ];
    },
  },
  {
    id: "restart-policy",
    severity: "error",
    title: "restart policies that flyctl refuses",
    check: (file) =>
      file.restarts.flatMap(({ table, entry }): Problem[] => {
        const policy = textAt(table, "policy");
        const policies = ["always", "never", "on-failure"];
        if (policy === undefined || policies.includes(policy)) return [];
        const meant = policy === "no" ? "never" : nearestKey(policy, policies);
        return [
          {
            at: placeOfKey(table, "policy", entry),
            message: `flyctl refuses the file: ${written(policy)} is no restart policy, there are ${listed(policies)}`,
            fix: `policy = "${meant ?? "on-failure"}"`,
          },
        ];
      }),
  },
];
