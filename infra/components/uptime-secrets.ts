import * as pulumi from "@pulumi/pulumi";

/** What the outside watch is told and the declarations do not hold. */
export interface UptimeSecrets {
  /** With which a hosted backend posts to Slack; a preview may lack it. */
  readonly slackToken?: pulumi.Output<string> | undefined;
  /** Values of the variables that headers name: "${HOTDASH_SYNTHETIC_TOKEN}". */
  readonly variables?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** In the place of a token that a preview lacks; what is there then counts as unchanged. */
export const absentToken = pulumi.secret("given at the apply");

const variable = /\$\{([A-Z_]+)\}/g;

/** A header's value with its variables filled in; undefined where the stack lacks one. */
export const filledIn = (
  value: string,
  variables: NonNullable<UptimeSecrets["variables"]>,
): pulumi.Input<string> | undefined => {
  const names = [...value.matchAll(variable)].map(([, name = ""]) => name);
  if (names.length === 0) return value;
  const values = names.map((name) => variables[name]);
  if (values.includes(undefined)) return undefined;
  return pulumi
    .all(values)
    .apply((given) => value.replaceAll(variable, (_, name: string) => given[names.indexOf(name)] ?? ""));
};
