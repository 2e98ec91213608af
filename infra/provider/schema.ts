import { z } from "zod";
import { configurationKeys } from "./configuration";
import type { ResourceKind } from "./resource";

type TypeSpec = { readonly [key: string]: unknown };

// The engine's schema knows fewer types than zod: everything nested is an object of anything.
const typeSpec = (property: unknown): TypeSpec => {
  const { type, description, default: preset } = (property ?? {}) as TypeSpec;
  const about = { ...(description === undefined ? {} : { description }) };
  if (type === "string" || type === "boolean" || type === "number" || type === "integer") {
    return { type, ...about, ...(preset === undefined ? {} : { default: preset }) };
  }
  return { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" }, ...about };
};

const resourceSpec = (kind: ResourceKind): TypeSpec => {
  const inputs = propertySpecs(kind.inputs);
  const computed = propertySpecs(kind.computed);
  for (const name of kind.secretOutputs)
    computed.properties[name] = { ...computed.properties[name], secret: true };
  return {
    description: kind.description,
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
    properties: { ...inputs.properties, ...computed.properties },
    required: [...inputs.required, ...computed.required],
  };
};

const propertySpecs = (
  schema: z.ZodObject,
): { properties: { [name: string]: TypeSpec }; required: string[] } => {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const specs = Object.entries(properties).map(([name, property]) => [name, typeSpec(property)]);
  return { properties: Object.fromEntries(specs) as { [name: string]: TypeSpec }, required };
};

/** The package schema that `pulumi package get-schema` shows. */
export const packageSchema = (version: string, kinds: readonly ResourceKind[]): string =>
  JSON.stringify({
    name: "flymon",
    version,
    description: "Monitoring as code for apps on Fly.io.",
    meta: { moduleFormat: "(.*)" },
    config: {
      variables: Object.fromEntries(
        Object.entries(configurationKeys).map(([name, { description, secret, environment }]) => [
          name,
          { type: "string", description, secret, defaultInfo: { environment } },
        ]),
      ),
    },
    resources: Object.fromEntries(kinds.map((kind) => [kind.type, resourceSpec(kind)])),
  });
