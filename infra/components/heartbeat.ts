import * as pulumi from "@pulumi/pulumi";
import { resourceTypes } from "../model/resources";
import type { BetterStackPlan } from "../render/uptime/betterstack";
import type { BetterStackHeartbeatArgs } from "./betterstack";
import { BetterStackHeartbeat } from "./betterstack";
import type { Transform } from "./transform";
import { transformed } from "./transform";

export interface HeartbeatArgs {
  readonly planned: BetterStackPlan["heartbeats"][number];
  /** The escalation policy of its incidents. */
  readonly policyId: pulumi.Output<string> | undefined;
  readonly transform?: { readonly heartbeat?: Transform<BetterStackHeartbeatArgs> };
}

/** What has to call regularly; when it does not, people hear of it. */
export class Heartbeat extends pulumi.ComponentResource<void> {
  /** The address to call; a secret. */
  readonly url: pulumi.Output<string>;

  constructor(
    name: string,
    { planned, policyId, transform }: HeartbeatArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(resourceTypes.heartbeat, name, {}, options);
    const args = transformed<BetterStackHeartbeatArgs>(
      { ...planned.inputs, ...(policyId && { policyId }) },
      transform?.heartbeat,
    );
    this.url = pulumi.secret(new BetterStackHeartbeat(name, args, { parent: this }).url);
    this.registerOutputs();
  }
}
