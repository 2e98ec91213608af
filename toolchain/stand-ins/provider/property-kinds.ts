import type { Failure } from "./resource-type";
import { UNKNOWN, type Value, type Values } from "./values";

const isText = (value: Value): boolean => typeof value === "string";
const isMap = (value: Value): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** The kinds of property that the two schemas know, each with the words for a mistake. */
const KINDS = {
  string: { fits: isText, words: "a string" },
  boolean: { fits: (value: Value) => typeof value === "boolean", words: "true or false" },
  integer: { fits: (value: Value) => Number.isSafeInteger(value), words: "a whole number" },
  strings: {
    fits: (value: Value) => Array.isArray(value) && value.every((item) => isText(item)),
    words: "a list of strings",
  },
  list: { fits: (value: Value) => Array.isArray(value), words: "a list" },
  "string map": {
    fits: (value: Value) => isMap(value) && Object.values(value as Values).every((item) => isText(item)),
    words: "a map of strings",
  },
} satisfies Record<string, { fits: (value: Value) => boolean; words: string }>;

export type PropertyKinds = Readonly<Record<string, keyof typeof KINDS>>;

/** Every input that is of the wrong kind, unknown to the schema, or missing though required. */
export const kindFailures = (
  inputs: Values,
  kinds: PropertyKinds,
  required: readonly string[] = [],
): Failure[] => {
  const missing = required
    .filter((property) => (inputs[property] ?? null) === null)
    .map((property) => ({ property, reason: "is required" }));
  const wrong = Object.entries(inputs).flatMap(([property, value]) => {
    if (property.startsWith("__") || value === null || value === UNKNOWN) return [];
    const kind = kinds[property];
    if (!kind) return [{ property, reason: `is unknown; known are ${Object.keys(kinds).join(", ")}` }];
    const { fits, words } = KINDS[kind];
    return fits(value) ? [] : [{ property, reason: `must be ${words}` }];
  });
  return [...missing, ...wrong];
};
