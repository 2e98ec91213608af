import { z } from "zod";
import {
  uptimeRobotTypes,
  windowIntervals,
  windowWeekDays,
  type UptimeRobotMaintenanceWindowInputs,
} from "../../model/uptimerobot";
import { isList, type Value } from "../properties";
import { minutes, type Codec } from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { isJsonList, type Json } from "../rest/json";
import { duration, filled, flag, oneOf, timeOfDay } from "../rest/schemas";
import { asSpelled } from "./common";

const lastOfMonth = -1;
const number = (day: Value): number => {
  if (day === "last") return lastOfMonth;
  return typeof day === "number" ? day : windowWeekDays.findIndex((known) => known === day) + 1;
};
/** The last day of a month comes after all others. */
const place = (day: number): number => (day === lastOfMonth ? 32 : day);

/** "mon" is 1 and "sun" 7 in a weekly window; the month's last day is -1. */
const days: Codec = {
  write: (value) =>
    isList(value) ? value.map(number).sort((one, other) => place(one) - place(other)) : (value as Json),
  read: (json, attributes) => {
    if (!isJsonList(json)) return undefined;
    const numbers = json.map(Number).sort((one, other) => place(one) - place(other));
    return numbers.map((day): Value => {
      if (attributes["interval"] === "weekly") return windowWeekDays[day - 1] ?? day;
      return day === lastOfMonth ? "last" : day;
    });
  },
};

/** Answered with seconds. */
const clockTime: Codec = {
  write: (value) => (typeof value === "string" && value.length === 5 ? `${value}:00` : (value as Json)),
  read: (json) => (typeof json === "string" ? json.slice(0, 5) : undefined),
};

const isDate = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

const fields: FieldsOf<UptimeRobotMaintenanceWindowInputs> = asSpelled({
  name: field(filled("the window's name"), "What the window is called."),
  interval: field(oneOf(windowIntervals), "How often it comes."),
  date: optional(
    z.string('must be a date, such as "2026-01-31"').refine(isDate, 'must be a date, such as "2026-01-31"'),
    "The day of a window that comes once.",
    { empty: null },
  ),
  time: field(timeOfDay(), "When it begins, by the clock of the account's time zone.", { codec: clockTime }),
  duration: field(duration({ min: "1m", step: "1m" }), "How long it lasts.", { codec: minutes }),
  days: optional(
    z
      .array(
        z.union(
          [z.enum(windowWeekDays), z.int().min(1).max(31), z.literal("last")],
          'must be a day: "mon" to "sun", 1 to 31, or "last"',
        ),
        "must be a list of days",
      )
      .refine((list) => new Set(list).size === list.length, "must not name one twice"),
    "On which days of the week or of the month.",
    { codec: days, sentWith: "interval", empty: [] },
  ),
  autoAddMonitors: optional(flag(), "Whether new monitors are added to it."),
});

const rules: RestDescription["rules"] = ({ interval, date, days: on }, refuse) => {
  if (interval === "once" && date === undefined) refuse("date", "is needed by a window that comes once");
  if (interval !== "once" && date !== undefined) refuse("date", "is only for a window that comes once");
  const named = isList(on) ? on : [];
  const needsDays = interval === "weekly" || interval === "monthly";
  if (needsDays && named.length === 0) refuse("days", `is needed by a ${interval} window`);
  if (!needsDays && named.length > 0) refuse("days", "is only for weekly and monthly windows");
  const isWeekDay = (day: Value): boolean => windowWeekDays.some((known) => known === day);
  if (interval === "weekly" && named.some((day) => !isWeekDay(day)))
    refuse("days", `must be days of the week: ${windowWeekDays.join(", ")}`);
  if (interval === "monthly" && named.some(isWeekDay))
    refuse("days", 'must be days of the month: 1 to 31, "last"');
};

/** When the monitors that belong to it are not checked. */
export const maintenanceWindow: RestDescription = {
  type: uptimeRobotTypes.maintenanceWindow,
  description: "A maintenance window at UptimeRobot, made or adopted by name.",
  noun: "maintenance window",
  fields,
  rules,
  path: () => "/maintenance-windows",
  key: ["name"],
  isOursBy: "everything",
  updatesWith: ["name", "interval", "time", "duration"],
};
