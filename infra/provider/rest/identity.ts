import type { ProviderError } from "../errors";
import { failure } from "../http/failures";
import { isList, isObject, type Properties, type Value } from "../properties";
import { addressOf, type RestApi } from "./api";
import type { RestDescription } from "./description";
import { changedNames, readingOf } from "./fields";
import { snakeCase } from "./json";
import type { RestObject } from "./service";
import { reallyThere } from "./settle";
import { stateOf } from "./state";

// Which object of the service is meant: found by its natural key, told from others, imported.

const textOf = (value: Value): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));

export const labelOf = ({ noun, key }: RestDescription, properties: Properties): string =>
  `the ${noun} ${textOf(properties[key[0]])}`;

const isSame = (one: Value, other: Value): boolean => {
  if (isList(one) && isList(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (isObject(one) && isObject(other))
    return Object.keys({ ...one, ...other }).every((key) => isSame(one[key], other[key]));
  return one === other;
};

/**
 * All objects with the natural key of a declaration. One that differs in what cannot change in place is another: the
 * former one of a replacement, say, which is there until the new one is.
 */
export const withKey = async (
  description: RestDescription,
  api: RestApi,
  declared: Properties,
  since?: number,
): Promise<readonly RestObject[]> => {
  const objects = await api.all(description.path(declared), since);
  return objects.filter(keyOf(description, declared));
};

/** The same where a service's reads may be late: also what it shows only now and then, and nothing that is gone. */
export const withKeyForSure = async (
  description: RestDescription,
  api: RestApi,
  declared: Properties,
): Promise<readonly RestObject[]> => {
  const listed = await withKey(description, api, declared);
  const shown = await api.memory.collection(description.path(declared)).thorough(api.client);
  const hasKey = keyOf(description, declared);
  const others = shown.filter((object) => hasKey(object) && !listed.some(({ id }) => id === object.id));
  const there = await reallyThere(api, description.path(declared), [...listed, ...others]);
  return there.filter(hasKey);
};

/** Tells the objects with a declaration's key; of thousands only the properties that count are read. */
const keyOf = (
  { fields, key, replaceOn = [] }: RestDescription,
  declared: Properties,
): ((object: RestObject) => boolean) => {
  const read = Object.fromEntries(
    Object.entries(fields).filter(([name]) => key.includes(name) || replaceOn.includes(name)),
  );
  return ({ attributes }) => {
    const reading = readingOf(read, attributes);
    return (
      key.every((name) => isSame(reading[name], declared[name])) &&
      replaceOn.every((name) => {
        const isTold = reading[name] !== undefined && declared[name] !== undefined;
        return !isTold || isSame(reading[name], declared[name]);
      })
    );
  };
};

/** @throws ProviderError where the object is not this resource's, or already another's of the same program */
export const assertOurs = (
  description: RestDescription,
  api: RestApi,
  object: RestObject,
  declared: Properties,
  urn: string,
): void => {
  const attempted = `creating ${labelOf(description, declared)}`;
  const owner = api.memory.owners.get(addressOf(description.path(declared), object.id));
  if (owner !== undefined && owner.urn !== urn) {
    throw refusal(
      api,
      attempted,
      `another resource of this program is the same (${owner.urn.split("::").at(-1) ?? owner.urn})`,
      `Give one of them another ${description.key.join(" or ")}.`,
    );
  }
  if (description.isOursBy === "key") return;
  const inBody = Object.fromEntries(
    Object.entries(declared).filter(([name]) => description.fields[name]?.isPart !== true),
  );
  const differing = changedNames(description.fields, stateOf(description, object, inBody, {}), inBody);
  if (differing.length === 0) return;
  throw refusal(
    api,
    attempted,
    `one of that name is there (id ${object.id}), with other settings (${differing.join(", ")})`,
    `If it is the same, import it: \`pulumi import ${description.type} NAME ${importId(description, object.id, declared)}\`; otherwise choose another name.`,
  );
};

const importId = ({ parent }: RestDescription, id: string, declared: Properties): string =>
  parent === undefined ? id : `${textOf(declared[parent])}/${id}`;

export const ambiguous = (
  description: RestDescription,
  api: RestApi,
  found: readonly RestObject[],
  attempted: string,
): ProviderError => {
  const ids = found.map(({ id }) => id).join(", ");
  return refusal(
    api,
    attempted,
    `there are ${found.length} of that ${description.key.join(" and ")} (ids ${ids})`,
    `Delete all but one, or import the right one by its id: \`pulumi import ${description.type} NAME ID\`.`,
  );
};

/** What a user means by `text` after `pulumi import`: an id, or the natural key's first part; below its parent's id. */
export const imported = async (
  description: RestDescription,
  api: RestApi,
  text: string,
): Promise<{ readonly object: RestObject; readonly inPath: Properties } | undefined> => {
  const { parent, key } = description;
  const [head = "", ...tail] = text.split("/");
  if (parent !== undefined && tail.length === 0) {
    throw refusal(
      api,
      `importing the ${description.noun} ${text}`,
      `its ${parent} is missing`,
      `Import it as \`${snakeCase(parent).toUpperCase()}/ID\`.`,
    );
  }
  const inPath = parent === undefined ? {} : { [parent]: head };
  const name = parent === undefined ? text : tail.join("/");
  const path = description.path(inPath);
  const byId = (api.service.id ?? /^\d+$/).test(name) ? await api.find(path, name) : undefined;
  if (byId !== undefined) return { object: byId, inPath };
  const objects = await api.all(path);
  const named = objects.filter(
    ({ attributes }) => readingOf(description.fields, attributes)[key[0]] === name,
  );
  if (named.length > 1) throw ambiguous(description, api, named, `importing the ${description.noun} ${name}`);
  const [object] = named;
  return object && { object, inPath };
};

export const refusal = (api: RestApi, attempted: string, answer: string, mend: string): ProviderError =>
  failure(api.service, api.client.host, attempted, answer, mend);
