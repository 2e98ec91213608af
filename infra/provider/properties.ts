import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { formatPath, type PropertyPath } from "./property-path";

/** Stands for a value that only the apply will know (an output of another resource, in a preview). */
export const unknown: unique symbol = Symbol("known after apply");

export type Value =
  | null
  | undefined
  | boolean
  | number
  | string
  | typeof unknown
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A resource's inputs or state as plain values; which of them are secret is kept beside, in {@link Decoded}. */
export type Properties = { readonly [key: string]: Value };

export interface Decoded {
  readonly values: Properties;
  /** Paths of the values that are secret as a whole, in the engine's notation. */
  readonly secretPaths: ReadonlySet<string>;
  /** The secret texts themselves, so that messages can be cleared of them. */
  readonly secretTexts: readonly string[];
}

// How the engine marks special values on the wire: pulumi/sdk/go/common/resource/{sig,plugin/rpc}.go.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const unknownMarkers: ReadonlySet<string> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string, and what any other kind is sent as
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);
const unknownMarker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Wire = JavaScriptValue;

const isWireObject = (wire: Wire): wire is { [key: string]: Wire } =>
  typeof wire === "object" && wire !== null && !Array.isArray(wire);

const isWireList = (wire: Wire): wire is Wire[] => Array.isArray(wire);

/** Reads what the engine sent: secrets unwrapped and remembered, unknowns as {@link unknown}. */
export const decode = (struct: Struct | undefined): Decoded => {
  const secretPaths = new Set<string>();
  const secretTexts: string[] = [];

  const walk = (wire: Wire, path: PropertyPath, secret: boolean): Value => {
    if (typeof wire === "string") {
      if (unknownMarkers.has(wire)) return unknown;
      if (secret) secretTexts.push(wire);
      return wire;
    }
    if (isWireList(wire)) return wire.map((item, index) => walk(item, [...path, index], secret));
    if (!isWireObject(wire)) return wire;
    const signature = wire[signatureKey];
    if (signature === secretSignature || signature === outputSignature) {
      const hidden = signature === secretSignature || wire["secret"] === true;
      if (hidden) secretPaths.add(formatPath(path));
      return wire["value"] === undefined ? unknown : walk(wire["value"], path, secret || hidden);
    }
    return mapEntries(wire, (item, key) => walk(item, [...path, key], secret));
  };

  const values = mapEntries(struct?.toJavaScript() ?? {}, (wire, key) => walk(wire, [key], false));
  return { values, secretPaths, secretTexts };
};

/** Writes properties for the engine; values at `secretPaths` are marked as secrets, absent ones left out. */
export const encode = (properties: Properties, secretPaths: ReadonlySet<string> = new Set()): Struct => {
  const walk = (value: Value, path: PropertyPath): Wire => {
    const wire = plain(value, path);
    return secretPaths.has(formatPath(path)) ? { [signatureKey]: secretSignature, value: wire } : wire;
  };
  const plain = (value: Value, path: PropertyPath): Wire => {
    if (value === unknown) return unknownMarker;
    if (value === null || value === undefined) return null;
    if (isList(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (isObject(value)) return entries(value, path);
    return value;
  };
  const entries = (object: Properties, path: PropertyPath): { [key: string]: Wire } =>
    mapEntries(withoutAbsent(object), (item, key) => walk(item, [...path, key]));

  return Struct.fromJavaScript(entries(properties, []));
};

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isObject = (value: Value): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether any part of `value` is only known after the apply. */
export const containsUnknown = (value: Value): boolean => {
  if (value === unknown) return true;
  if (isList(value)) return value.some(containsUnknown);
  return isObject(value) && Object.values(value).some(containsUnknown);
};

const withoutAbsent = (object: Properties): Properties =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

// fromEntries defines properties where an assignment to "__proto__" would be lost.
const mapEntries = <From, To>(
  object: { readonly [key: string]: From },
  map: (value: From, key: string) => To,
): { [key: string]: To } =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
