import type { ResolvedApp } from "../model/app";
import type { ServiceCheck, TopLevelCheck } from "../model/health-check";
import type {
  CheckSettings,
  GroupSettings,
  MachineSettingsInputs,
  ServiceSettings,
} from "../model/machine-settings";
import type { ProcessGroup, Service } from "../model/process-group";
import { mebibytes } from "../model/units";

const restartPolicies = { always: "always", never: "no", "on-failure": "on-failure" } as const;

const checkSettings = (check: ServiceCheck | TopLevelCheck): CheckSettings => ({
  type: check.type,
  ...("port" in check && { port: check.port }),
  interval: check.interval,
  timeout: check.timeout,
  grace_period: check.gracePeriod,
  ...(check.type === "http" && {
    method: check.method,
    path: check.path,
    protocol: check.protocol,
    tls_skip_verify: check.tlsSkipVerify,
    tls_server_name: check.tlsServerName,
    headers: check.headers,
  }),
});

const serviceSettings = (service: Service, { autoscaling, autoStop }: ProcessGroup): ServiceSettings => ({
  internal_port: service.internalPort,
  protocol: service.kind === "udp" ? "udp" : "tcp",
  autostop: autoStop?.autoStopMachines,
  autostart: autoStop?.autoStartMachines,
  min_machines_running: autoscaling?.minMachinesRunning,
  concurrency: autoscaling?.concurrency && {
    type: autoscaling.concurrency.type,
    soft_limit: autoscaling.concurrency.softLimit,
    hard_limit: autoscaling.concurrency.hardLimit,
  },
  // TCP before HTTP, as a deploy writes them: the order names the checks.
  checks: (["tcp", "http"] as const).flatMap((type) =>
    service.checks.filter((check) => check.type === type).map(checkSettings),
  ),
});

const groupSettings = (group: ProcessGroup): GroupSettings => ({
  checks: Object.fromEntries(group.checks.map((check) => [check.name, checkSettings(check)])),
  services: group.services.map((service) => serviceSettings(service, group)),
  guest: group.vm && {
    cpu_kind: group.vm.cpuKind,
    cpus: group.vm.cpus,
    memory_mb: mebibytes(group.vm.memory),
  },
  restart: group.restart && {
    policy: restartPolicies[group.restart.policy],
    max_retries: group.restart.retries,
  },
  metrics: group.metrics,
  count: group.autoscaling?.maxMachines ?? group.machines,
  removeSurplus: group.autoscaling?.removeSurplusMachines,
});

/** As long as flyctl waits for a deploy. */
const defaultWaitTimeout = "5m";

/** What an app's running machines must be set to. */
export const machineSettings = (app: ResolvedApp): MachineSettingsInputs => ({
  app: app.name,
  primaryRegion: app.region,
  waitTimeout: app.deploy?.waitTimeout ?? defaultWaitTimeout,
  processGroups: Object.fromEntries(
    Object.entries(app.processGroups).map(([name, group]) => [name, groupSettings(group)]),
  ),
});
