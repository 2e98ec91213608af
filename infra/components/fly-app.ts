import * as pulumi from "@pulumi/pulumi";
import type { ResolvedApp } from "../model/app";
import type { MachineSettingsInputs } from "../model/machine-settings";
import type { AutoscalingInputs, AutoStopInputs, HealthCheckInputs } from "../model/resources";
import {
  autoscalingInputs,
  autoStopInputs,
  flyAppInputs,
  healthCheckInputs,
  resourceTypes,
} from "../model/resources";
import type { Settings } from "../model/settings";
import { flyTomlFile } from "../render/files";
import { machineSettings } from "../render/machine-settings";
import { AutoStop, Autoscaling, HealthCheck } from "./fly-settings";
import { MachineSettings } from "./machine-settings";
import { outputPath } from "./output-path";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { WrittenFileArgs } from "./written-file";
import { FlyToml } from "./written-file";

export interface FlyAppArgs {
  readonly app: ResolvedApp;
  readonly settings: Settings;
  /** Changes to the children's arguments. What changes here alone does not reach the written file. */
  readonly transform?: {
    readonly healthCheck?: Transform<HealthCheckInputs>;
    readonly autoscaling?: Transform<AutoscalingInputs>;
    readonly autoStop?: Transform<AutoStopInputs>;
    readonly flyToml?: Transform<WrittenFileArgs>;
    readonly machineSettings?: Transform<MachineSettingsInputs>;
  };
}

/**
 * An app of the fleet: each check, scaling and auto-stop setting as a resource of its own, its fly.toml fragment and,
 * where the stack applies, its running machines.
 */
export class FlyApp extends pulumi.ComponentResource<void> {
  readonly healthChecks: readonly HealthCheck[];
  readonly autoscaling: readonly Autoscaling[];
  readonly autoStop: readonly AutoStop[];
  readonly flyToml: FlyToml;
  /** Undefined in a stack that does not apply. */
  readonly machineSettings: MachineSettings | undefined;

  constructor(name: string, args: FlyAppArgs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.flyApp, name, { ...flyAppInputs(args.app, args.settings) }, options);
    const { app, settings, transform } = args;
    const child = { parent: this };

    this.healthChecks = healthCheckInputs(app, settings).map(
      (check) =>
        new HealthCheck(
          `${name}-${check.processGroup}-${check.name}`,
          transformed(check, transform?.healthCheck),
          child,
        ),
    );
    this.autoscaling = autoscalingInputs(app, settings).map(
      (scaling) =>
        new Autoscaling(
          `${name}-${scaling.processGroup}`,
          transformed(scaling, transform?.autoscaling),
          child,
        ),
    );
    this.autoStop = autoStopInputs(app, settings).map(
      (stop) => new AutoStop(`${name}-${stop.processGroup}`, transformed(stop, transform?.autoStop), child),
    );
    this.flyToml = new FlyToml(
      name,
      transformed(outputPath(flyTomlFile(app, settings.stack), settings), transform?.flyToml),
      child,
    );
    this.machineSettings = settings.apply
      ? new MachineSettings(name, transformed(machineSettings(app), transform?.machineSettings), child)
      : undefined;
    this.registerOutputs();
  }
}
