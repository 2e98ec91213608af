import type { Problem, Rule } from "../finding";
import type { FlyFile } from "../fly-file";
import type { Deviation } from "../schema-walk";
import { deviationsOf } from "../schema-walk";
import { goMilliseconds } from "../values";
import { headerOf, spanOf, written } from "./written";

const of = (file: FlyFile, kind: Deviation["kind"]): Deviation[] =>
  deviationsOf(file.document).filter((deviation) => deviation.kind === kind);

const name = ({ parents, entry }: Deviation): string => [...parents, entry.key].join(".");
const place = ({ entry, node }: Deviation): Problem["at"] =>
  node.kind === "scalar" ? (entry.statement ?? node.span) : spanOf(node, entry);
const valueOf = ({ node }: Deviation): string | number | boolean =>
  node.kind === "scalar" ? node.value : "";

const wanted: Readonly<Record<string, string>> = {
  text: "text in quotes",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  texts: "a list of texts",
  "texts-or-text": "a list of texts",
  "auto-stop": '"off", "stop" or "suspend"',
  table: "a table",
  tables: "a list of tables",
  named: "a table",
};

const mended = (deviation: Deviation): string => {
  const { entry, shape } = deviation;
  const value = valueOf(deviation);
  switch (shape?.type) {
    case "integer":
    case "number":
      return `${entry.key} = ${Number.isFinite(Number(value)) && value !== "" ? Number(value) : "1"}`;
    case "boolean":
      return `${entry.key} = ${/^(true|yes|on|1)$/i.test(String(value)) ? "true" : "false"}`;
    case "texts":
    case "texts-or-text":
      return `${entry.key} = ${written([String(value)])}`;
    case "auto-stop":
      return `${entry.key} = "stop"`;
    case "text":
      return `${entry.key} = ${written(String(value))}`;
    case "tables":
      return headerOf([...deviation.parents, entry.key], true);
    case "table":
    case "named":
      return headerOf([...deviation.parents, entry.key], false);
    default:
      return entry.key;
  }
};

const oldNames: Readonly<Record<string, string>> = {
  mount: "mounts",
  metric: "metrics",
  compute: "vm",
  computes: "vm",
};

/** The new way of writing an old form that Fly still takes. */
const today = (deviation: Deviation): string => {
  const { entry, parents, shape, node } = deviation;
  const value = valueOf(deviation);
  if (shape?.type === "auto-stop")
    return `${entry.key} = ${value === true || value === "true" ? '"stop"' : '"off"'}`;
  if (entry.key === "concurrency") {
    const [soft, hard] = String(value).split(",");
    return `[services.concurrency]\n  type = "requests"\n  soft_limit = ${soft ?? ""}\n  hard_limit = ${hard ?? ""}`;
  }
  if (shape?.type === "named" && node.kind === "list") {
    const names = node.items.flatMap((item) => {
      const found = item.kind === "table" ? item.entries.get("name")?.node : undefined;
      return found?.kind === "scalar" ? [String(found.value)] : [];
    });
    const path = [...parents, entry.key];
    if (entry.key === "checks")
      return (names.length === 0 ? ["name"] : names)
        .map((each) => headerOf([...path, each], false))
        .join("\n");
    return [
      headerOf(path, false),
      ...names.map((each) => `  ${/^[\w-]+$/.test(each) ? each : written(each)} = "..."`),
    ].join("\n");
  }
  return `${entry.key} = ${Number(value)}`;
};

const bareUnits = { ns: "nanoseconds", ms: "milliseconds", s: "seconds" } as const;

/** What people who write a bare number mean: the docs speak of milliseconds, most hands of seconds. */
const meantDuration = (value: number): string =>
  value >= 1000 ? (value % 1000 === 0 ? `${value / 1000}s` : `${value}ms`) : `${value}s`;

