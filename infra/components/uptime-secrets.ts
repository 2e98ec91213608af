import * as pulumi from "@pulumi/pulumi";

/** What the outside watch is told and the declarations do not hold. */
export interface UptimeSecrets {
  /** With which Better Stack posts to Slack; a preview may lack it. */
  readonly slackToken?: pulumi.Output<string> | undefined;
  /** Addresses of Slack's incoming webhooks by channel, through which UptimeRobot posts; a preview may lack some. */
  readonly slackWebhooks?: Readonly<Record<string, pulumi.Output<string>>>;
  /** Values of the variables that headers name: "${HOTDASH_SYNTHETIC_TOKEN}". */
  readonly variables?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** In the place of what a preview lacks; what is there then counts as unchanged. */
export const absentToken = pulumi.secret("given at the apply");
export const absentWebhook = pulumi.secret("https://hooks.slack.com/given-at-the-apply");

const variable = /\$\{([A-Z_]+)\}/g;

const namesVariable = (headers: Readonly<Record<string, string>>): boolean =>
  Object.values(headers).some((value) => value.search(variable) !== -1);

/** The property with the headers, where some have values of variables: what a service answers of it is secret, too. */
export const secretHeaders = (
  property: string,
  headers: Readonly<Record<string, string>>,
): { readonly additionalSecretOutputs: string[] } => ({
  additionalSecretOutputs: namesVariable(headers) ? [property] : [],
});

/** Headers as a property: secret as a whole where some have values of variables, however a service reorders them. */
export const asProperty = <Property>(
  property: Property,
  declared: Readonly<Record<string, string>>,
): Property | pulumi.Output<pulumi.Unwrap<Property>> =>
  namesVariable(declared) ? pulumi.secret(property) : property;

/** A header's value with its variables filled in; undefined where the stack lacks one. */
const filledIn = (
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

/** Headers with their variables filled in; one whose value the stack lacks is left out, with a warning. */
export const headersWith = (
  headers: Readonly<Record<string, string>>,
  { variables = {} }: UptimeSecrets,
  about: { readonly monitor: string; readonly resource: pulumi.Resource },
): Record<string, pulumi.Input<string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const filled = filledIn(value, variables);
      if (filled !== undefined) return [[name, filled]];
      const words = `${about.monitor} is asked without ${name}: the stack has no value of ${value}.`;
      void pulumi.log.warn(words, about.resource);
      return [];
    }),
  );
