import { imageName } from "../host/image-name";
import { leaseOf } from "../machines/leases";
import { shownConfig } from "../model/config";
import type { App, ExitEvent, Machine, MachineEvent, Volume } from "../model/machine";
import type { Estate } from "../machines/estate";

/** Events that a machine's own answer shows; more are at its events address. */
const shownEvents = 20;

const iso = (ms: number): string => new Date(ms).toISOString();

/** As Fly's Go writes it: a zero, a false and an empty list are left out. */
const withoutZeros = (event: ExitEvent): Partial<ExitEvent> =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== 0 && value !== false));

export const eventView = ({ request, ...event }: MachineEvent): object => ({
  ...event,
  ...(request && {
    request: {
      exit_event: withoutZeros(request.exit_event),
      ...(request.restart_count > 0 && { restart_count: request.restart_count }),
    },
  }),
});

export const checksView = (machine: Machine): readonly object[] =>
  machine.checks.map(({ name, status, output, updatedAt }) => ({
    name,
    status,
    output,
    updated_at: iso(updatedAt),
  }));

const leaseView = (machine: Machine): object | undefined => {
  const lease = leaseOf(machine);
  return (
    lease && {
      owner: lease.owner,
      description: lease.description,
      expires_at: Math.floor(lease.expiresAt / 1_000),
    }
  );
};

/** Which parts are wanted. */
export interface MachineViewOptions {
  readonly summary?: boolean;
  readonly leases?: boolean;
}

/** A machine as the API answers it. A host that cannot be asked gives no config, only what is known of it elsewhere. */
export const machineView = (machine: Machine, options: MachineViewOptions = {}): object => {
  const { registry, repository, tag, digest } = imageName(machine.config.image);
  const config = shownConfig(machine.config);
  const base = {
    id: machine.id,
    name: machine.name,
    state: machine.state,
    region: machine.region,
    image_ref: { registry, repository, tag, ...(digest && { digest }) },
    instance_id: machine.instanceId,
    version: machine.instanceId,
    private_ip: machine.address,
    created_at: iso(machine.createdAt),
    updated_at: iso(machine.updatedAt),
    cordoned: machine.cordoned,
  };
  if (options.summary) return base;
  const reachable = machine.hostStatus === "ok";
  const { image, guest, metadata } = config;
  const lease = options.leases ? leaseView(machine) : undefined;
  return {
    ...base,
    ...(reachable ? { config } : { config: null, incomplete_config: { image, guest, metadata } }),
    ...(machine.events.length > 0 && { events: machine.events.slice(0, shownEvents).map(eventView) }),
    ...(machine.checks.length > 0 && reachable && { checks: checksView(machine) }),
    host_status: machine.hostStatus,
    ...(lease && { lease }),
  };
};

/** A machine in the list of a whole organization: no checks, no events, of the config three parts. */
export const orgMachineView = (machine: Machine): object => {
  const { image, guest, metadata } = machine.config;
  return {
    app_name: machine.app,
    id: machine.id,
    name: machine.name,
    state: machine.state,
    region: machine.region,
    private_ip: machine.address,
    version: machine.instanceId,
    created_at: iso(machine.createdAt),
    updated_at: iso(machine.updatedAt),
    config: { image, guest, metadata },
  };
};

export const appView = (app: App, estate: Estate): object => ({
  id: app.id,
  name: app.name,
  machine_count: estate.machinesOf(app.name).length,
  volume_count: [...estate.volumes.values()].filter((volume) => volume.app === app.name).length,
  network: app.network,
  status: estate.machinesOf(app.name).length > 0 ? "deployed" : "pending",
  organization: { name: app.org, slug: app.org },
});

const gigabyte = 1_073_741_824;
const block = 4_096;

export const volumeView = (volume: Volume): object => {
  const total = volume.sizeGb * gigabyte;
  const free = Math.max(0, Math.floor((total - volume.bytesUsed) / block));
  return {
    id: volume.id,
    name: volume.name,
    state: "created",
    size_gb: volume.sizeGb,
    region: volume.region,
    zone: volume.id.slice(4, 8),
    encrypted: true,
    attached_machine_id: volume.attachedMachine ?? null,
    attached_alloc_id: null,
    created_at: iso(volume.createdAt),
    blocks: total / block,
    block_size: block,
    blocks_free: free,
    blocks_avail: free,
    bytes_used: volume.bytesUsed,
    bytes_total: total,
    fstype: "ext4",
    snapshot_retention: volume.snapshotRetention ?? 5,
    auto_backup_enabled: true,
    host_status: "ok",
  };
};
