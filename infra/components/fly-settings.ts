import * as pulumi from "@pulumi/pulumi";
import type { AutoscalingInputs, AutoStopInputs, HealthCheckInputs } from "../model/resources";
import { resourceTypes } from "../model/resources";

/** One health check of an app, as the policies see it; FlyToml writes it. */
export class HealthCheck extends pulumi.ComponentResource<void> {
  constructor(name: string, inputs: HealthCheckInputs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.healthCheck, name, { ...inputs }, options);
  }
}

/** How many machines of a process group run, as the policies see it. */
export class Autoscaling extends pulumi.ComponentResource<void> {
  constructor(name: string, inputs: AutoscalingInputs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.autoscaling, name, { ...inputs }, options);
  }
}

/** When Fly stops idle machines of a process group and starts them again, as the policies see it. */
export class AutoStop extends pulumi.ComponentResource<void> {
  constructor(name: string, inputs: AutoStopInputs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.autoStop, name, { ...inputs }, options);
  }
}
