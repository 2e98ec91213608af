import { messageOf, PartialFailure } from "../errors";
import type { Properties } from "../properties";
import type { RestApi } from "./api";
import type { RestDescription } from "./description";
import { apiNameOf, changedNames, propertyNames, written } from "./fields";
import { labelOf, refusal } from "./identity";
import type { Json, JsonObject } from "./json";
import type { RestObject } from "./service";
import { settledAs } from "./settle";
import { partsOf, stateOf } from "./state";

// Bringing an object that is there in line with its declaration.

/**
 * Sends what differs and returns the state that is there then.
 * @throws PartialFailure with the state as it is, once something of it has been found, made or changed
 */
export const bringInLine = async (
  description: RestDescription,
  api: RestApi,
  found: RestObject | undefined,
  id: string,
  before: Properties,
  declared: Properties,
): Promise<Properties> => {
  const { fields, updatesWith = [] } = description;
  const path = description.path(declared);
  const changed = changedNames(fields, before, declared);
  const own = Object.keys(fields).filter((name) => !fields[name]?.isPart && !fields[name]?.isInPath);
  const isGivenAlong = (name: string): boolean =>
    changed.includes(fields[name]?.sentWith ?? "") || updatesWith === "all" || updatesWith.includes(name);
  const inBody = own.some((name) => changed.includes(name))
    ? own.filter((name) => changed.includes(name) || (declared[name] !== undefined && isGivenAlong(name)))
    : [];
  const parts = Object.entries(description.parts ?? {}).filter(
    ([name]) => changed.includes(name) && declared[name] !== undefined,
  );
  let object = found;
  try {
    if (inBody.length > 0) {
      const body = changesAsSent(description, inBody, declared, found?.attributes ?? {});
      object = await api.patch(
        path,
        id,
        packed(description, { ...description.alwaysSent, ...body }, declared),
      );
    }
    // What was made, adopted or changed must show before anything is built on it.
    if (object !== undefined) object = await settledAs(description, api, object, declared);
    object ??= await existing(api, path, id, `updating ${labelOf(description, before)}`);
    for (const [, part] of parts) await part.write(api, object, declared);
    return stateOf(description, object, declared, await partsOf(description, api, object, declared));
  } catch (error) {
    if (object === undefined) throw error;
    const told = api.client.explained(
      error,
      `setting up ${labelOf(description, declared)}`,
      propertyNames(fields),
    );
    const seen = await partsOf(description, api, object, declared).catch(() => ({}));
    throw new PartialFailure(id, stateOf(description, object, declared, seen), [messageOf(told)]);
  }
};

/** A create's or update's body in the form that the service takes. */
export const packed = ({ pack }: RestDescription, body: JsonObject, declared: Properties): JsonObject =>
  pack?.(body, declared) ?? body;

/** What the service does not tell is sent again to an object that is adopted. */
export const withoutUntold = ({ fields }: RestDescription, state: Properties): Properties =>
  Object.fromEntries(Object.entries(state).filter(([name]) => fields[name]?.isWriteOnly !== true));

/** @throws ProviderError when it is gone */
export const existing = async (
  api: RestApi,
  path: string,
  id: string,
  attempted: string,
): Promise<RestObject> => {
  const found = await api.get(path, id);
  if (found !== undefined) return found;
  const mend = "Run `pulumi refresh` to forget it; the next `pulumi up` makes it anew.";
  throw refusal(api, attempted, `it is gone (id ${id})`, mend);
};

const changesAsSent = (
  { fields }: RestDescription,
  changed: readonly string[],
  declared: Properties,
  found: JsonObject,
): JsonObject =>
  Object.fromEntries(
    changed.flatMap((name): [string, Json][] => {
      const field = fields[name];
      if (field === undefined) return [];
      const api = apiNameOf(name, field);
      const isDeclared = declared[name] !== undefined && declared[name] !== null;
      if (!isDeclared && field.empty === undefined) return [];
      const wanted = isDeclared ? written(fields, name, declared) : field.empty;
      return [[api, field.merge?.(wanted, found[api]) ?? wanted]];
    }),
  );
