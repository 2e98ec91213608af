import type { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { resourceTypes } from "../model/resources";
import { alertTexts, isProof } from "../render/alerts/texts";
import { accepted } from "./accepted";
import { outputTexts } from "./output-path";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { TextsArgs } from "./written-file";
import { Texts } from "./written-file";

export interface AlertRulesArgs {
  readonly fleet: Fleet;
  readonly transform?: {
    readonly texts?: Transform<TextsArgs>;
    readonly command?: Transform<local.CommandArgs>;
  };
}

/** The alert rules of all apps, accepted by vmalert, and the proof of each as vmalert-tool runs it. */
export class AlertRules extends pulumi.ComponentResource<void> {
  readonly texts: Texts;
  /** What they hold, by path below the stack's folder. */
  readonly files: TextsArgs["files"];
  /** vmalert's own verdict: what runs on the rules depends on it. */
  readonly accepted: local.Command;

  constructor(name: string, { fleet, transform }: AlertRulesArgs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.alertRules, name, {}, options);
    const child = { parent: this };

    const args = transformed(outputTexts(alertTexts(fleet), fleet.settings, isProof), transform?.texts);
    this.files = args.files;
    this.texts = new Texts(name, args, child);
    this.accepted = accepted(
      `${name}-accepted`,
      { texts: this.texts, args, only: ["alerts"], transform: transform?.command },
      child,
    );
    this.registerOutputs();
  }
}
