import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { uptimeMonitorInputs } from "../model/resources";
import { gatusFile } from "../render/files";
import { addressOf } from "../render/gatus";
import { yamlText } from "../render/yaml-text";
import { outputPath } from "./output-path";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import { UptimeMonitor } from "./uptime-monitor";
import type { WrittenFileArgs } from "./written-file";
import { GatusConfig } from "./written-file";

export interface UptimeArgs {
  readonly fleet: Fleet;
  readonly transform?: { readonly gatusConfig?: Transform<WrittenFileArgs> };
}

/** The stack's watch from outside: a monitor for each entry of the apps' `uptime`, carried out by the stack's backend. */
export class Uptime extends pulumi.ComponentResource<void> {
  readonly monitors: readonly UptimeMonitor[];
  readonly gatusConfig: GatusConfig;
  /** What it holds, by path below the stack's folder. */
  readonly files: Readonly<Record<string, string>>;

  constructor(name: string, { fleet, transform }: UptimeArgs, options?: pulumi.ComponentResourceOptions) {
    super("flymon:uptime:Uptime", name, { backend: fleet.settings.uptimeBackend }, options);
    const child = { parent: this };

    this.monitors = fleet.apps
      .flatMap((app) => uptimeMonitorInputs(app, fleet.settings, addressOf(app.name, fleet.settings)))
      .map((monitor) => new UptimeMonitor(`${monitor.app}-${monitor.name}`, monitor, child));
    const file = gatusFile(fleet);
    const config = transformed(outputPath(file, fleet.settings), transform?.gatusConfig);
    this.gatusConfig = new GatusConfig(name, config, child);
    this.files = { [file.path]: yamlText(config.settings, config.header) };
    this.registerOutputs();
  }
}
