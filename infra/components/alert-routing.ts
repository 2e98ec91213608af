import type { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { exclusionsPast, exclusionWords } from "../model/mutes";
import { resourceTypes } from "../model/resources";
import { alertmanagerTexts } from "../render/alertmanager/texts";
import { accepted } from "./accepted";
import { outputTexts } from "./output-path";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { TextsArgs } from "./written-file";
import { Texts } from "./written-file";

export interface AlertRoutingArgs {
  readonly fleet: Fleet;
  readonly transform?: {
    readonly texts?: Transform<TextsArgs>;
    readonly command?: Transform<local.CommandArgs>;
  };
}

/** Which alert reaches whom, when and in which words: Alertmanager's configuration, accepted by amtool. */
export class AlertRouting extends pulumi.ComponentResource<void> {
  readonly texts: Texts;
  /** What they hold, by path below the stack's folder. */
  readonly files: TextsArgs["files"];
  /** amtool's own verdict: what runs on the configuration depends on it. */
  readonly accepted: local.Command;

  constructor(
    name: string,
    { fleet, transform }: AlertRoutingArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(resourceTypes.alertRouting, name, {}, options);
    const child = { parent: this };

    const args = transformed(outputTexts(alertmanagerTexts(fleet), fleet.settings), transform?.texts);
    this.files = args.files;
    this.texts = new Texts(name, args, child);
    this.accepted = accepted(
      `${name}-accepted`,
      { texts: this.texts, args, only: ["alertmanager"], transform: transform?.command },
      child,
    );
    for (const exclusion of exclusionsPast(fleet.alerting.exclusions, new Date()))
      void pulumi.log.warn(
        `The exclusion of ${exclusionWords(exclusion)} has ended on ${exclusion.until}: remove it from infra/fleet/alerting.ts.`,
        this,
      );
    this.registerOutputs();
  }
}
