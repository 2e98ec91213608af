import * as pulumi from "@pulumi/pulumi";
import { resourceTypes } from "../model/resources";
import type { BetterStackHeartbeatArgs } from "./betterstack";
import { BetterStackHeartbeat } from "./betterstack";
import type { UptimeRobotMonitorArgs } from "./uptimerobot";
import { UptimeRobotMonitor } from "./uptimerobot";

/** In the terms of the stack's backend. */
export type HeartbeatArgs =
  { readonly betterStack: BetterStackHeartbeatArgs } | { readonly uptimeRobot: UptimeRobotMonitorArgs };

/** What has to call regularly; when it does not, people hear of it. */
export class Heartbeat extends pulumi.ComponentResource<void> {
  /** The address to call; a secret. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: HeartbeatArgs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.heartbeat, name, {}, options);
    const child = { parent: this };
    this.url = pulumi.secret(
      "betterStack" in args
        ? new BetterStackHeartbeat(name, args.betterStack, child).url
        : new UptimeRobotMonitor(name, args.uptimeRobot, child).heartbeatUrl.apply((url) => url ?? ""),
    );
    this.registerOutputs();
  }
}
