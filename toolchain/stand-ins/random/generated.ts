import type { ResourceType } from "../provider/resource-type";
import type { Values } from "../provider/values";

/** A resource that is made once and kept: any changed input (a keeper, say) makes a new one. */
export const generated = (
  type: Pick<ResourceType, "check" | "computed"> & {
    readonly secretOutputs?: readonly string[];
    readonly generate: (inputs: Values) => Promise<{ id: string; values: Values }>;
  },
): ResourceType => ({
  check: type.check,
  computed: type.computed,
  secretOutputs: type.secretOutputs ?? [],
  spreadsSecrets: false,
  replaceOn: () => true,
  async create(inputs) {
    const { id, values } = await type.generate(inputs);
    return { id, outputs: { ...inputs, ...values } };
  },
});
