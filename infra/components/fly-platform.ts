import * as pulumi from "@pulumi/pulumi";
import type { MachineInputs, PlatformAppInputs, VolumeInputs } from "../model/fly-resources";
import { resourceTypes } from "../model/resources";

/** The inputs of a resource as a program gives them: defaults may be left out, values be those of other resources. */
type Args<Inputs, Optional extends keyof Inputs> = {
  readonly [Key in Exclude<keyof Inputs, Optional>]: pulumi.Input<Deep<Inputs[Key]>>;
} & { readonly [Key in Optional]?: pulumi.Input<Deep<Inputs[Key]> | undefined> };

/** The same value, any part of which may be known only later, or be a secret. */
type Deep<Value> = Value extends string | number | boolean | undefined
  ? Value
  : { readonly [Key in keyof Value]: pulumi.Input<Deep<Value[Key]>> };

/** `onDestroy` "delete" where not given. */
export type FlyPlatformAppArgs = Args<PlatformAppInputs, "onDestroy" | "network">;
/** `onDestroy` "keep" where not given. */
export type FlyVolumeArgs = Args<VolumeInputs, "onDestroy" | "snapshotRetention">;
type OptionalOfMachine =
  | ("env" | "files" | "init" | "mount" | "processGroup" | "metadata")
  | ("services" | "checks" | "metrics" | "restart" | "stopConfig" | "waitTimeout");
/** `waitTimeout` "5m" where not given. */
export type FlyMachineArgs = Args<MachineInputs, OptionalOfMachine>;

/**
 * An app on Fly: made, or adopted where the organization has one of that name. Destroying it takes it away with what
 * is in it, but refuses while machines are there that this stack has not made, and leaves it while volumes are kept.
 */
export class FlyPlatformApp extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly org: pulumi.Output<string>;

  constructor(name: string, args: FlyPlatformAppArgs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.platformApp, name, { ...args }, options);
  }
}

/**
 * A volume of an app: made, or adopted where exactly one of that name and region is free. It grows in place. Destroying
 * the resource keeps the volume, unless `onDestroy` is "delete".
 */
export class FlyVolume extends pulumi.CustomResource {
  /** "vol_…" */
  declare readonly volumeId: pulumi.Output<string>;

  constructor(name: string, args: FlyVolumeArgs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.volume, name, { ...args, volumeId: undefined }, options);
  }
}

/**
 * A machine of an app, started and with its checks passing. A changed config reboots it; one under which it does not
 * come up is taken back. Secrets may stand in `files` and `env`, and stay secrets in the state.
 */
export class FlyMachine extends pulumi.CustomResource {
  declare readonly machineId: pulumi.Output<string>;
  /** Its address on the organization's private network. */
  declare readonly privateIp: pulumi.Output<string>;
  /** "started", as a rule. */
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: FlyMachineArgs, options?: pulumi.CustomResourceOptions) {
    const computed = { machineId: undefined, privateIp: undefined, state: undefined };
    super(resourceTypes.machine, name, { ...args, ...computed }, options);
  }
}
