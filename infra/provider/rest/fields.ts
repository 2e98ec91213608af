import { z } from "zod";
import { changesBetween } from "../diff";
import { containsUnknown, isList, isObject, type Properties, type Value } from "../properties";
import { plain, type Spelling } from "./codec";
import { camelCase, snakeCase, type Json, type JsonObject } from "./json";

/** One input of a kind: what may be declared, how the service has it, and how it behaves there. */
export interface Field extends Spelling {
  readonly schema: z.ZodType;
  /** Part of the address instead of the body: the parent's id. */
  readonly isInPath?: boolean;
  /** The service does not tell it, or tells it otherwise (shifts positions): what was declared stands. */
  readonly isWriteOnly?: boolean;
  /** What empties it when it is no longer declared; without this it is then left as it is. */
  readonly empty?: null | false | "" | readonly never[] | { readonly [name: string]: never };
  /** Sent also when this other property changes, by which its meaning goes. */
  readonly sentWith?: string;
  /** Makes of the wanted value and the one that is there what the update sends: ids of what is to go, say. */
  readonly merge?: (wanted: Json, found: Json) => Json;
  /** Brings what was found into the order of what is declared, where only one order is declared and none is kept. */
  readonly align?: (declared: Value, found: Value) => Value;
  /** A table whose entries are all the declaration's: one that it does not name is a difference. */
  readonly isWhole?: boolean;
  /** Has an address of its own, beside the object's: see {@link Part}. */
  readonly isPart?: boolean;
}

export type Fields = { readonly [name: string]: Field };

/** A field for each of the inputs, none left out. */
export type FieldsOf<Inputs> = { readonly [Name in keyof Inputs]-?: Field };

/** A field with its description. */
export const field = (schema: z.ZodType, about: string, more: Omit<Field, "schema"> = {}): Field => ({
  schema: schema.describe(about),
  ...more,
});

/** A field that need not be declared. */
export const optional = (schema: z.ZodType, about: string, more: Omit<Field, "schema"> = {}): Field =>
  field(schema.optional(), about, more);

export const apiNameOf = (name: string, field: Field): string => field.api ?? snakeCase(name);

/** The schema of all inputs; unknown properties are refused. */
export const schemaOf = (fields: Fields): z.ZodObject =>
  z.strictObject(Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])));

/** One property as the service has it. */
export const written = (fields: Fields, name: string, inputs: Properties): Json =>
  (fields[name]?.codec ?? plain).write(inputs[name], inputs);

/** The declared properties as a create sends them. */
export const bodyOf = (fields: Fields, inputs: Properties): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.isInPath || field.isPart || inputs[name] === undefined || inputs[name] === null
        ? []
        : [[apiNameOf(name, field), written(fields, name, inputs)]],
    ),
  );

/** What an object of the service says of itself, in the declaration's words. */
export const readingOf = (fields: Fields, attributes: JsonObject): Properties =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]): [string, Value][] => {
      if (field.isInPath || field.isPart) return [];
      const value = (field.codec ?? plain).read(attributes[apiNameOf(name, field)], attributes);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** Inputs in the one form that comparisons use; what is not known yet is left alone. */
export const canonical = (fields: Fields, inputs: Properties): Properties => {
  const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !containsUnknown(value)));
  const attributes = bodyOf(fields, known);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]): [string, Value] => {
      const field = fields[name];
      if (field?.codec === undefined || value === undefined || !(name in known)) return [name, value];
      const json = field.codec.write(value, known);
      return [name, field.codec.read(json, attributes) ?? value];
    }),
  );
};

/**
 * What was found, as far as the declaration speaks of it: what services add to nested objects (ids, defaults, a
 * member's email beside its id) is no difference.
 */
export const asDeclared = (declared: Value, found: Value): Value => {
  if (isList(declared) && isList(found))
    return found.map((item, index) => (index < declared.length ? asDeclared(declared[index], item) : item));
  if (isObject(declared) && isObject(found)) {
    return Object.fromEntries(
      Object.entries(declared).flatMap(([key, value]) =>
        found[key] === undefined ? [] : [[key, asDeclared(value, found[key])]],
      ),
    );
  }
  return found;
};

/** What was found of one property, as far as the declaration speaks of it and in its order. */
const managedValue = (field: Field, declared: Value, found: Value): Value => {
  const aligned = found === undefined ? found : (field.align?.(declared, found) ?? found);
  return field.isWhole ? aligned : asDeclared(declared, aligned);
};

/** The managed part of a reading: what is declared and nothing else. */
export const managedPart = (
  fields: Fields,
  declared: Properties,
  reading: Properties,
  attributes: JsonObject,
): Properties =>
  Object.fromEntries(
    Object.entries(declared).flatMap(([name, value]): [string, Value][] => {
      const field = fields[name];
      if (field === undefined || value === undefined || value === null) return [];
      const isUntold =
        field.isInPath === true ||
        field.isWriteOnly === true ||
        (field.isPart !== true && attributes[apiNameOf(name, field)] === undefined);
      if (isUntold) return [[name, value]];
      const found = managedValue(field, value, reading[name]);
      return found === undefined ? [] : [[name, found]];
    }),
  );

/** Whether there is nothing to speak of, so that what leaves it undeclared is no difference. */
export const isEmpty = (value: Value, { empty }: Field): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === empty ||
  (isList(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0) ||
  (empty === null && value === "off");

/**
 * The state as the diff compares it with a declaration. What is not declared is not managed and so no difference,
 * but for what was declared until now and can be emptied.
 */
export const comparable = (fields: Fields, state: Properties, declared: Properties): Properties =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]): [string, Value][] => {
      const value = state[name];
      if (value === undefined) return [];
      if (declared[name] !== undefined && declared[name] !== null)
        return [[name, managedValue(field, declared[name], value)]];
      return field.empty === undefined || isEmpty(value, field) ? [] : [[name, value]];
    }),
  );

/** Names of the inputs in which a state differs from a declaration. */
export const changedNames = (fields: Fields, state: Properties, declared: Properties): string[] => {
  const names = Object.keys(fields);
  const part = (properties: Properties): Properties =>
    Object.fromEntries(names.map((name) => [name, properties[name]]));
  const before = part(comparable(fields, state, declared));
  const after = part(declared);
  return names.filter((name) => changesBetween({ value: before[name] }, { value: after[name] }).length > 0);
};

/** The service's property path in the declaration's words: `request_headers[0].name` as `requestHeaders[0].name`. */
export const propertyNames =
  (fields: Fields) =>
  (path: string): string => {
    const [head = "", rest = ""] = [/^[^.[]*/.exec(path)?.[0], /[.[].*$/s.exec(path)?.[0]];
    // Rails speaks of what an id refers to: "policy doesn't exist".
    const own = Object.entries(fields).find(([name, field]) =>
      [head, `${head}_id`].includes(apiNameOf(name, field)),
    )?.[0];
    return `${own ?? camelCase(head)}${camelCase(rest)}`;
  };
