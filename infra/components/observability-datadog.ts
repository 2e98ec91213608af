import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { observabilityTypes } from "../model/observability";
import { datadogMonitors, type DatadogMonitor } from "../render/observability/datadog";
import { tellLeftOut } from "./observability-left-out";
import { classesOf, type ResourceClass } from "./observability-package";
import type { Transform } from "./transform";
import { transformed } from "./transform";

type MonitorArgs = DatadogMonitor["args"];

/** What is used of @pulumi/datadog. */
export type DatadogClasses = { readonly Monitor: ResourceClass<MonitorArgs> };

/** @throws Refusal where the package is not installed */
export const datadogClasses = (stack: string, root = pulumi.getRootDirectory()): DatadogClasses =>
  classesOf<DatadogClasses>("datadog", ["Monitor"], { root, stack });

export interface DatadogArgs {
  readonly fleet: Fleet;
  readonly classes: DatadogClasses;
  readonly transform?: { readonly monitor?: Transform<MonitorArgs> };
}

/** The fleet's thresholds as monitors of Datadog. Keys of the account: `datadog:apiKey`, `datadog:appKey`. */
export class Datadog extends pulumi.ComponentResource<void> {
  constructor(
    name: string,
    { fleet, classes, transform }: DatadogArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(observabilityTypes.datadog, name, {}, options);
    const { alerts, leftOut } = datadogMonitors(fleet);
    for (const { key, args } of alerts)
      new classes.Monitor(`${name}-${key}`, transformed(args, transform?.monitor), { parent: this });
    tellLeftOut("Datadog", leftOut, this);
    if (fleet.settings.observabilitySlack === "")
      void pulumi.log.warn(
        "Datadog posts nothing in Slack: set observabilitySlack to the account's name in its Slack integration.",
        this,
      );
    this.registerOutputs();
  }
}
