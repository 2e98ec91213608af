import * as pulumi from "@pulumi/pulumi";
import type { UptimeMonitorInputs } from "../model/resources";
import { resourceTypes } from "../model/resources";

/** A watch from outside Fly, as the policies see it; the stack's backend carries it out. */
export class UptimeMonitor extends pulumi.ComponentResource<void> {
  constructor(name: string, inputs: UptimeMonitorInputs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.uptimeMonitor, name, { ...inputs }, options);
  }
}