export const formRules: readonly Rule[] = [
  {
    id: "single-table",
    severity: "error",
    title: "a single table where Fly wants a list of tables: the file is refused",
    check: (file) =>
      of(file, "single-table")
        .filter(({ wrapped }) => wrapped !== true)
        .map((deviation) => ({
          at: place(deviation),
          message: `${name(deviation)} is a list: flyctl refuses the whole file over a single table here`,
          fix: headerOf([...deviation.parents, deviation.entry.key], true),
        })),
  },
  {
    id: "list-for-table",
    severity: "error",
    title: "a list of tables where Fly wants a single one: the file is refused",
    check: (file) =>
      of(file, "list-for-table").map((deviation) => ({
        at: place(deviation),
        message: `${name(deviation)} is one table: flyctl refuses the whole file over a list here`,
        fix: headerOf([...deviation.parents, deviation.entry.key], false),
      })),
  },
  {
    id: "wrong-type",
    severity: "error",
    title: "values of the wrong type: the file is refused",
    check: (file) =>
      of(file, "wrong-type").map((deviation) => ({
        at: place(deviation),
        message: `${name(deviation)} must be ${wanted[deviation.shape?.type ?? ""] ?? "of another type"}: flyctl refuses the whole file`,
        fix: mended(deviation),
      })),
  },
  {
    id: "auto-stop-value",
    severity: "error",
    title: "values of auto_stop_machines that Fly refuses",
    check: (file) =>
      of(file, "bad-auto-stop").map((deviation) => ({
        at: place(deviation),
        message: `auto_stop_machines takes "off", "stop" or "suspend": flyctl refuses ${written(valueOf(deviation))} when it deploys`,
        fix: `auto_stop_machines = ${/^(no|none|false|never|disabled?)$/i.test(String(valueOf(deviation))) ? '"off"' : '"stop"'}`,
      })),
  },
  {
    id: "bare-duration",
    severity: "error",
    title: "durations without a unit, which Fly reads as nanoseconds, milliseconds or seconds by place",
    check: (file) =>
      of(file, "bare-duration").map((deviation) => {
        const value = Number(valueOf(deviation));
        const unit = deviation.shape?.type === "text" ? (deviation.shape.duration ?? "ms") : "ms";
        const plausible = unit === "s" || (unit === "ms" && value >= 1000);
        const meaning = unit === "s" ? `${value}s` : meantDuration(value);
        return {
          at: place(deviation),
          severity: plausible ? "warning" : "error",
          message: `${name(deviation)} = ${value} has no unit, and Fly takes ${value} ${bareUnits[unit]} here`,
          fix: `${deviation.entry.key} = "${meaning}"`,
        };
      }),
  },
  {
    id: "invalid-duration",
    severity: "error",
    title: "durations that Fly cannot read: the file is refused",
    check: (file) =>
      of(file, "bad-duration").map((deviation) => {
        const value = String(valueOf(deviation)).trim();
        const mend = /^\d+$/.test(value)
          ? meantDuration(Number(value))
          : value.replace(
              /^(\d+)\s*(sec|second|min|minute|hour)s?$/i,
              (_, amount: string, unit: string) => amount + unit.charAt(0),
            );
        return {
          at: place(deviation),
          message: `${name(deviation)} = ${written(value)} is no duration to Fly (it wants a unit of ms, s, m or h): flyctl refuses the file`,
          fix: `${deviation.entry.key} = "${goMilliseconds(mend) === undefined ? "15s" : mend}"`,
        };
      }),
  },
  {
    id: "old-form",
    severity: "warning",
    title: "forms of earlier years that Fly still takes",
    check: (file) => [
      ...of(file, "old-form").map((deviation) => ({
        at: place(deviation),
        message: `${name(deviation)} is written as in earlier years; Fly still takes it`,
        fix: today(deviation),
      })),
      ...of(file, "single-table")
        .filter(({ wrapped }) => wrapped === true)
        .map((deviation) => ({
          at: place(deviation),
          message: `${name(deviation)} is a list today; Fly still takes a single table`,
          fix: headerOf([...deviation.parents, oldNames[deviation.entry.key] ?? deviation.entry.key], true),
        })),
      ...[...file.root.entries.values()]
        .filter(({ key, node }) => Object.hasOwn(oldNames, key) && node.kind === "list")
        .map((entry) => ({
          at: entry.statement ?? entry.keySpan,
          message: `${entry.key} is called ${oldNames[entry.key] ?? ""} today; Fly still takes it`,
          fix: headerOf([oldNames[entry.key] ?? ""], true),
        })),
      ...experimental(file),
    ],
  },
];

const moved: Readonly<Record<string, (value: string) => string>> = {
  kill_timeout: (value) => `# at the top of the file\nkill_timeout = ${value}`,
  metrics_port: (value) => `[[metrics]]\n  port = ${value}\n  path = "/metrics"`,
  metrics_path: (value) => `[[metrics]]\n  port = 9091\n  path = ${value}`,
};

const experimental = (file: FlyFile): Problem[] => {
  const section = file.root.entries.get("experimental")?.node;
  if (section?.kind !== "table") return [];
  return [...section.entries.values()].flatMap((entry): Problem[] => {
    const move = Object.hasOwn(moved, entry.key) ? moved[entry.key] : undefined;
    if (move === undefined || entry.node.kind !== "scalar") return [];
    return [
      {
        at: entry.statement ?? entry.keySpan,
        message: `experimental.${entry.key} has a place of its own today; Fly looks here only where that is not set`,
        fix: move(file.document.text.slice(entry.node.span.start, entry.node.span.end)),
      },
    ];
  });
};
