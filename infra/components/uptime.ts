import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { resourceTypes, uptimeMonitorInputs } from "../model/resources";
import { gatusFile } from "../render/files";
import { addressOf } from "../render/gatus";
import { closestWords } from "../render/uptime/closest";
import { yamlText } from "../render/yaml-text";
import { outputPath } from "./output-path";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { BetterStackTransform, HostedUptime } from "./uptime-betterstack";
import { betterStackUptime } from "./uptime-betterstack";
import { UptimeMonitor } from "./uptime-monitor";
import type { UptimeSecrets } from "./uptime-secrets";
import type { UptimeRobotTransform } from "./uptime-uptimerobot";
import { uptimeRobotUptime } from "./uptime-uptimerobot";
import type { WrittenFileArgs } from "./written-file";
import { GatusConfig } from "./written-file";

export interface UptimeArgs {
  readonly fleet: Fleet;
  /** For a hosted backend. */
  readonly secrets?: UptimeSecrets;
  readonly transform?: {
    readonly gatusConfig?: Transform<WrittenFileArgs>;
    readonly betterStack?: BetterStackTransform;
    readonly uptimeRobot?: UptimeRobotTransform;
  };
}

/** The stack's watch from outside: a monitor for each entry of the apps' `uptime`, carried out by the stack's backend. */
export class Uptime extends pulumi.ComponentResource<void> {
  readonly monitors: readonly UptimeMonitor[];
  /** Where Gatus watches. */
  readonly gatusConfig: GatusConfig | undefined;
  /** What it holds, by path below the stack's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Where to call, by the heartbeat's name, where the backend takes calls; secrets. */
  readonly heartbeats: ReadonlyMap<string, pulumi.Output<string>>;

  constructor(
    name: string,
    { fleet, secrets = {}, transform }: UptimeArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    const { uptimeBackend: backend } = fleet.settings;
    super(resourceTypes.uptime, name, { backend }, options);
    const child = { parent: this };

    const monitors = new Map(
      fleet.apps
        .flatMap((app) => uptimeMonitorInputs(app, fleet.settings, addressOf(app.name, fleet.settings)))
        .map((monitor) => [`${monitor.app}-${monitor.name}`, monitor] as const)
        .map(([key, monitor]) => [key, new UptimeMonitor(key, monitor, child)] as const),
    );
    this.monitors = [...monitors.values()];

    const hosted = (): HostedUptime => {
      switch (backend) {
        case "gatus":
          return { heartbeats: new Map() };
        case "betterstack":
          return betterStackUptime(name, fleet, secrets, monitors, this, transform?.betterStack);
        case "uptimerobot":
          return uptimeRobotUptime(name, fleet, secrets, monitors, this, transform?.uptimeRobot);
      }
    };
    this.heartbeats = hosted().heartbeats;
    const closest = closestWords(fleet);
    if (closest.length > 0) void pulumi.log.warn(closest.join("\n"), this);

    const file = gatusFile(fleet);
    const config = file && transformed(outputPath(file, fleet.settings), transform?.gatusConfig);
    this.gatusConfig = config && new GatusConfig(name, config, child);
    this.files = file && config ? { [file.path]: yamlText(config.settings, config.header) } : {};
    this.registerOutputs();
  }
}
