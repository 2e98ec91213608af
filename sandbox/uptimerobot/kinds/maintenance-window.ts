import { filledText, flag, integer, listOf, nullable, oneOf, type Field } from "../../monitoring/fields";
import { escaped, moment } from "../answers";
import type { Entry } from "../account";
import type { Kind } from "./kind";

/** When monitors that belong to it are not checked. The account's time zone is UTC. */
export interface MaintenanceWindow {
  readonly name: string;
  readonly interval: "once" | "daily" | "weekly" | "monthly";
  /** "YYYY-MM-DD", for once. */
  readonly date: string | null;
  /** "HH:mm:ss". */
  readonly time: string;
  /** Minutes. */
  readonly duration: number;
  readonly autoAddMonitors: boolean;
  /** Of the week from 1, Monday, to 7, or of the month. */
  readonly days: readonly number[];
}

const matching = (pattern: RegExp, mistake: string): Field<string> => ({
  read: (value) => (typeof value === "string" && pattern.test(value) ? { value } : { mistake }),
});

export const windowView = ({ id, createdAt, attributes }: Entry<MaintenanceWindow>): object => ({
  id,
  ...attributes,
  name: escaped(attributes.name),
  status: "active",
  created: moment(createdAt),
});

export const maintenanceWindowKind: Kind<"maintenance-windows"> = {
  name: "maintenance-windows",
  title: "Maintenance window",
  fields: {
    name: filledText(),
    interval: oneOf(["once", "daily", "weekly", "monthly"]),
    date: nullable(matching(/^\d{4}-\d{2}-\d{2}$/, "must be a date such as 2026-01-31")),
    time: matching(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, "must be a time of day such as 09:30:00"),
    duration: integer({ min: 1 }),
    autoAddMonitors: flag(false),
    days: listOf(integer({ min: -1, max: 31 })),
  },
  check: ({ interval, date, days }) => {
    if (interval === "once" && date === null) return "date should not be empty for once";
    if ((interval === "weekly" || interval === "monthly") && days.length === 0)
      return `days should not be empty for ${interval}`;
    return undefined;
  },
  shown: windowView,
  removed: (id, { account }) => {
    account
      .in("monitors")
      .list()
      .forEach((monitor) => {
        if (monitor.attributes.maintenanceWindowsIds.includes(id))
          account.change("monitors", monitor.id, {
            ...monitor.attributes,
            maintenanceWindowsIds: monitor.attributes.maintenanceWindowsIds.filter((one) => one !== id),
          });
      });
  },
};

/** Whether it is this window's time. A window over midnight began the day before. */
export const isOpen = (window: MaintenanceWindow, now: number = Date.now()): boolean => {
  const today = new Date(now);
  return [0, 1].some((daysBefore) => {
    const day = new Date(
      Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() - daysBefore),
    );
    const date = day.toISOString().slice(0, 10);
    const start = Date.parse(`${date}T${window.time}Z`);
    if (now < start || now >= start + window.duration * 60_000) return false;
    switch (window.interval) {
      case "once":
        return window.date === date;
      case "daily":
        return true;
      case "weekly":
        return window.days.includes(((day.getUTCDay() + 6) % 7) + 1);
      case "monthly":
        return window.days.includes(day.getUTCDate());
    }
  });
};
