import { expect, it } from "vitest";
import { z } from "zod";
import type { ResourceKind } from "../../infra/provider/resource";
import { miniEngine } from "../support/mini-engine";

// What a resource declares of its own destruction shows nowhere outside, so that no import can find it.

type Inputs = { readonly name: string; readonly onDestroy: "delete" | "keep" };

const type = "flymon:test:Thing";
const world = (...names: string[]) => {
  const things = new Set(names);
  const kind: ResourceKind<Inputs> = {
    type,
    description: "A thing.",
    inputs: z.strictObject({ name: z.string(), onDestroy: z.enum(["delete", "keep"]).default("delete") }),
    computed: z.object({}),
    replaceOn: ["name"],
    wishes: ["onDestroy"],
    secretOutputs: [],
    openInputs: [],
    create: (inputs) => {
      things.add(inputs.name);
      return Promise.resolve({ id: inputs.name, state: inputs });
    },
    read: (id, state) =>
      Promise.resolve(
        things.has(id) ? { id, state: { name: id, onDestroy: state?.onDestroy ?? "delete" } } : undefined,
      ),
    update: (_id, _state, inputs) => Promise.resolve(inputs),
    delete: (id, { onDestroy }) => {
      if (onDestroy === "delete") things.delete(id);
      return Promise.resolve();
    },
  };
  return { things, pulumi: miniEngine(() => [kind], {}) };
};

it("is no difference after an import, whatever is declared, and after a refresh neither", async () => {
  const { pulumi } = world("shop");
  await pulumi.importing("it", type, "shop");
  for (const onDestroy of ["keep", "delete"]) {
    expect(pulumi.preview("it", type, { name: "shop", onDestroy })).toEqual([]);
    await pulumi.refresh("it");
    expect(pulumi.preview("it", type, { name: "shop", onDestroy })).toEqual([]);
  }
});

it("is obeyed once it is known; until then a destroy leaves alone what may have to be kept, and says so", async () => {
  const { pulumi, things } = world("shop");
  await pulumi.importing("it", type, "shop");
  await pulumi.refresh("it");
  await pulumi.destroy("it");
  expect([...things]).toEqual(["shop"]);
  expect(pulumi.logged.join()).toMatch(/^warning: shop stays: .*run `pulumi up` before the destroy/);

  for (const onDestroy of ["keep", "delete"]) {
    await pulumi.up("it", type, { name: "shop", onDestroy });
    await pulumi.refresh("it");
    await pulumi.destroy("it");
    expect([...things]).toEqual(onDestroy === "keep" ? ["shop"] : []);
  }
});
