import type { Maintenance, WeekDay } from "../kinds/notifying";
import { anyZone } from "../kinds/time-zones";

const order: readonly WeekDay[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** The day and time of day, "HH:MM:SS", that it is in a time zone. */
const localTime = (timeZone: string, now: Date): { readonly day: WeekDay; readonly time: string } => {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((candidate) => candidate.type === type)?.value ?? "";
  const name = part("weekday").toLowerCase().slice(0, 3);
  const day = order.find((candidate) => candidate === name) ?? "mon";
  return { day, time: `${part("hour")}:${part("minute")}:${part("second")}` };
};

/** Whether it is the time at which nothing is checked; a span that ends before it starts goes over midnight. */
export const inMaintenance = (
  {
    maintenance_from: from,
    maintenance_to: to,
    maintenance_timezone: zone,
    maintenance_days: days,
  }: Maintenance,
  now: Date = new Date(),
): boolean => {
  if (from === null || to === null) return false;
  const { day, time } = localTime(anyZone(zone) ?? "UTC", now);
  const dayBefore = order[(order.indexOf(day) + 6) % 7] ?? "sun";
  if (from <= to) return days.includes(day) && time >= from && time < to;
  return (days.includes(day) && time >= from) || (days.includes(dayBefore) && time < to);
};
