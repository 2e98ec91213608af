import type { Field } from "../../monitoring/fields";

/** Rails' names of time zones that are not the city in an IANA name. Source: ActiveSupport::TimeZone::MAPPING. */
const named: Readonly<Record<string, string>> = {
  UTC: "UTC",
  Hawaii: "Pacific/Honolulu",
  Alaska: "America/Juneau",
  "Pacific Time (US & Canada)": "America/Los_Angeles",
  Arizona: "America/Phoenix",
  "Mountain Time (US & Canada)": "America/Denver",
  "Central Time (US & Canada)": "America/Chicago",
  "Central America": "America/Guatemala",
  "Eastern Time (US & Canada)": "America/New_York",
  "Indiana (East)": "America/Indiana/Indianapolis",
  "Atlantic Time (Canada)": "America/Halifax",
  Newfoundland: "America/St_Johns",
  Brasilia: "America/Sao_Paulo",
  "Buenos Aires": "America/Argentina/Buenos_Aires",
  Edinburgh: "Europe/London",
  Bern: "Europe/Zurich",
  Kyiv: "Europe/Kiev",
  "St. Petersburg": "Europe/Moscow",
  "Abu Dhabi": "Asia/Muscat",
  Mumbai: "Asia/Kolkata",
  "New Delhi": "Asia/Kolkata",
  Chennai: "Asia/Kolkata",
  Beijing: "Asia/Shanghai",
  Osaka: "Asia/Tokyo",
  Sapporo: "Asia/Tokyo",
  Hanoi: "Asia/Bangkok",
  Canberra: "Australia/Canberra",
  Wellington: "Pacific/Auckland",
};

const cities = new Map(
  Intl.supportedValuesOf("timeZone").map((zone) => [
    zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " "),
    zone,
  ]),
);

const isIana = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/** The IANA name of a Rails time zone: "Amsterdam" is Europe/Amsterdam. */
export const ianaOf = (rails: string): string | undefined => named[rails] ?? cities.get(rails);

/** A time zone by Rails' name; IANA's own names are refused. */
export const railsTimeZone = (fallback?: string): Field<string> => ({
  read: (value) =>
    typeof value === "string" && ianaOf(value) !== undefined
      ? { value }
      : { mistake: "is not included in the list" },
  ...(fallback !== undefined && { fallback: () => fallback }),
});

/** A time zone by IANA's name. */
export const ianaTimeZone: Field<string> = {
  read: (value) =>
    typeof value === "string" && isIana(value) ? { value } : { mistake: "is not included in the list" },
};

/** The IANA name of a time zone by either name; nothing for one that there is not. */
export const anyZone = (name: string): string | undefined =>
  ianaOf(name) ?? (isIana(name) ? name : undefined);
