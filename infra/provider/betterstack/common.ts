import { z } from "zod";
import { weekDays, type MaintenanceInputs, type NotificationInputs } from "../../model/betterstack";
import { isList, isObject, type Value } from "../properties";
import { formatPath, type PropertyPath } from "../property-path";
import { inOrderOf, numericId, textId } from "../rest/codec";
import { optional, type Field, type FieldsOf } from "../rest/fields";
import { isJsonList, isJsonObject, type Json } from "../rest/json";
import { filled, flag, id, setOfOne, text, timeOfDayWithSeconds, whole } from "../rest/schemas";

// What several kinds of Better Stack have in common.

export const notificationFields: FieldsOf<NotificationInputs> = {
  call: optional(flag(), "Whether to call."),
  sms: optional(flag(), "Whether to send an SMS."),
  email: optional(flag(), "Whether to send an e-mail."),
  push: optional(flag(), "Whether to send a push notification."),
  criticalAlert: optional(flag(), "Whether the push notification overrides silent mode."),
};

export const maintenanceFields: FieldsOf<MaintenanceInputs> = {
  maintenanceFrom: optional(timeOfDayWithSeconds(), "When a daily maintenance begins.", { empty: null }),
  maintenanceTo: optional(timeOfDayWithSeconds(), "When it ends.", { empty: null }),
  maintenanceTimezone: optional(
    filled("Rails' name of a time zone"),
    'Its time zone by Rails\' name, such as "Eastern Time (US & Canada)".',
  ),
  maintenanceDays: optional(setOfOne(weekDays), "On which days.", { codec: inOrderOf(weekDays) }),
};

export const policyField = (about: string): Field =>
  optional(id("an escalation policy"), about, { codec: textId, empty: null });

/** An id that the API takes and answers as a number. */
export const reference = (of: string, about: string): Field =>
  optional(id(of), about, { codec: numericId, empty: null });

/** The server shifts others by it, so it is set and not watched. */
export const sortIndexField: Field = optional(whole({ min: 0 }), "Its place among others, from zero.", {
  isWriteOnly: true,
});

export const headersSchema = z
  .array(
    z.strictObject({ name: filled("the header's name"), value: text("the header's value") }),
    "must be a list of headers, each with name and value",
  )
  .refine(
    (headers) => new Set(headers.map(({ name }) => name.toLowerCase())).size === headers.length,
    "must not name one header twice",
  );

const secretHeader = /auth|token|key|secret|cookie|password|signature|credential/i;

/** Paths of the values of headers that by their name carry a secret. */
export const secretHeaders = (path: PropertyPath, headers: Value): string[] =>
  isList(headers)
    ? headers.flatMap((header, index) =>
        isObject(header) && typeof header["name"] === "string" && secretHeader.test(header["name"])
          ? [formatPath([...path, index, "value"])]
          : [],
      )
    : [];

const nameOf = (value: Value): string =>
  isObject(value) && typeof value["name"] === "string" ? value["name"] : "";

/** Found headers in the order of the declared ones, so that each is compared with its own; others follow. */
export const alignedHeaders = (declared: Value, found: Value): Value => {
  if (!isList(declared) || !isList(found)) return found;
  const place = (header: Value): number => {
    const index = declared.findIndex((candidate) => nameOf(candidate) === nameOf(header));
    return index === -1 ? declared.length : index;
  };
  return [...found].sort((one, other) => place(one) - place(other));
};

/**
 * What makes the wanted headers of the ones that are there. The API keeps each with an id: one that is sent without is
 * added, and one goes only when it is told so.
 */
export const mergedHeaders = (wanted: Json, found: Json): Json => {
  const before = isJsonList(found) ? found.filter(isJsonObject) : [];
  const after = isJsonList(wanted) ? wanted.filter(isJsonObject) : [];
  const used = new Set<Json>();
  const kept = after.map((header) => {
    const same = before.find((candidate) => candidate["name"] === header["name"] && !used.has(candidate));
    if (same === undefined) return header;
    used.add(same);
    return { id: same["id"], ...header };
  });
  const gone = before
    .filter((candidate) => !used.has(candidate))
    .map((candidate) => ({ id: candidate["id"], _destroy: "true" }));
  return [...kept, ...gone];
};
