import { z } from "zod";
import { systemWorld, type HttpWorld } from "../http/client";
import type { Properties } from "../properties";
import type { ResourceContext, ResourceKind } from "../resource";
import { openApi, type RestApi } from "./api";
import type { Computed } from "./description";
import { schemaOf, type Fields } from "./fields";
import { refusal } from "./identity";
import type { RestObject, RestService } from "./service";

/** A kind of thing that a program needs and only a person can make. */
export interface LookUpDescription {
  readonly type: ResourceKind["type"];
  readonly description: string;
  /** In messages: "Slack integration". */
  readonly noun: string;
  readonly fields: Fields;
  readonly computed: { readonly [name: string]: Computed };
  readonly path: string;
  /** In messages: "#incidents". */
  readonly label: (inputs: Properties) => string;
  readonly isMeant: (object: RestObject, inputs: Properties) => boolean;
  /** Inputs of one that is imported. */
  readonly inputsOf: (object: RestObject) => Properties;
  /** Why one that is there cannot be used; undefined where it can. */
  readonly unusable: (object: RestObject) => string | undefined;
  /** What a person has to do when it is not there or cannot be used. */
  readonly mend: (inputs: Properties) => string;
}

/** Reads what is there and makes nothing: it fails with what to do where it is not, and destroying it does nothing. */
export const lookUpKind = (
  service: RestService,
  description: LookUpDescription,
  world: HttpWorld = systemWorld,
): ResourceKind => {
  const { computed, path } = description;
  const attempt = (inputs: Properties): string =>
    `looking up the ${description.noun} ${description.label(inputs)}`;
  const open = (context: ResourceContext, attempted: string): RestApi =>
    openApi(world, service, context, attempted);
  const computedOf = (object: RestObject): Properties =>
    Object.fromEntries(Object.entries(computed).map(([name, { read }]) => [name, read(object)]));

  const meant = async (api: RestApi, inputs: Properties): Promise<RestObject> => {
    const attempted = attempt(inputs);
    const found = (await api.all(path)).filter((object) => description.isMeant(object, inputs));
    const usable = found.filter((object) => description.unusable(object) === undefined);
    const [object] = usable;
    if (usable.length > 1) {
      const ids = usable.map(({ id }) => id).join(", ");
      throw refusal(api, attempted, `there are several (ids ${ids})`, "Remove all but one there.");
    }
    if (object !== undefined) return object;
    const why = found[0] && description.unusable(found[0]);
    throw refusal(api, attempted, why ?? "there is none", description.mend(inputs));
  };

  const looked = (inputs: Properties, context: ResourceContext): Promise<RestObject> => {
    const attempted = attempt(inputs);
    const api = open(context, attempted);
    return api.told(attempted, () => meant(api, inputs));
  };

  return {
    type: description.type,
    description: description.description,
    inputs: schemaOf(description.fields),
    computed: z.object(
      Object.fromEntries(Object.entries(computed).map(([name, { schema }]) => [name, schema])),
    ),
    replaceOn: Object.keys(description.fields),
    secretOutputs: [],
    openInputs: [],

    create: async (inputs, context) => {
      const object = await looked(inputs, context);
      return { id: object.id, state: { ...inputs, ...computedOf(object) } };
    },
    read: (id, state, context, inputs) => {
      const attempted = state === undefined ? `reading the ${description.noun} ${id}` : attempt(state);
      const api = open(context, attempted);
      return api.told(attempted, async () => {
        const object = await api.find(path, id);
        if (object === undefined || description.unusable(object) !== undefined) return undefined;
        const declared = inputs ?? description.inputsOf(object);
        return { id, state: { ...declared, ...computedOf(object) } };
      });
    },
    update: (_id, state) => Promise.resolve(state), // every input replaces
    delete: () => Promise.resolve(),
    forecast: async (inputs, context) => {
      // A preview without a token tells what it can; the apply asks for one.
      if (context.configuration[service.tokenKey] === undefined) return;
      await looked(inputs, context).catch((error: unknown) => {
        if (error instanceof Error) context.log("warning", error.message);
      });
    },
  };
};
