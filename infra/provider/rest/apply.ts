import { messageOf, PartialFailure } from "../errors";
import type { Properties } from "../properties";
import type { RestApi } from "./api";
import type { RestDescription } from "./description";
import { apiNameOf, changedNames, propertyNames, written } from "./fields";
import { labelOf, refusal } from "./identity";
import type { Json, JsonObject } from "./json";
import type { RestObject } from "./service";
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
  const { fields } = description;
  const path = description.path(declared);
  const changed = changedNames(fields, before, declared);
  const inBody = Object.keys(fields).filter(
    (name) =>
      !fields[name]?.isPart &&
      !fields[name]?.isInPath &&
      (changed.includes(name) ||
        (declared[name] !== undefined && changed.includes(fields[name]?.sentWith ?? ""))),
  );
  const parts = Object.entries(description.parts ?? {}).filter(
    ([name]) => changed.includes(name) && declared[name] !== undefined,
  );
  let object = found;
  try {
    if (inBody.length > 0) {
      const body = changesAsSent(description, inBody, declared, found?.attributes ?? {});
      object = await api.patch(path, id, { ...description.alwaysSent, ...body });
      object = await settled(description, api, object, declared);
    }
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

/** What a create says: all that is declared but for the parts, which have addresses of their own. */
export const withoutParts = ({ fields }: RestDescription, declared: Properties): Properties =>
  Object.fromEntries(Object.entries(declared).filter(([name]) => fields[name]?.isPart !== true));

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

const settlePauseMs = 2_000;

/** Looks until the service shows what was written several times in a row, where one answer is not enough. */
export const settled = async (
  description: RestDescription,
  api: RestApi,
  object: RestObject,
  declared: Properties,
): Promise<RestObject> => {
  const { settledLooks = 0, settlesWithin } = api.service;
  const { clock, signal } = api.client;
  const deadline = clock.now() + settlesWithin;
  const inBody = withoutParts(description, declared);
  let latest = object;
  for (let equal = 0; equal < settledLooks && clock.now() < deadline;) {
    await clock.sleep(settlePauseMs, signal);
    const found = await api.get(description.path(declared), object.id);
    if (found === undefined) continue;
    latest = found;
    const state = stateOf(description, found, inBody, {});
    equal = changedNames(description.fields, state, inBody).length === 0 ? equal + 1 : 0;
  }
  if (settledLooks > 0) api.memory.collection(description.path(declared)).note(api.client, latest);
  return latest;
};
