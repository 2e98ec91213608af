import * as pulumi from "@pulumi/pulumi";
import {
  uptimeRobotTypes,
  type UptimeRobotIntegrationInputs,
  type UptimeRobotMaintenanceWindowInputs,
  type UptimeRobotMonitorInputs,
  type UptimeRobotStatusPageInputs,
} from "../model/uptimerobot";

// The resources at UptimeRobot as a program declares them. What a property means stands with the inputs' types.

/** The same value, any part of which may be known only later, or be a secret. */
type Deep<Value> = Value extends string | number | boolean | undefined
  ? pulumi.Input<Value>
  : pulumi.Input<{ readonly [Key in keyof Value]: Deep<Value[Key]> }>;
type Args<Inputs> = { readonly [Key in keyof Inputs]: Deep<Inputs[Key]> };

export type UptimeRobotMonitorArgs = Args<UptimeRobotMonitorInputs>;
export type UptimeRobotIntegrationArgs = Args<UptimeRobotIntegrationInputs>;
export type UptimeRobotMaintenanceWindowArgs = Args<UptimeRobotMaintenanceWindowInputs>;
export type UptimeRobotStatusPageArgs = Args<UptimeRobotStatusPageInputs>;

/** A monitor: made, or adopted where exactly one of its name, type and URL is there. */
export class UptimeRobotMonitor extends pulumi.CustomResource {
  /** Where a heartbeat is sent to, of a HEARTBEAT; a secret. */
  declare readonly heartbeatUrl: pulumi.Output<string | undefined>;

  constructor(name: string, args: UptimeRobotMonitorArgs, options?: pulumi.CustomResourceOptions) {
    super(uptimeRobotTypes.monitor, name, { ...args, heartbeatUrl: undefined }, options);
  }
}

/** A Slack webhook or another one that is told of monitors which name it as a contact. Its URL is kept as a secret. */
export class UptimeRobotIntegration extends pulumi.CustomResource {
  constructor(name: string, args: UptimeRobotIntegrationArgs, options?: pulumi.CustomResourceOptions) {
    super(uptimeRobotTypes.integration, name, { ...args }, options);
  }
}

/** When monitors that name it are not checked. */
export class UptimeRobotMaintenanceWindow extends pulumi.CustomResource {
  constructor(name: string, args: UptimeRobotMaintenanceWindowArgs, options?: pulumi.CustomResourceOptions) {
    super(uptimeRobotTypes.maintenanceWindow, name, { ...args }, options);
  }
}

/** A public status page. */
export class UptimeRobotStatusPage extends pulumi.CustomResource {
  /** Where it is: https://stats.uptimerobot.com/KEY. */
  declare readonly url: pulumi.Output<string>;

  constructor(name: string, args: UptimeRobotStatusPageArgs, options?: pulumi.CustomResourceOptions) {
    super(uptimeRobotTypes.statusPage, name, { ...args, url: undefined }, options);
  }
}
