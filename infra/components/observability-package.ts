import { createRequire } from "node:module";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { Refusal } from "../model/diagnostics";
import { observabilityPackages, type NamedObservability } from "../model/observability";
import { stackFile } from "../model/settings";

/** A resource's class of a Pulumi package, as far as the components use it. */
export type ResourceClass<Args extends object> = new (
  name: string,
  args: Args,
  options?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const isMissing = (error: unknown, name: string): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "MODULE_NOT_FOUND" &&
  error.message.includes(`'${name}'`);

/**
 * The classes of a service's Pulumi package, out of the project's node_modules. Nothing imports these packages: only a
 * stack that names the service loads its package, and only who has such a stack installs it.
 * @param root the folder of the project's package.json
 * @throws Refusal where it is not installed, or is no such package
 */
export const classesOf = <Classes extends { readonly [name: string]: ResourceClass<never> }>(
  service: NamedObservability,
  names: readonly (keyof Classes & string)[],
  { root, stack }: { readonly root: string; readonly stack: string },
): Classes => {
  const { title, name, version } = observabilityPackages[service];
  const refusal = (limit: string): Refusal =>
    new Refusal([
      {
        file: stackFile(stack),
        subject: "hotdash",
        field: "observability",
        value: service,
        limit,
        mend: `install it: npm install --save-exact ${name}@${version}; or set observability to none`,
      },
    ]);
  let loaded: unknown;
  try {
    loaded = createRequire(path.resolve(root, "package.json"))(name);
  } catch (error) {
    if (isMissing(error, name))
      throw refusal(`a service whose Pulumi package is installed; ${title}'s, ${name}, is not`);
    throw error;
  }
  const found = Object(loaded) as Record<string, unknown>;
  const absent = names.filter((wanted) => typeof found[wanted] !== "function");
  if (absent.length > 0)
    throw refusal(`a service whose Pulumi package has ${absent.join(", ")}; the installed ${name} has not`);
  return found as Classes;
};
