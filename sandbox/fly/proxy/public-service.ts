import type { MachineConfig, ServiceConfig } from "../model/config";
import { namedChecks } from "../model/check-names";
import type { Machine } from "../model/machine";
import type { Estate } from "../machines/estate";
import { leaseOf } from "../machines/leases";

/** Where a service is asked softly to stop taking more. Source: Fly's fly.toml reference. */
const defaultSoftLimit = 20;

/** The service behind an app's public port: the one that answers HTTP on 80 or 443. */
export const publicService = (config: MachineConfig): ServiceConfig | undefined =>
  config.services?.find(
    ({ protocol = "tcp", ports }) =>
      protocol === "tcp" &&
      ports?.some(({ port, handlers }) => (port === 80 || port === 443) && handlers?.includes("http")),
  );

export const softLimitOf = ({ concurrency }: ServiceConfig): number =>
  concurrency?.soft_limit ?? defaultSoftLimit;
export const hardLimitOf = ({ concurrency }: ServiceConfig): number => concurrency?.hard_limit ?? Infinity;

/** Whether the proxy sends requests to a machine: it runs, is not cordoned, and its service's checks pass. */
export const isRoutable = (machine: Machine): boolean => {
  const service = publicService(machine.config);
  if (service === undefined || machine.state !== "started" || machine.cordoned) return false;
  const decisive = namedChecks(machine.config).filter((named) => named.service === service);
  return decisive.every(({ name }) =>
    machine.checks.some((finding) => finding.name === name && finding.status === "passing"),
  );
};

/** Whether the proxy may start a machine for a request. Nobody but its holder touches a leased one. */
export const isStartable = (machine: Machine): boolean =>
  (machine.state === "stopped" || machine.state === "suspended") &&
  publicService(machine.config)?.autostart === true &&
  machine.config.disable_machine_autostart !== true &&
  !machine.cordoned &&
  machine.hostStatus === "ok" &&
  leaseOf(machine) === undefined;

/** The region that min_machines_running speaks of, and where requests come in here. */
export const primaryRegion = (estate: Estate, app: string): string | undefined => {
  const machines = estate.machinesOf(app);
  return (
    machines.find(({ config }) => config.env?.PRIMARY_REGION)?.config.env?.PRIMARY_REGION ??
    machines[0]?.region
  );
};
