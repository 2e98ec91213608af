import type { ResolvedApp } from "../model/app";
import type { ServiceCheck, TopLevelCheck } from "../model/health-check";
import type { AutoStop, Autoscaling, ProcessGroup, Service } from "../model/process-group";
import type { Duration } from "../model/units";
import { goDuration } from "../model/units";
import type { Settings } from "./toml-text";

/** Absent when empty: an empty list or table in fly.toml means nothing and reads as a mistake. */
const unlessEmpty = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

// Numbers of Fly's durations mean milliseconds, seconds or nanoseconds by place; strings mean what they say.
const time = (duration: Duration): string => goDuration(duration);

const httpCheck = (check: Extract<ServiceCheck | TopLevelCheck, { type: "http" }>): Settings => ({
  interval: time(check.interval),
  timeout: time(check.timeout),
  grace_period: time(check.gracePeriod),
  method: check.method,
  path: check.path,
  protocol: check.protocol === "http" ? undefined : check.protocol,
  tls_skip_verify: check.tlsSkipVerify,
  tls_server_name: check.tlsServerName,
  headers: unlessEmpty(check.headers),
});

const tcpCheck = (check: ServiceCheck | TopLevelCheck): Settings => ({
  interval: time(check.interval),
  timeout: time(check.timeout),
  grace_period: time(check.gracePeriod),
});

const httpChecks = (service: Service): Settings[] =>
  service.checks.flatMap((check) => (check.type === "http" ? [httpCheck(check)] : []));

const tcpChecks = (service: Service): Settings[] =>
  service.checks.flatMap((check) => (check.type === "tcp" ? [tcpCheck(check)] : []));

const scaling = (autoscaling: Autoscaling | undefined, autoStop: AutoStop | undefined): Settings => ({
  auto_stop_machines: autoStop?.autoStopMachines,
  auto_start_machines: autoStop?.autoStartMachines,
  min_machines_running: autoscaling?.minMachinesRunning,
});

const concurrency = (autoscaling: Autoscaling | undefined): Settings | undefined =>
  autoscaling?.concurrency && {
    type: autoscaling.concurrency.type,
    soft_limit: autoscaling.concurrency.softLimit,
    hard_limit: autoscaling.concurrency.hardLimit,
  };

const httpService = (
  name: string,
  group: ProcessGroup,
  service: Extract<Service, { kind: "http" }>,
): Settings => ({
  internal_port: service.internalPort,
  force_https: service.forceHttps,
  ...scaling(group.autoscaling, group.autoStop),
  processes: [name],
  concurrency: concurrency(group.autoscaling),
  checks: unlessEmpty(httpChecks(service)),
});

const portService = (
  name: string,
  group: ProcessGroup,
  service: Exclude<Service, { kind: "http" }>,
): Settings => ({
  protocol: service.kind,
  internal_port: service.internalPort,
  ...scaling(group.autoscaling, group.autoStop),
  processes: [name],
  concurrency: concurrency(group.autoscaling),
  ports: service.ports.map(({ port, handlers, forceHttps }) => ({
    port,
    handlers: unlessEmpty(handlers),
    force_https: forceHttps,
  })),
  tcp_checks: unlessEmpty(tcpChecks(service)),
  http_checks: unlessEmpty(httpChecks(service)),
});

const topLevelCheck = (group: string, check: TopLevelCheck): Settings => ({
  type: check.type,
  port: check.port,
  ...(check.type === "http" ? httpCheck(check) : tcpCheck(check)),
  processes: [group],
});

/**
 * What an app's fly.toml must say, in exactly the forms that flyctl honours: checks as lists, headers as a table of
 * strings, durations as strings, groups always named, `[[vm]]` whole. Key order is the order of writing.
 */
export const flyTomlSettings = (app: ResolvedApp): Settings => {
  const groups = Object.entries(app.processGroups);
  const services = groups.flatMap(([name, group]) =>
    group.services.map((service) => ({ name, group, service })),
  );
  // In an app with one group Fly's implicit "app" needs no [processes].
  const commands = groups.flatMap(([name, { command }]) =>
    command === undefined ? [] : [[name, command] as const],
  );

  return {
    app: app.name,
    primary_region: app.region,
    deploy: app.deploy && {
      strategy: app.deploy.strategy,
      wait_timeout: app.deploy.waitTimeout && time(app.deploy.waitTimeout),
      max_unavailable: app.deploy.maxUnavailable,
    },
    processes: unlessEmpty(Object.fromEntries(commands)),
    http_service: services.flatMap(({ name, group, service }) =>
      service.kind === "http" ? [httpService(name, group, service)] : [],
    )[0],
    services: unlessEmpty(
      services.flatMap(({ name, group, service }) =>
        service.kind === "http" ? [] : [portService(name, group, service)],
      ),
    ),
    checks: unlessEmpty(
      Object.fromEntries(
        groups.flatMap(([name, { checks }]) =>
          checks.map((check) => [check.name, topLevelCheck(name, check)]),
        ),
      ),
    ),
    vm: unlessEmpty(
      groups.flatMap(([name, { vm }]) =>
        vm ? [{ memory: vm.memory, cpu_kind: vm.cpuKind, cpus: vm.cpus, processes: [name] }] : [],
      ),
    ),
    restart: unlessEmpty(
      groups.flatMap(([name, { restart }]) =>
        restart ? [{ policy: restart.policy, retries: restart.retries, processes: [name] }] : [],
      ),
    ),
    metrics: unlessEmpty(
      groups.flatMap(([name, { metrics }]) =>
        metrics ? [{ port: metrics.port, path: metrics.path, https: metrics.https, processes: [name] }] : [],
      ),
    ),
  };
};
