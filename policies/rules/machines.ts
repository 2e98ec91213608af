import { limits } from "../../infra/model/limits";
import type { Importance, Origin } from "../../infra/model/resources";
import { mebibytes } from "../../infra/model/units";
import type { ResourceRule } from "../rule";

const { workerMemoryFloor, criticalMachinesFloor } = limits;

export const workerMemory: ResourceRule = {
  name: "worker-memory-floor",
  title: "Worker memory floor",
  demands: `A process group with the role worker has ${workerMemoryFloor} of memory or more, and says so.`,
  limit: `vm.memory of ${workerMemoryFloor} or more`,
  why:
    "Sidekiq was killed for memory at 512 MB. A size that is not declared is whatever the machine happens to have, " +
    "and Fly resets it on the next deploy.",
  source: 'monitoring runbook, "Chatwoot (Rails + Sidekiq)"',
  url: "https://fly.io/docs/reference/configuration/#the-vm-section",
  mend: `vm: { cpuKind: "shared", cpus: 1, memory: "${workerMemoryFloor}" },`,
  severity: "high",
  judge: {
    flyApp: (app) =>
      app.processGroups
        .filter(
          ({ role, vm }) =>
            role === "worker" && !(vm && mebibytes(vm.memory) >= mebibytes(workerMemoryFloor)),
        )
        .map(({ field, vm }) => ({
          origin: app,
          field: vm ? `${field}.vm.memory` : `${field}.vm`,
          value: vm?.memory,
          limit: `${workerMemoryFloor} or more for a worker`,
          mend: vm
            ? `write memory: "${workerMemoryFloor}"`
            : `write vm: { cpuKind: "shared", cpus: 1, memory: "${workerMemoryFloor}" }`,
        })),
  },
};

export const autoStart: ResourceRule = {
  name: "auto-stop-needs-auto-start",
  title: "Auto-stop needs auto-start",
  demands: "Machines that Fly may stop are machines that Fly may start again.",
  limit: 'autoStartMachines: true wherever autoStopMachines is "stop" or "suspend"',
  why: "Fly stops the idle machines and never starts them again: the app stays down until somebody does it by hand.",
  source: 'monitoring runbook, "Auto-scaling Issues"; Fly docs, "Autostop/autostart Machines"',
  url: "https://fly.io/docs/launch/autostop-autostart/",
  mend: 'autoStop: { autoStopMachines: "stop", autoStartMachines: true },',
  severity: "critical",
  judge: {
    autoStop: (stop) =>
      stop.autoStopMachines === "off" || stop.autoStartMachines
        ? []
        : [
            {
              origin: stop,
              field: `${stop.field}.autoStartMachines`,
              value: stop.autoStartMachines,
              limit: `true with autoStopMachines "${stop.autoStopMachines}"`,
              mend: "write autoStartMachines: true",
            },
          ],
  },
};

/** Background services may scale to zero even where their failure is critical, and staging may sleep. */
const mayStop = ({ environment, alertLevel, workload }: Origin & Importance): boolean =>
  environment === "staging" || workload === "background" || alertLevel === "warning" || alertLevel === "info";

export const staysUp: ResourceRule = {
  name: "critical-apps-stay-up",
  title: "Critical apps stay up",
  demands: "In production a critical app that serves people keeps a machine running and stops none.",
  limit:
    `minMachinesRunning of ${criticalMachinesFloor} or more and autoStopMachines: "off", where alertLevel is ` +
    '"critical" and workload "serving"',
  why:
    "The first visitor of a stopped app waits for a cold start, and a failed start is an outage that no check has " +
    "announced. Background services may scale to zero.",
  source:
    'monitoring runbook, "Applications to Monitor"; operations runbook, "Enable Auto-Stop (Background Services)"',
  url: "https://fly.io/docs/launch/autostop-autostart/",
  mend: [
    `autoscaling: { minMachinesRunning: ${criticalMachinesFloor}, maxMachines: 2 },`,
    'autoStop: { autoStopMachines: "off", autoStartMachines: true },',
  ].join("\n"),
  severity: "critical",
  judge: {
    autoscaling: (scaling) =>
      !mayStop(scaling) && !(scaling.minMachinesRunning >= criticalMachinesFloor)
        ? [
            {
              origin: scaling,
              field: `${scaling.field}.minMachinesRunning`,
              value: scaling.minMachinesRunning,
              limit: `${criticalMachinesFloor} or more for a critical app that serves people in production`,
              mend: `write minMachinesRunning: ${criticalMachinesFloor}, or workload: "background"`,
            },
          ]
        : [],
    autoStop: (stop) =>
      !mayStop(stop) && stop.autoStopMachines !== "off"
        ? [
            {
              origin: stop,
              field: `${stop.field}.autoStopMachines`,
              value: stop.autoStopMachines,
              limit: '"off" for a critical app that serves people in production',
              mend: 'write autoStopMachines: "off", or workload: "background"',
            },
          ]
        : [],
  },
};
