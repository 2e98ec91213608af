import { sentryLimits } from "../../model/observability";
import { minutes, type Codec } from "../rest/codec";
import { field, optional, type Field, type FieldsOf } from "../rest/fields";
import { filled } from "../rest/schemas";

/** Sentry spells its properties as declarations do. */
export const asSpelled = <Inputs>(fields: FieldsOf<Inputs>): FieldsOf<Inputs> =>
  Object.fromEntries(
    Object.entries<Field>(fields).map(([name, own]) => [name, { api: name, ...own }]),
  ) as FieldsOf<Inputs>;

const slug = (of: string) => filled(of).regex(/^[\w-]+$/, `must be ${of}, as in the browser's address`);

export const organizationField = field(slug("the organization's slug"), "The organization's slug.", {
  isInPath: true,
});
export const projectField = field(slug("the project's slug"), "The project's slug.", { isInPath: true });

export const nameField = field(
  filled("the alert's name").max(
    sentryLimits.nameLength,
    `must have at most ${String(sentryLimits.nameLength)} characters`,
  ),
  "What the alert is called.",
);

export const environmentField = optional(
  filled("an environment's name"),
  "Only what happens in this environment counts; Sentry must have seen it.",
  { empty: null },
);

export const ownerField = optional(
  filled("an owner").regex(/^(team|user):\d+$/, "must be team:ID or user:ID"),
  "Whose alert it is: team:ID or user:ID.",
  { empty: null },
);

/** "5m" as 5; some answers have the number as text. */
export const minutesOrText: Codec = {
  write: minutes.write,
  read: (json, attributes) => minutes.read(typeof json === "string" ? Number(json) : json, attributes),
};

/** One of some words, which the API has as their places in the list. */
export const byPlace = (words: readonly string[]): Codec => ({
  write: (value) => (typeof value === "string" && words.includes(value) ? words.indexOf(value) : null),
  read: (json) => (typeof json === "number" ? words[json] : undefined),
});
