import type { Platform } from "../platform";
import { leaseOf } from "../machines/leases";
import { processGroupOf } from "../model/config";
import type { CheckStatus, HostStatus, Machine, MachineState } from "../model/machine";
import type { Proxies } from "../proxy/proxies";
import { isRoutable } from "../proxy/public-service";

/** A machine as the control server shows it. */
export interface MachineSummary {
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly processGroup: string;
  readonly region: string;
  readonly state: MachineState;
  readonly instanceId: string;
  readonly address: string;
  readonly cordoned: boolean;
  readonly hostStatus: HostStatus;
  readonly leasedBy?: string;
  /** Whether the proxy sends requests to it. */
  readonly routable: boolean;
  /** Requests in flight. */
  readonly load: number;
  readonly memoryMb: number;
  readonly guest: { readonly cpu_kind: string; readonly cpus: number; readonly memory_mb: number };
  readonly pid?: number;
  readonly checks: readonly {
    readonly name: string;
    readonly status: CheckStatus;
    readonly output: string;
  }[];
  readonly restartCount: number;
}

/** What `GET /fly/state` answers. */
export interface FlyState {
  readonly factor: number;
  readonly apps: readonly {
    readonly name: string;
    readonly url?: string;
    readonly machines: readonly MachineSummary[];
  }[];
}

const mebibyte = 1_048_576;

export const machineSummary = (machine: Machine, { loads }: Proxies): MachineSummary => {
  const { cpu_kind, cpus, memory_mb } = machine.config.guest;
  const lease = leaseOf(machine);
  return {
    id: machine.id,
    name: machine.name,
    app: machine.app,
    processGroup: processGroupOf(machine.config),
    region: machine.region,
    state: machine.state,
    instanceId: machine.instanceId,
    address: machine.address,
    cordoned: machine.cordoned,
    hostStatus: machine.hostStatus,
    ...(lease && { leasedBy: lease.owner }),
    routable: isRoutable(machine),
    load: loads.current(machine.id),
    memoryMb: Math.round(machine.memory / mebibyte),
    guest: { cpu_kind, cpus, memory_mb },
    ...(machine.process && { pid: machine.process.pid }),
    checks: machine.checks.map(({ name, status, output }) => ({ name, status, output })),
    restartCount: machine.restartCount,
  };
};

export const flyState = ({ estate, clock }: Platform, proxies: Proxies): FlyState => {
  const urls = proxies.addresses();
  return {
    factor: clock.factor,
    apps: [...estate.apps.keys()].map((name) => {
      const url = urls[name];
      return {
        name,
        ...(url !== undefined && { url }),
        machines: estate.machinesOf(name).map((machine) => machineSummary(machine, proxies)),
      };
    }),
  };
};
