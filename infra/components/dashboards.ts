import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { resourceTypes } from "../model/resources";
import { dashboardTexts } from "../render/dashboards/dashboards";
import { outputTexts } from "./output-path";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { TextsArgs } from "./written-file";
import { Texts } from "./written-file";

export interface DashboardsArgs {
  readonly fleet: Fleet;
  readonly transform?: { readonly texts?: Transform<TextsArgs> };
}

/** The dashboards as files for Grafana's import: one of the fleet, one of each app. */
export class Dashboards extends pulumi.ComponentResource<void> {
  readonly texts: Texts;

  constructor(name: string, { fleet, transform }: DashboardsArgs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.dashboards, name, {}, options);
    const texts = outputTexts(dashboardTexts(fleet), fleet.settings, () => true);
    this.texts = new Texts(name, transformed(texts, transform?.texts), { parent: this });
    this.registerOutputs();
  }
}
