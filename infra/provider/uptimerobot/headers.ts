import { z } from "zod";
import { isObject, type Value } from "../properties";
import { formatPath } from "../property-path";
import type { Codec } from "../rest/codec";
import { isJsonObject, type Json } from "../rest/json";
import { filled, text } from "../rest/schemas";

/** The API keeps names in lower case. */
const lowerCased = (table: { readonly [name: string]: Value | Json }): { [name: string]: Json } =>
  Object.fromEntries(
    Object.entries(table)
      .map(([name, value]): [string, Json] => [name.toLowerCase(), value as Json])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

export const headersCodec: Codec = {
  write: (value) => (isObject(value) ? lowerCased(value) : (value as Json)),
  read: (json) => (isJsonObject(json) ? lowerCased(json) : undefined),
};

export const headersSchema = z
  .record(
    filled("the header's name").regex(/^[\w!#$%&'*+.^`|~-]+$/, "must be a header's name"),
    text("the header's value"),
    "must be a table of headers and their values",
  )
  .refine(
    (headers) =>
      new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length,
    "must not name one header twice",
  );

const secretName = /auth|token|key|secret|cookie|password|signature|credential/i;

/** Paths of the values of headers that by their name carry a secret. */
export const secretHeaders = (property: string, headers: Value): string[] =>
  isObject(headers)
    ? Object.keys(headers)
        .filter((name) => secretName.test(name))
        .map((name) => formatPath([property, name]))
    : [];
