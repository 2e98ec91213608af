import * as pulumi from "@pulumi/pulumi";
import type { PackedTexts } from "../model/packed-texts";
import { resourceTypes } from "../model/resources";
import type { Settings as Data } from "../render/toml-text";

/** A file the provider writes: relative to the project's root, with comment lines at its head. */
export interface WrittenFileArgs {
  readonly path: string;
  readonly header: string;
  readonly settings: Data;
}

/** The fly.toml fragment of an app. Refresh sees an edited or removed file; the next up puts it back. */
export class FlyToml extends pulumi.CustomResource {
  constructor(name: string, args: WrittenFileArgs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.flyToml, name, { ...args }, options);
  }
}

/** The configuration of Gatus. */
export class GatusConfig extends pulumi.CustomResource {
  constructor(name: string, args: WrittenFileArgs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.gatusConfig, name, { ...args }, options);
  }
}

/** Files the provider writes below one folder, as they are. */
export interface TextsArgs {
  /** From the project's root. */
  readonly directory: string;
  /** Text by path below the directory: a diff shows its lines. */
  readonly files: Readonly<Record<string, string>>;
  /** More texts, of which a diff shows only that they changed. */
  readonly packed?: PackedTexts;
}

/** Plain texts below one folder. What is edited or removed is seen by refresh; the next up puts it back. */
export class Texts extends pulumi.CustomResource {
  constructor(name: string, args: TextsArgs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.texts, name, { ...args }, options);
  }
}
