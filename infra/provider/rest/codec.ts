import { durationOf, isDuration, milliseconds } from "../../model/units";
import { isList, isObject, type Properties, type Value } from "../properties";
import { isJsonList, isJsonObject, snakeCase, type Json, type JsonObject } from "./json";

/**
 * How a declared value is told to a service and read back. Reading what was written gives the one form in which
 * declarations and states are compared: "60s" is written as 60 and read as "1m".
 */
export interface Codec {
  /** @param inputs the whole declaration, where the unit goes by another property */
  readonly write: (value: Value, inputs: Properties) => Json;
  /**
   * @param attributes the whole object
   * @returns undefined for what the object does not have
   */
  readonly read: (json: Json, attributes: JsonObject) => Value;
}

const absent = (json: Json): json is null | undefined => json === null || json === undefined;

/** As it stands. */
export const plain: Codec = {
  write: (value) => value as Json,
  read: (json) => (absent(json) ? undefined : json),
};

const spanOf = (msPerUnit: number): Codec => ({
  write: (value) =>
    typeof value === "string" && isDuration(value) ? milliseconds(value) / msPerUnit : (value as Json),
  read: (json) => (typeof json === "number" ? (json === 0 ? "0s" : durationOf(json * msPerUnit)) : undefined),
});

/** "5m" as 300. */
export const seconds = spanOf(1_000);
/** "500ms" as 500. */
export const millisecondsCodec = spanOf(1);
/** "5m" as 5. */
export const minutes = spanOf(60_000);
/** "14d" as 14. */
export const days = spanOf(86_400_000);

/** "off" as null. */
export const orOff = (codec: Codec): Codec => ({
  write: (value, inputs) => (value === "off" ? null : codec.write(value, inputs)),
  read: (json, attributes) => (json === null ? "off" : codec.read(json, attributes)),
});

/** An id of another object, which declarations hold as text and the service as a number. */
export const numericId: Codec = {
  write: (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : (value as Json)),
  read: (json) => (typeof json === "number" || typeof json === "string" ? String(json) : undefined),
};

/** An id that the service takes as text and may answer as a number. */
export const textId: Codec = {
  write: (value) => value as Json,
  read: numericId.read,
};

/** Written as declared; read in capitals whatever the service makes of it. */
export const upperCase: Codec = {
  write: (value) => value as Json,
  read: (json) => (typeof json === "string" ? json.toUpperCase() : undefined),
};

type Order = (one: Json, other: Json) => number;

const byText: Order = (one, other) => {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
};

/** Values whose order means nothing. */
export const setOf = (order: Order = byText, item: Codec = plain): Codec => ({
  write: (value, inputs) =>
    isList(value) ? value.map((entry) => item.write(entry, inputs)).sort(order) : (value as Json),
  read: (json, attributes) =>
    isJsonList(json) ? [...json].sort(order).map((entry) => item.read(entry, attributes)) : undefined,
});

/** Days and the like, in the order of `known`. */
export const inOrderOf = (known: readonly string[]): Codec =>
  setOf((one, other) => known.indexOf(one as string) - known.indexOf(other as string));

/** A list whose order counts. */
export const listOf = (item: Codec): Codec => ({
  write: (value, inputs) =>
    isList(value) ? value.map((entry) => item.write(entry, inputs)) : (value as Json),
  read: (json, attributes) =>
    isJsonList(json) ? json.map((entry) => item.read(entry, attributes)) : undefined,
});

/** How one property is spelled by the service, and its values. */
export interface Spelling {
  /** Snake case of the property's name where not told. */
  readonly api?: string;
  /** {@link plain} where not told. */
  readonly codec?: Codec;
}

/** An object of known properties; others that the service adds are left out. */
export const recordOf = (fields: { readonly [name: string]: Spelling }): Codec => {
  const spellings = Object.entries(fields).map(([name, { api, codec }]) => ({
    name,
    api: api ?? snakeCase(name),
    codec: codec ?? plain,
  }));
  return {
    write: (value, inputs) =>
      isObject(value)
        ? Object.fromEntries(
            spellings.flatMap(({ name, api, codec }) =>
              value[name] === undefined || value[name] === null
                ? []
                : [[api, codec.write(value[name], inputs)]],
            ),
          )
        : (value as Json),
    read: (json, attributes) => {
      if (!isJsonObject(json)) return undefined;
      return Object.fromEntries(
        spellings.flatMap(({ name, api, codec }) => {
          const read = codec.read(json[api], attributes);
          return read === undefined ? [] : [[name, read]];
        }),
      );
    },
  };
};
