import type { ResourceType } from "./resource-type";
import { holdsSecret, secret, UNKNOWN, type Values } from "./values";

/** Outputs as the engine gets them: secret where the type says so, or where the input of that name was. */
export const sealed = (type: ResourceType, inputs: Values, outputs: Values): Values => {
  const anySecret = Object.values(inputs).some(holdsSecret);
  const isSecret = (name: string): boolean =>
    type.secretOutputs.includes(name) ||
    (type.spreadsSecrets && anySecret && type.computed.includes(name)) ||
    holdsSecret(inputs[name] ?? null);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, isSecret(name) ? secret(value) : value]),
  );
};

/** What a preview can say of a resource that would be created or updated: its inputs, and that the rest is unknown. */
export const previewed = (type: ResourceType, inputs: Values, state: Values = {}): Values => ({
  ...Object.fromEntries(type.computed.map((name) => [name, state[name] ?? UNKNOWN])),
  ...inputs,
});
