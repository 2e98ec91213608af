import type { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Fleet } from "../model/fleet";
import { resourceTypes } from "../model/resources";
import type { Watchtower as WatchtowerSettings, WatchtowerPartName } from "../model/watchtower";
import { partsUser, watchtowerPartNames, watchtowerParts } from "../model/watchtower";
import { missingWays } from "../render/alertmanager/given";
import { watchtowerTexts } from "../render/files";
import { accessText, partMachines, partPages } from "../render/watchtower/machines";
import { accepted } from "./accepted";
import type { AlertRouting } from "./alert-routing";
import type { AlertRules } from "./alert-rules";
import type { FlyMachineArgs, FlyPlatformAppArgs, FlyVolumeArgs } from "./fly-platform";
import { FlyMachine, FlyPlatformApp, FlyVolume } from "./fly-platform";
import { outputTexts } from "./output-path";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { Uptime } from "./uptime";
import type { GatusVariables, PartSecrets } from "./watchtower-machine";
import { absentSecrets, machineArgs } from "./watchtower-machine";
import type { TextsArgs } from "./written-file";
import { Texts } from "./written-file";

export interface WatchtowerArgs {
  readonly fleet: Fleet;
  readonly watchtower: WatchtowerSettings;
  readonly rules: AlertRules;
  readonly routing: AlertRouting;
  readonly uptime: Uptime;
  /** The apps: who tests whether they start begins once they are in line, and not while they reboot for it. */
  readonly apps: readonly pulumi.Resource[];
  /** What it is told and cannot make. One that is absent in a preview is taken for unchanged. */
  readonly secrets: Omit<PartSecrets, "partsPassword" | "access">;
  readonly variables?: GatusVariables;
  readonly transform?: {
    readonly texts?: Transform<TextsArgs>;
    readonly command?: Transform<local.CommandArgs>;
    readonly password?: Transform<random.RandomPasswordArgs>;
    readonly app?: Transform<FlyPlatformAppArgs>;
    readonly volume?: Transform<FlyVolumeArgs>;
    readonly machine?: Transform<FlyMachineArgs>;
  };
}

/**
 * What evaluates the alerts and tells people of them, as machines of one Fly app on its private network: the store,
 * vmalert, Alertmanager, the exporters, the journal and Gatus, one of each. Nothing is placed in a machine before the
 * engine that reads it has accepted it.
 */
export class Watchtower extends pulumi.ComponentResource<void> {
  readonly texts: Texts;
  /** By which the parts let each other in, and people; the user is `partsUser`. */
  readonly password: pulumi.Output<string>;
  readonly app: FlyPlatformApp;
  readonly volumes: ReadonlyMap<WatchtowerPartName, FlyVolume>;
  readonly machines: Readonly<Partial<Record<WatchtowerPartName, FlyMachine>>>;
  /** For people: its pages are on the private network, behind this user and password. */
  readonly whereabouts: object;

  constructor(name: string, args: WatchtowerArgs, options?: pulumi.ComponentResourceOptions) {
    const { fleet, watchtower, rules, routing, uptime, transform } = args;
    const { app, org, region } = watchtower;
    super(resourceTypes.watchtower, name, { app, org, region }, options);
    const child = { parent: this };

    // What the exporters and the store are told.
    const written = transformed(outputTexts(watchtowerTexts(fleet), fleet.settings), transform?.texts);
    this.texts = new Texts(name, written, child);
    const told = accepted(
      `${name}-accepted`,
      { texts: this.texts, args: written, only: ["metrics", "json-exporter"], transform: transform?.command },
      child,
    );

    // By what the parts know each other.
    const password = new random.RandomPassword(
      `${name}-password`,
      transformed({ length: 32, special: false }, transform?.password),
      child,
    );
    this.password = password.result;

    // Where they run, and what survives a restart.
    this.app = new FlyPlatformApp(name, transformed({ name: app, org }, transform?.app), child);
    // Gatus has a machine only where it watches.
    const has = (part: WatchtowerPartName): boolean => part !== "gatus" || uptime.gatusConfig !== undefined;
    this.volumes = new Map(
      watchtowerPartNames
        .filter(has)
        .filter((part) => "volume" in watchtowerParts[part])
        .map((part) => [
          part,
          new FlyVolume(
            `${name}-${part}`,
            transformed<FlyVolumeArgs>(
              {
                app: this.app.name,
                name: part.replaceAll("-", "_"),
                region,
                sizeGb: watchtower.volumeSize,
                onDestroy: watchtower.volumesOnDestroy,
              },
              transform?.volume,
            ),
            child,
          ),
        ]),
    );

    // The parts. The store comes first: there vmalert reads what it knew before.
    const parts = partMachines(fleet, watchtower);
    const files = { ...rules.files, ...routing.files, ...written.files, ...uptime.files };
    const secrets = {
      ...args.secrets,
      partsPassword: this.password,
      access: password.bcryptHash.apply(accessText),
    };
    const machine = (part: WatchtowerPartName, ...after: pulumi.Resource[]): FlyMachine =>
      new FlyMachine(
        `${name}-${part}`,
        transformed(
          machineArgs({
            part,
            machine: parts[part],
            app: this.app.name,
            region,
            volumeId: this.volumes.get(part)?.volumeId,
            files,
            secrets,
            variables: args.variables ?? {},
          }),
          transform?.machine,
        ),
        { parent: this, dependsOn: after, ignoreChanges: absentSecrets(parts[part], secrets) },
      );
    const metrics = machine("metrics", told);
    const alertmanager = machine("alertmanager", metrics, routing.accepted);
    const exporter = machine("exporter", metrics, ...args.apps);
    this.machines = {
      metrics,
      alertmanager,
      exporter,
      // Where it came first, a slow deploy of the apps would be an exporter that is silent.
      vmalert: machine("vmalert", metrics, alertmanager, exporter, rules.accepted),
      "json-exporter": machine("json-exporter", metrics, told),
      journal: machine("journal", metrics),
      ...(has("gatus") && { gatus: machine("gatus", metrics, ...args.apps) }),
    };
    this.whereabouts = {
      app: this.app.name,
      region,
      pages: Object.fromEntries(
        Object.entries(partPages(watchtower)).filter(([part]) => has(part as WatchtowerPartName)),
      ),
      user: partsUser,
      password: this.password,
    };
    for (const words of missingWays(fleet)) void pulumi.log.warn(words, this);
    this.registerOutputs();
  }
}
