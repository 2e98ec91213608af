import { limits } from "../../model/limits";
import type { TomlTable } from "../document";
import type { Problem, Rule } from "../finding";
import type { SectionView } from "../fly-file";
import { memoryMib, nodeAt, numberAt, textAt } from "../values";
import { listed, placeOfKey, placeOfSection } from "./written";

const volume = limits.fly.volume;

/** GB of a volume's size: a bare number is gigabytes. */
const gigabytes = (table: TomlTable, key: string): number | undefined => {
  const text = textAt(table, key) ?? numberAt(table, key)?.toString();
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const mib = memoryMib(text);
  return mib === undefined ? Number.NaN : mib / 1024;
};

const within = (value: number, { min, max }: { min: number; max: number }): boolean =>
  value >= min && value <= max;

const sizes: readonly [string, { min: number; max: number }, string][] = [
  ["initial_size", volume.size, "1gb"],
  ["auto_extend_size_increment", volume.extendIncrement, "1gb"],
  ["auto_extend_size_limit", volume.extendLimit, "10gb"],
];

const judge = (view: SectionView): Problem[] => {
  const { table, entry } = view;
  const retention = numberAt(table, "snapshot_retention");
  const threshold = numberAt(table, "auto_extend_size_threshold") ?? 0;
  const missing = ["auto_extend_size_increment", "auto_extend_size_limit"].filter(
    (key) => nodeAt(table, key) === undefined,
  );
  return [
    ...(textAt(table, "destination") === "/"
      ? [
          {
            at: placeOfKey(table, "destination", entry),
            message: "a volume cannot be mounted at /: machines do not start",
            fix: 'destination = "/data"',
          },
        ]
      : []),
    ...["source", "destination"]
      .filter((key) => table.entries.size > 0 && nodeAt(table, key) === undefined)
      .map((key) => ({
        at: placeOfSection(view),
        message: `the mount has no ${key}: the deploy fails`,
        fix: key === "source" ? 'source = "data"' : 'destination = "/data"',
      })),
    ...sizes.flatMap(([key, range, mend]) => {
      const size = gigabytes(table, key);
      return size === undefined || within(size, range)
        ? []
        : [
            {
              at: placeOfKey(table, key, entry),
              message: `flyctl refuses the file: ${key} must be ${range.min} to ${range.max} GB`,
              fix: `${key} = "${mend}"`,
            },
          ];
    }),
    ...(retention !== undefined && !within(retention, volume.snapshotRetention)
      ? [
          {
            at: placeOfKey(table, "snapshot_retention", entry),
            message: `flyctl refuses the file: snapshots are kept ${volume.snapshotRetention.min} to ${volume.snapshotRetention.max} days`,
            fix: "snapshot_retention = 5",
          },
        ]
      : []),
    ...(threshold !== 0 && (missing.length > 0 || !within(threshold, volume.extendThreshold))
      ? [
          {
            at: placeOfKey(table, "auto_extend_size_threshold", entry),
            message:
              missing.length > 0
                ? `flyctl refuses the file: a threshold needs ${listed(missing)} too`
                : `flyctl refuses the file: the threshold is ${volume.extendThreshold.min} to ${volume.extendThreshold.max} percent`,
            fix: 'auto_extend_size_threshold = 80\nauto_extend_size_increment = "1gb"\nauto_extend_size_limit = "10gb"',
          },
        ]
      : []),
  ];
};

export const mountRules: readonly Rule[] = [
  {
    id: "mount-values",
    severity: "error",
    title: "volume settings that Fly refuses",
    check: (file) => file.mounts.flatMap(judge),
  },
  {
    id: "several-mounts",
    severity: "error",
    title: "several volumes for one group: a machine has one",
    check: (file) =>
      file.mounts.flatMap((view, index): Problem[] => {
        const doubled = view.groups.filter((group) =>
          file.mounts.slice(0, index).some(({ groups }) => groups.includes(group)),
        );
        return doubled.length === 0
          ? []
          : [
              {
                at: placeOfSection(view),
                message: `a machine has one volume, and ${listed(doubled)} would get several: the deploy fails`,
                fix: '[[mounts]]\n  source = "data"\n  destination = "/data"\n  processes = ["worker"]',
              },
            ];
      }),
  },
];
