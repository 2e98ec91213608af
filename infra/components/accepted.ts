import { createHash } from "node:crypto";
import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { Texts, TextsArgs } from "./written-file";

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

export interface AcceptedArgs {
  /** The files, and what they hold. */
  readonly texts: Texts;
  readonly args: TextsArgs;
  /** Which of `flymon check`'s judges are asked. */
  readonly only: readonly string[];
  readonly transform?: Transform<local.CommandArgs> | undefined;
}

/**
 * The engines' own verdict on written files, at an apply: again whenever one of them changes, and never in a preview.
 * What is to run on the files depends on this, so that nothing is placed that its engine would refuse.
 */
export const accepted = (
  name: string,
  { texts, args: { directory, files }, only, transform }: AcceptedArgs,
  options: pulumi.CustomResourceOptions,
): local.Command =>
  new local.Command(
    name,
    transformed<local.CommandArgs>(
      {
        create: `node ops/bin/flymon.cjs check --in ${quoted(directory)} --only ${only.join(",")}`,
        triggers: [
          createHash("sha256")
            .update(JSON.stringify([directory, files]))
            .digest("hex"),
        ],
      },
      transform,
    ),
    { ...options, dependsOn: [texts] },
  );
