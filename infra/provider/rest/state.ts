import type { Properties } from "../properties";
import type { RestApi } from "./api";
import type { RestDescription } from "./description";
import { isEmpty, managedPart, readingOf, type Field } from "./fields";
import type { RestObject } from "./service";

// What is in the state of a resource: what is declared as it really is, and the computed properties.

/** The parts that a declaration speaks of; all of them where there is no declaration. */
export const partsOf = async (
  { parts = {} }: RestDescription,
  api: RestApi,
  object: RestObject,
  declared: Properties | undefined,
): Promise<Properties> => {
  const wanted = Object.entries(parts).filter(
    ([name]) => declared === undefined || declared[name] !== undefined,
  );
  return Object.fromEntries(
    await Promise.all(wanted.map(async ([name, part]) => [name, await part.read(api, object)] as const)),
  );
};

export const computedOf = ({ computed = {} }: RestDescription, object: RestObject): Properties =>
  Object.fromEntries(Object.entries(computed).map(([name, { read }]) => [name, read(object)]));

/** The state of a declared resource: the declared properties as they really are. */
export const stateOf = (
  description: RestDescription,
  object: RestObject,
  declared: Properties,
  parts: Properties,
): Properties => {
  const reading = { ...readingOf(description.fields, object.attributes), ...parts };
  return {
    ...managedPart(description.fields, declared, reading, object.attributes),
    ...computedOf(description, object),
  };
};

/** A declaration cannot leave it out, so that its emptiness must be told. */
const isNeeded = ({ schema }: Field): boolean => !schema.safeParse(undefined).success;

/**
 * An imported resource: its state is all that the service tells; its inputs, as somebody would declare it, leave out
 * what is empty. A declaration may name that, too.
 */
export const importedFrom = (
  description: RestDescription,
  object: RestObject,
  parts: Properties,
  inPath: Properties,
): { readonly state: Properties; readonly inputs: Properties } => {
  const reading = { ...readingOf(description.fields, object.attributes), ...parts };
  const told = Object.entries(reading).filter(([name, value]) => {
    const field = description.fields[name];
    return field === undefined || isNeeded(field) || !isEmpty(value, field);
  });
  return {
    state: { ...inPath, ...reading, ...computedOf(description, object) },
    inputs: { ...inPath, ...Object.fromEntries(told) },
  };
};

/** What a create says: all that is declared but for the parts, which have addresses of their own. */
export const withoutParts = ({ fields }: RestDescription, declared: Properties): Properties =>
  Object.fromEntries(Object.entries(declared).filter(([name]) => fields[name]?.isPart !== true));
