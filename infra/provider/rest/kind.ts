import { z } from "zod";
import { systemWorld, type HttpWorld } from "../http/client";
import { createOnce } from "../http/create-once";
import type { Properties } from "../properties";
import type { ResourceContext, ResourceKind } from "../resource";
import { addressOf, openApi, type RestApi } from "./api";
import { bringInLine, existing, packed, withoutUntold } from "./apply";
import { conflict } from "./conflict";
import type { RestDescription } from "./description";
import { bodyOf, canonical, changedNames, comparable, propertyNames, schemaOf } from "./fields";
import { ambiguous, assertOurs, imported, labelOf, withKey, withKeyForSure } from "./identity";
import type { Json } from "./json";
import type { RestObject, RestService } from "./service";
import { settledGone } from "./settle";
import { importedFrom, partsOf, stateOf, withoutParts } from "./state";

/** A kind of resource that a service keeps as objects with an id, from its description. */
export const restKind = (
  service: RestService,
  description: RestDescription,
  world: HttpWorld = systemWorld,
): ResourceKind => {
  const { fields, computed = {}, path: pathOf } = description;
  const names = propertyNames(fields);
  const open = (context: ResourceContext, attempted: string): RestApi =>
    openApi(world, service, context, attempted);

  const kind: ResourceKind = {
    type: description.type,
    description: description.description,
    inputs: withRules(schemaOf(fields), description.rules),
    computed: z.object(
      Object.fromEntries(Object.entries(computed).map(([name, { schema }]) => [name, schema])),
    ),
    replaceOn: description.replaceOn ?? [],
    secretOutputs: Object.keys(computed).filter((name) => computed[name]?.isSecret),
    openInputs: [],

    secretInputs: (inputs) => description.secretInputs?.(inputs) ?? [],
    refuse: (inputs, configuration) => description.refuse?.(inputs, configuration) ?? [],
    refuseChange: (former, inputs) => description.refuseChange?.(former, inputs) ?? [],
    normalize: (inputs) => canonical(fields, inputs),
    managed: (state, declared) => comparable(fields, state, declared),
    plan: (_inputs, state) =>
      Object.fromEntries(
        Object.keys(computed).flatMap((name) => (state?.[name] === undefined ? [] : [[name, state[name]]])),
      ),

    create: (declared, context) => {
      const label = labelOf(description, declared);
      const attempted = `creating ${label}`;
      const api = open(context, attempted);
      const path = pathOf(declared);
      const own = (object: RestObject, isAdopted: boolean): void => {
        api.memory.owners.set(addressOf(path, object.id), { urn: context.urn, isAdopted });
      };
      const named = description.isCreatedAlone ? [] : description.key.map((name) => declared[name] as Json);
      const key = JSON.stringify([path, ...named]);
      const make = async (): Promise<{ id: string; state: Properties }> => {
        const known = await withKeyForSure(description, api, declared);
        const [same] = known;
        if (known.length > 1) throw ambiguous(description, api, known, attempted);
        if (same !== undefined) {
          assertOurs(description, api, same, declared, context.urn);
          context.log("info", `${label} is there already (id ${same.id}) and is adopted.`);
          own(same, true);
          const parts = await partsOf(description, api, same, declared);
          const before = withoutUntold(description, stateOf(description, same, declared, parts));
          return { id: same.id, state: await bringInLine(description, api, same, same.id, before, declared) };
        }
        const body = {
          ...service.createsWith?.(context.configuration),
          ...description.alwaysSent,
          ...bodyOf(fields, declared),
        };
        const made = await createOnce({
          create: () => api.post(path, packed(description, body, declared)),
          findByKey: () => withKey(description, api, declared, api.client.clock.now()),
          ambiguous: (found) => ambiguous(description, api, found, attempted),
          ...(service.mayBeMade && { mayBeMade: service.mayBeMade }),
          settlesWithin: service.settlesWithin,
          clock: api.client.clock,
          signal: context.signal,
        });
        own(made, false);
        const asMade = withoutParts(description, declared);
        return { id: made.id, state: await bringInLine(description, api, made, made.id, asMade, declared) };
      };
      const madeOrTold = async (): Promise<{ id: string; state: Properties }> => {
        try {
          return await make();
        } catch (error) {
          throw (await conflict(description, api, declared, error)) ?? error;
        }
      };
      return api.told(attempted, () => api.memory.lock(key, madeOrTold), names);
    },

    read: (id, state, context, inputs) => {
      const attempted = `reading ${state === undefined ? `the ${description.noun} ${id}` : labelOf(description, state)}`;
      const api = open(context, attempted);
      return api.told(attempted, async () => {
        if (state === undefined) {
          const found = await imported(description, api, id);
          if (found === undefined) return undefined;
          const parts = await partsOf(description, api, found.object, undefined);
          return {
            id: found.object.id,
            ...importedFrom(description, found.object, parts, found.inPath),
          };
        }
        const object = await api.find(pathOf(state), id);
        if (object === undefined) return undefined;
        const declared = inputs ?? Object.fromEntries(Object.keys(fields).map((name) => [name, state[name]]));
        const parts = await partsOf(description, api, object, declared);
        return { id, state: stateOf(description, object, declared, parts), inputs: declared };
      });
    },

    update: (id, state, declared, context) => {
      const attempted = `updating ${labelOf(description, state)}`;
      const api = open(context, attempted);
      return api.told(
        attempted,
        async () => {
          // What is merged with what is there needs a look at it first.
          const isMerged = changedNames(fields, state, declared).some((name) => fields[name]?.merge);
          const found = isMerged ? await existing(api, pathOf(declared), id, attempted) : undefined;
          return bringInLine(description, api, found, id, state, declared);
        },
        names,
      );
    },

    delete: (id, state, context) => {
      const label = labelOf(description, state);
      const attempted = `deleting ${label}`;
      const api = open(context, attempted);
      const path = pathOf(state);
      // A resource that was renamed in the program is a new one that adopts, and an old one that goes.
      if (api.memory.owners.get(addressOf(path, id))?.isAdopted === true) {
        context.log("info", `${label} stays: another resource of this program has adopted it.`);
        return Promise.resolve();
      }
      return api.told(attempted, async () => {
        await api.remove(path, id);
        await settledGone(api, path, id);
      });
    },
  };
  return kind;
};

const withRules = (schema: z.ZodObject, rules: RestDescription["rules"]): z.ZodObject =>
  rules === undefined
    ? schema
    : schema.superRefine((inputs, context) => {
        rules(inputs as Properties, (property, message) => {
          context.addIssue({ code: "custom", path: [property], message });
        });
      });
