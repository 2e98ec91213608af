import * as pulumi from "@pulumi/pulumi";
import type { MachineSettingsInputs } from "../model/machine-settings";
import { resourceTypes } from "../model/resources";

/**
 * What an app's running machines are set to, over the Machines API: one machine after the other, each only where it
 * differs. Updating a running machine reboots it. Destroying this leaves the machines as they are.
 */
export class MachineSettings extends pulumi.CustomResource {
  constructor(name: string, args: MachineSettingsInputs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.machineSettings, name, { ...args }, options);
  }
}
