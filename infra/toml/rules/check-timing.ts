import { limits } from "../../model/limits";
import { durationOf, milliseconds } from "../../model/units";
import type { Entry, TomlTable } from "../document";
import type { Problem, Rule } from "../finding";
import type { FlyFile } from "../fly-file";
import { millisecondsAt } from "../values";
import { placeOfKey } from "./written";

interface TimedCheck {
  readonly table: TomlTable;
  readonly entry: Entry;
  readonly unit: "ns" | "ms";
  readonly title: string;
}

const serviceChecks = (file: FlyFile): (TimedCheck & { readonly type: "http" | "tcp" })[] =>
  file.services.flatMap((service) =>
    service.checks.map(({ table, entry, bareUnit, type }) => ({
      table,
      entry,
      unit: bareUnit,
      type,
      title: `the ${type} check of port ${service.internalPort ?? "?"}`,
    })),
  );

const topLevelChecks = (file: FlyFile): TimedCheck[] =>
  file.topLevelChecks.map(({ table, entry, name }) => ({
    table,
    entry,
    unit: "ms",
    title: `check ${name}`,
  }));

const bounds = limits.fly.serviceCheck;

const clamped = ({ table, entry, unit, title }: TimedCheck, key: string): Problem[] => {
  const value = millisecondsAt(table, key, unit);
  // Zero is what grace_period may be.
  if (value === undefined || (key === "grace_period" && value === 0)) return [];
  const to =
    value < milliseconds(bounds.min) ? bounds.min : value > milliseconds(bounds.max) ? bounds.max : undefined;
  if (to === undefined) return [];
  const change = value < milliseconds(bounds.min) ? "raises" : "lowers";
  return [
    {
      at: placeOfKey(table, key, entry),
      message: `Fly ${change} the ${key} of ${title} to ${to}`,
      fix: `${key} = "${to}"`,
    },
  ];
};

export const checkTimingRules: readonly Rule[] = [
  {
    id: "check-time-clamped",
    severity: "warning",
    title: `times of service checks outside ${bounds.min} to ${bounds.max}, which Fly changes`,
    check: (file) =>
      serviceChecks(file).flatMap((check) =>
        ["interval", "timeout", "grace_period"].flatMap((key) => clamped(check, key)),
      ),
  },
  {
    id: "top-level-check-time",
    severity: "error",
    title: "times of top-level checks that flyctl refuses",
    check: (file) =>
      topLevelChecks(file).flatMap(({ table, entry, unit, title }): Problem[] => {
        const { interval, timeout } = limits.fly.topLevelCheck;
        const every = millisecondsAt(table, "interval", unit);
        const within = millisecondsAt(table, "timeout", unit);
        return [
          ...(every !== undefined && every < milliseconds(interval.min)
            ? [
                {
                  at: placeOfKey(table, "interval", entry),
                  message: `flyctl refuses the file: the interval of ${title} is below ${interval.min}`,
                  fix: `interval = "15s"`,
                },
              ]
            : []),
          ...(within !== undefined && within > milliseconds(timeout.max)
            ? [
                {
                  at: placeOfKey(table, "timeout", entry),
                  message: `flyctl refuses the file: the timeout of ${title} is above ${timeout.max}`,
                  fix: `timeout = "10s"`,
                },
              ]
            : []),
        ];
      }),
  },
  {
    id: "timeout-over-interval",
    severity: "warning",
    title: "a timeout longer than the interval",
    check: (file) =>
      [...serviceChecks(file), ...topLevelChecks(file)].flatMap(
        ({ table, entry, unit, title }): Problem[] => {
          const interval = millisecondsAt(table, "interval", unit);
          const timeout = millisecondsAt(table, "timeout", unit);
          if (interval === undefined || timeout === undefined || timeout <= interval) return [];
          return [
            {
              at: placeOfKey(table, "timeout", entry),
              message: `${title} waits longer for an answer (${durationOf(timeout)}) than it is apart from the next (${durationOf(interval)}): a hung machine is found late`,
              fix: `interval = "${durationOf(Math.max(timeout, 1))}"\ntimeout = "${durationOf(Math.max(interval, 1))}"`,
            },
          ];
        },
      ),
  },
  {
    id: "slow-means-down",
    severity: "warning",
    title: `an HTTP check that gives the only machine less than ${limits.fly.onlyMachineTimeout.min} to answer`,
    check: (file) =>
      file.services.flatMap((service) => {
        if ((service.minimum ?? 0) > 1) return [];
        const floor = limits.fly.onlyMachineTimeout.min;
        return service.checks.flatMap(({ type, table, entry, bareUnit }): Problem[] => {
          const timeout = millisecondsAt(table, "timeout", bareUnit);
          if (type !== "http" || timeout === undefined || timeout >= milliseconds(floor)) return [];
          return [
            {
              at: placeOfKey(table, "timeout", entry),
              message: `nothing keeps more than one machine running, and an answer slower than ${durationOf(Math.round(timeout * 1000) / 1000)} takes it out of routing: slowness becomes an outage`,
              fix: `timeout = "${floor}"\n# or, with auto-stop and two machines or more\nmin_machines_running = 2`,
            },
          ];
        });
      }),
  },
];
