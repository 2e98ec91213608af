import type { Fleet } from "../../model/fleet";
import type { Exclusion, Maintenance } from "../../model/mutes";
import type { Setting } from "../toml-text";

/** A named time in which routes say nothing. */
export interface TimeInterval {
  readonly name: string;
  readonly time_intervals: readonly { readonly [key: string]: Setting }[];
}

/** Alerts that some times mute: their matchers, and the names of the times. */
export interface Muted {
  readonly matchers: readonly (readonly [label: string, value: string])[];
  readonly intervals: readonly string[];
}

const windowName = ({ name }: Maintenance): string => `maintenance-${name}`;

const windowInterval = (maintenance: Maintenance): TimeInterval => ({
  name: windowName(maintenance),
  time_intervals: [
    {
      ...(maintenance.weekdays && { weekdays: maintenance.weekdays }),
      ...(maintenance.times && {
        times: maintenance.times.map(({ from, to }) => ({ start_time: from, end_time: to })),
      }),
      location: maintenance.timezone,
    },
  ],
});

/**
 * All days up to and with a date. Alertmanager's times have no end, but years, months and days: so the same file says
 * the same on every day, and an exclusion ends by itself.
 */
const untilInterval = (until: string): TimeInterval => {
  const [year = 0, month = 0, day = 0] = until.split("-").map(Number);
  return {
    name: `until-${until}`,
    time_intervals: [
      ...(year > 2000 ? [{ years: [`2000:${year - 1}`] }] : []),
      ...(month > 1 ? [{ years: [String(year)], months: [`1:${month - 1}`] }] : []),
      { years: [String(year)], months: [String(month)], days_of_month: [`1:${day}`] },
    ],
  };
};

const matchersOf = ({ app, alert, signal, processGroup }: Exclusion): Muted["matchers"] => [
  ["app", app],
  ...(alert === undefined ? [] : [["alertname", alert] as const]),
  ...(signal === undefined ? [] : [["signal", signal] as const]),
  ...(processGroup === undefined ? [] : [["process_group", processGroup] as const]),
];

type Declared = Pick<Fleet, "apps" | "alerting">;

const windowsOf = (app: string, { alerting }: Declared): string[] =>
  alerting.maintenance.filter(({ apps }) => apps === undefined || apps.includes(app)).map(windowName);

/** What a stack mutes when, in the order in which routes look for it: the most particular first. */
export const mutedOf = (fleet: Declared): Muted[] => {
  const watched = new Set(fleet.apps.map(({ name }) => name));
  return [
    ...fleet.alerting.exclusions
      .filter(({ app }) => watched.has(app))
      .map((exclusion) => ({
        matchers: matchersOf(exclusion),
        intervals: [untilInterval(exclusion.until).name, ...windowsOf(exclusion.app, fleet)],
      })),
    ...fleet.apps.flatMap(({ name }) => {
      const intervals = windowsOf(name, fleet);
      return intervals.length === 0 ? [] : [{ matchers: [["app", name] as const], intervals }];
    }),
  ];
};

/** The times by name, each once. */
export const intervalsOf = (fleet: Declared): TimeInterval[] => {
  const used = new Set(mutedOf(fleet).flatMap(({ intervals }) => intervals));
  const all = [
    ...fleet.alerting.maintenance.map(windowInterval),
    ...fleet.alerting.exclusions.map(({ until }) => untilInterval(until)),
  ];
  return [...new Map(all.map((interval) => [interval.name, interval])).values()].filter(({ name }) =>
    used.has(name),
  );
};
