import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Property values as the engine sends them: JSON, where an object with the signature key stands for something that
 * JSON cannot say (a secret, an asset), and one marker string for a value not known yet.
 */
export type Value = string | number | boolean | null | Value[] | Values;
export interface Values {
  [property: string]: Value;
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
/** Stands for any value that a preview cannot know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isObject = (value: Value | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const fromStruct = (struct: Struct | undefined): Values =>
  (struct?.toJavaScript() as Values | undefined) ?? {};
export const toStruct = (values: Values): Struct => Struct.fromJavaScript(values);

export const isSecret = (value: Value | undefined): boolean => isObject(value) && value[SIGNATURE] === SECRET;

/** The value with every secret wrapper inside it taken off. */
export const plain = (value: Value): Value => {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === SECRET) return plain(value["value"] ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};

export const plainValues = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plain(value)]));

/** Whether any part of the value is (or is inside) a secret. */
export const holdsSecret = (value: Value): boolean => {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isObject(value)) return false;
  return value[SIGNATURE] === SECRET || Object.values(value).some(holdsSecret);
};

/** Whether any part of the value is not known yet. */
export const holdsUnknown = (value: Value): boolean => {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isObject(value) && Object.values(value).some(holdsUnknown);
};

export const secret = (value: Value): Value => ({ [SIGNATURE]: SECRET, value });

/** A file as an asset; the engine reads it by path and knows a change by the hash (SHA-256, hex). */
export const fileAsset = (path: string, hash: string): Value => ({ [SIGNATURE]: ASSET, hash, path });
/** A set of assets under their names, as one archive. */
export const archiveOf = (assets: Values): Value => ({ [SIGNATURE]: ARCHIVE, assets });

/** Equality of two plain values, whatever the order of keys; a missing value equals null. */
export const same = (left: Value | undefined, right: Value | undefined): boolean => {
  const a = left ?? null;
  const b = right ?? null;
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
};
