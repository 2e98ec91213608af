import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Addresses } from "../host/addresses";
import { imageOf, knownImages } from "../host/images";
import { programOf } from "../host/engines";
import { engineOf } from "../host/programs";
import { processGroupOf, readConfig, type MachineConfig } from "../model/config";
import { hostId, machineId, machineName, ulid, volumeId } from "../model/ids";
import type { App, Machine, Volume } from "../model/machine";
import { newCpu } from "./cpu";
import type { Estate } from "./estate";
import { Refusal } from "./refusal";

const appName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Makes an app. Names are unique among all of Fly's; here among the organization's. */
export const createApp = (estate: Estate, name: string, network = "default"): App => {
  if (!appName.test(name))
    throw new Refusal(422, "Validation failed: Name may only contain lowercase letters, numbers and dashes");
  if (estate.apps.has(name))
    throw new Refusal(422, "Validation failed: Name has already been taken", { status: "name_taken" });
  const app: App = { id: machineId(), name, org: estate.org, network, createdAt: Date.now() };
  estate.apps.set(name, app);
  return app;
};

/** Reads a config and refuses one that no machine could be made of. */
export const wantedConfig = (value: unknown): MachineConfig => {
  const read = readConfig(value);
  if ("mistake" in read) throw new Refusal(400, `invalid_argument: ${read.mistake}`);
  const { config } = read;
  const engine = engineOf(config)?.engine;
  if (engine !== undefined && programOf(engine) === undefined)
    throw new Refusal(
      400,
      `failed to launch ${config.image}: ${engine.names[0] ?? ""} is not installed here. Run npm run setup.`,
    );
  if (imageOf(config) === undefined && engine === undefined)
    throw new Refusal(
      400,
      `failed to get manifest ${config.image}: there is no such image here. There are ${knownImages.join(", ")}.`,
    );
  return config;
};

export interface MachineWish {
  readonly app: string;
  readonly name?: string | undefined;
  readonly region: string;
  readonly config: MachineConfig;
}

/** How long a new machine waits for the one that it comes after to be gone, milliseconds. */
const patience = 5_000;

/** A machine that replaces another of its group gets its address, which others may have in their configuration. */
const predecessorGone = async (
  estate: Estate,
  addresses: Addresses,
  app: string,
  group: string,
): Promise<void> => {
  const leaving = (): boolean =>
    estate
      .machinesOf(app)
      .some(({ state, config }) => state === "destroying" && processGroupOf(config) === group);
  const deadline = Date.now() + patience;
  while (addresses.isTaken(app, group) && leaving() && Date.now() < deadline) await pause(20);
};

/** Makes a machine's record, with an address of its own; nothing is started. */
export const createMachine = async (
  estate: Estate,
  addresses: Addresses,
  { app, name = machineName(), region, config }: MachineWish,
): Promise<Machine> => {
  const twin = (): Machine | undefined => estate.machinesOf(app).find((machine) => machine.name === name);
  const refuse = ({ id }: Machine): never => {
    throw new Refusal(
      409,
      `already_exists: unique machine name violation, machine ID ${id} already exists with name "${name}"`,
    );
  };
  for (const { volume } of config.mounts ?? []) {
    const holder = estate.volumes.get(volume ?? "")?.attachedMachine;
    if (holder !== undefined)
      throw new Refusal(412, `failed_precondition: volume ${volume ?? ""} is attached to machine ${holder}`);
  }
  const before = twin();
  if (before !== undefined) refuse(before);
  const group = processGroupOf(config);
  await predecessorGone(estate, addresses, app, group);
  const address = await addresses.take(app, group);
  const meanwhile = twin();
  if (meanwhile !== undefined) {
    addresses.give(address);
    refuse(meanwhile);
  }

  const now = Date.now();
  const id = machineId();
  const instanceId = ulid(now);
  const machine: Machine = {
    id,
    app,
    name,
    region,
    host: hostId(),
    address,
    createdAt: now,
    root: path.join(estate.folder, id),
    updatedAt: now,
    instanceId,
    state: "created",
    config,
    cordoned: false,
    hostStatus: "ok",
    lease: undefined,
    events: [],
    versions: [{ instanceId, config, createdAt: now }],
    checks: [],
    process: undefined,
    startedAt: 0,
    restarts: [],
    restartCount: 0,
    lastExit: undefined,
    memory: 0,
    cpu: newCpu(),
    throttled: 0,
    pressure: 0,
    log: [],
  };
  estate.machines.set(id, machine);
  for (const { volume } of config.mounts ?? []) {
    const attached = volume === undefined ? undefined : estate.volumes.get(volume);
    if (attached !== undefined) attached.attachedMachine = id;
  }
  return machine;
};

/** Makes a volume. `used` is the share of it that is filled, 0 to 1. */
export const createVolume = (
  estate: Estate,
  wish: {
    readonly app: string;
    readonly name: string;
    readonly region: string;
    readonly sizeGb: number;
    readonly used?: number | undefined;
  },
): Volume => {
  const volume: Volume = {
    id: volumeId(),
    app: wish.app,
    name: wish.name,
    region: wish.region,
    sizeGb: wish.sizeGb,
    createdAt: Date.now(),
    attachedMachine: undefined,
    bytesUsed: Math.floor((wish.used ?? 0.05) * wish.sizeGb * 1_073_741_824),
  };
  estate.volumes.set(volume.id, volume);
  return volume;
};
