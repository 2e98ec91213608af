import type { Value } from "../properties";
import { recordOf, type Codec, type Spelling } from "../rest/codec";
import type { Field } from "../rest/fields";

// What several kinds of UptimeRobot have in common.

/** The API spells its properties as declarations do: `friendlyName`, not `friendly_name`. */
export const asSpelled = <Fields extends { readonly [name: string]: Field }>(
  fields: Fields,
): { readonly [Name in keyof Fields]: Field } =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, { api: name, ...field }]),
  ) as unknown as { readonly [Name in keyof Fields]: Field };

/** {@link recordOf} in that spelling. */
export const record = (fields: { readonly [name: string]: Spelling }): Codec =>
  recordOf(
    Object.fromEntries(Object.entries(fields).map(([name, spelling]) => [name, { api: name, ...spelling }])),
  );

const entities: { readonly [entity: string]: string } = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#039;": "'",
  "&#39;": "'",
  "&#x27;": "'",
  "&#47;": "/",
  "&#x2F;": "/",
  "&amp;": "&",
};

/** A text as it was before UptimeRobot escaped it for HTML, once: "a &amp;lt; b" is "a &lt; b". */
export const unescaped = (text: string): string =>
  text.replace(
    /&(?:lt|gt|quot|amp|#0?39|#47|#x2[7F]);/gi,
    (entity) => entities[entity] ?? entities[entity.toLowerCase()] ?? entity,
  );

/** Texts of which it is not known whether they come back escaped: either way they are what was declared. */
export const escapedOrNot = (declared: Value, found: Value): Value =>
  typeof found === "string" && found !== declared && unescaped(found) === declared ? declared : found;
