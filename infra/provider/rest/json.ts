import { isDeepStrictEqual } from "node:util";

/** What JSON can hold, and `undefined` for what it does not name. */
export type Json =
  undefined | null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isJsonList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Equal as JSON: a key without a value is as good as none. */
export const sameJson = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(one ?? null)), JSON.parse(JSON.stringify(other ?? null)));

/** `checkFrequency` as most services spell it: `check_frequency`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `check_frequency` as declarations spell it: `checkFrequency`. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
