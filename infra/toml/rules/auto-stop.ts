import { limits } from "../../model/limits";
import { mebibytes } from "../../model/units";
import type { Problem, Rule } from "../finding";
import type { FlyFile, ServiceView } from "../fly-file";
import { memoryMib, numberAt, textAt } from "../values";
import { placeOfKey } from "./written";

const sleeps = ({ autoStop }: ServiceView): boolean => autoStop === "stop" || autoStop === "suspend";

const memoryOf = (file: FlyFile, groups: readonly string[]): number | undefined => {
  const vm = file.vms.find(({ groups: sized }) => sized.some((group) => groups.includes(group)))?.table;
  const text = textAt(vm, "memory") ?? numberAt(vm, "memory")?.toString();
  return numberAt(vm, "memory_mb") ?? (text === undefined ? undefined : memoryMib(text));
};

const { advised, max } = limits.fly.suspendMemory;

export const autoStopRules: readonly Rule[] = [
  {
    id: "auto-stop-without-start",
    severity: "error",
    title: "auto-stop with auto-start off: machines stop and never come back",
    check: (file) =>
      file.services
        .filter((service) => sleeps(service) && !service.autoStart)
        .map(({ table, entry }) => ({
          at: placeOfKey(table, "auto_start_machines", entry),
          message:
            "Fly stops idle machines and may not start them again: the app stays down after the first quiet minutes",
          fix: "auto_start_machines = true",
        })),
  },
  {
    id: "min-without-auto-stop",
    severity: "warning",
    title: "min_machines_running without auto-stop, where it has no effect",
    check: (file) =>
      file.services
        .filter((service) => !sleeps(service) && (service.minimum ?? 0) > 0)
        .map(({ table, entry, minimum }) => ({
          at: placeOfKey(table, "min_machines_running", entry),
          message: `Fly reads min_machines_running only together with auto-stop: with it off, nothing keeps ${minimum ?? 0} machine(s) running`,
          fix: `auto_stop_machines = "stop"\nmin_machines_running = ${minimum ?? 1}`,
        })),
  },
  {
    id: "suspend-memory",
    severity: "error",
    title: `suspend with more than ${advised} of memory (advised) or ${max} (refused)`,
    check: (file) =>
      file.services.flatMap((service): Problem[] => {
        const memory = memoryOf(file, service.groups);
        if (service.autoStop !== "suspend" || memory === undefined || memory <= mebibytes(advised)) return [];
        const refused = memory > mebibytes(max);
        return [
          {
            at: placeOfKey(service.table, "auto_stop_machines", service.entry),
            severity: refused ? "error" : "warning",
            message: refused
              ? `Fly suspends machines of at most ${max} (this one has ${memory} MB): they are stopped instead, and start cold`
              : `Fly advises suspend up to ${advised} (this one has ${memory} MB): above it a resume may fail and the machine start cold`,
            fix: 'auto_stop_machines = "stop"',
          },
        ];
      }),
  },
  {
    id: "suspend-swap",
    severity: "error",
    title: "suspend with swap, which Fly cannot suspend",
    check: (file) =>
      (numberAt(file.root, "swap_size_mb") ?? 0) > 0
        ? file.services
            .filter(({ autoStop }) => autoStop === "suspend")
            .map(({ table, entry }) => ({
              at: placeOfKey(table, "auto_stop_machines", entry),
              message:
                "a machine with swap (swap_size_mb) cannot be suspended: it is stopped instead, and starts cold",
              fix: 'auto_stop_machines = "stop"',
            }))
        : [],
  },
  {
    id: "udp-auto-start",
    severity: "warning",
    title: "auto-stop of a UDP service, which UDP traffic does not start again",
    check: (file) =>
      file.services
        .filter((service) => sleeps(service) && textAt(service.table, "protocol") === "udp")
        .map(({ table, entry }) => ({
          at: placeOfKey(table, "auto_stop_machines", entry),
          message: "UDP traffic does not start a stopped machine: once idle, the service stays down",
          fix: 'auto_stop_machines = "off"',
        })),
  },
];
