import { flag, integer, listOf, nullable, oneOf, text, type Field } from "../../monitoring/fields";
import { railsTimeZone } from "./time-zones";

/** By which ways somebody hears of an incident; passed over where an escalation policy is set. */
export interface Ways {
  readonly call: boolean;
  readonly sms: boolean;
  readonly email: boolean;
  readonly push: boolean;
  readonly critical_alert: boolean;
}

/** Better Stack's defaults for what watches: e-mail and push. */
export const waysFields = {
  call: flag(false),
  sms: flag(false),
  email: flag(true),
  push: flag(true),
  critical_alert: flag(false),
};

const weekDays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type WeekDay = (typeof weekDays)[number];

/** When nothing is checked. Times of day are "HH:MM:SS". */
export interface Maintenance {
  readonly maintenance_from: string | null;
  readonly maintenance_to: string | null;
  /** Rails' name, not IANA's. */
  readonly maintenance_timezone: string;
  readonly maintenance_days: readonly WeekDay[];
}

const time = {
  read: (value: unknown) =>
    typeof value === "string" && /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(value)
      ? { value: value.length === 5 ? `${value}:00` : value }
      : { mistake: "is not a time of day" },
};

export const maintenanceFields = {
  maintenance_from: nullable<string>(time),
  maintenance_to: nullable<string>(time),
  maintenance_timezone: railsTimeZone("UTC"),
  maintenance_days: listOf(oneOf(weekDays), weekDays),
};

/** The team that a thing belongs to; told at create only, and only this one exists. */
export const teamField = (own: string): Field<string> => ({
  read: (value: unknown) => (value === own ? { value: own } : { mistake: "doesn't exist" }),
  fallback: () => own,
  onlyAtCreate: true,
});

/** Seconds until the rest of the team hears of it; null for never. */
export const teamWait = nullable(integer({ min: 0 }));
/** An escalation policy's id, which is a text here. */
export const policyId = nullable(text());
