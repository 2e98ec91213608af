import type { Entry, TomlDocument, TomlTable } from "./document";
import { looseNumberAt, numberAt, tableAt, tablesAt, textAt, textsAt, booleanAt } from "./values";

/** A fly.toml as Fly understands it: process groups, services, checks and machine sizes, with their places. */
export interface FlyFile {
  readonly document: TomlDocument;
  readonly root: TomlTable;
  /** `[processes]`: name and command. Empty in an app with the one implicit group "app". */
  readonly processes: readonly { readonly name: string; readonly command: string; readonly entry: Entry }[];
  /** All groups; "app" where the file names none. */
  readonly groups: readonly string[];
  /** The group that a section without `processes` goes to. */
  readonly defaultGroup: string;
  readonly services: readonly ServiceView[];
  readonly topLevelChecks: readonly TopLevelCheckView[];
  readonly vms: readonly SectionView[];
  readonly mounts: readonly SectionView[];
  readonly metrics: readonly SectionView[];
  readonly restarts: readonly SectionView[];
  readonly files: readonly SectionView[];
}

export interface SectionView {
  readonly table: TomlTable;
  /** Of the section in its parent. */
  readonly entry: Entry;
  /** As written; undefined without the key or with an empty list. */
  readonly processes: readonly string[] | undefined;
  /** The groups it comes into force for. */
  readonly groups: readonly string[];
}

export interface ServiceView extends SectionView {
  readonly kind: "http_service" | "services";
  readonly internalPort: number | undefined;
  readonly autoStop: "off" | "stop" | "suspend" | undefined;
  readonly autoStart: boolean;
  readonly minimum: number | undefined;
  /** What Fly's proxy listens on. */
  readonly publicPorts: readonly number[];
  readonly ports: readonly TomlTable[];
  readonly checks: readonly CheckView[];
}

export interface CheckView {
  readonly type: "http" | "tcp";
  readonly table: TomlTable;
  readonly entry: Entry;
  /** Unit of a bare number here. */
  readonly bareUnit: "ns" | "ms";
}

export interface TopLevelCheckView extends SectionView {
  readonly name: string;
  readonly type: string | undefined;
}

const autoStopOf = (table: TomlTable): ServiceView["autoStop"] => {
  const flag = booleanAt(table, "auto_stop_machines");
  if (flag !== undefined) return flag ? "stop" : "off";
  const text = textAt(table, "auto_stop_machines");
  if (text === "true") return "stop";
  if (text === "false") return "off";
  return text === "off" || text === "stop" || text === "suspend" ? text : undefined;
};

const processesOf = (table: TomlTable): FlyFile["processes"] => {
  const entry = table.entries.get("processes");
  if (entry === undefined) return [];
  if (entry.node.kind === "table") {
    return [...entry.node.entries.values()].map((command) => ({
      name: command.key,
      command: command.node.kind === "scalar" ? String(command.node.value) : "",
      entry: command,
    }));
  }
  return tablesAt(table, "processes").flatMap((item) => {
    const name = textAt(item, "name");
    const named = item.entries.get("name");
    return name === undefined || named === undefined
      ? []
      : [{ name, command: textAt(item, "command") ?? "", entry: named }];
  });
};

export const flyFileOf = (document: TomlDocument): FlyFile => {
  const { root } = document;
  const processes = processesOf(root);
  const groups = processes.length === 0 ? ["app"] : processes.map(({ name }) => name);
  const defaultGroup = groups.includes("app") ? "app" : ([...groups].sort()[0] ?? "app");

  const section = (table: TomlTable, entry: Entry, untargeted: readonly string[]): SectionView => {
    const written = textsAt(table, "processes");
    const named = written === undefined || written.length === 0 ? undefined : written;
    return { table, entry, processes: named, groups: named ?? untargeted };
  };
  const sections = (keys: readonly string[], untargeted: readonly string[]): SectionView[] =>
    keys.flatMap((key) => {
      const entry = root.entries.get(key);
      return entry === undefined ? [] : tablesAt(root, key).map((table) => section(table, entry, untargeted));
    });
  const checksOf = (
    table: TomlTable,
    key: string,
    type: CheckView["type"],
    bareUnit: CheckView["bareUnit"],
  ): CheckView[] => {
    const entry = table.entries.get(key);
    return entry === undefined
      ? []
      : tablesAt(table, key).map((check) => ({ type, table: check, entry, bareUnit }));
  };
  const service = (
    { table, entry, processes: written, groups: inForce }: SectionView,
    kind: ServiceView["kind"],
  ): ServiceView => {
    const ports = kind === "services" ? tablesAt(table, "ports") : [];
    return {
      table,
      entry,
      kind,
      processes: written,
      groups: inForce,
      internalPort: looseNumberAt(table, "internal_port"),
      autoStop: autoStopOf(table),
      autoStart: booleanAt(table, "auto_start_machines") ?? true,
      minimum: numberAt(table, "min_machines_running"),
      ports,
      publicPorts:
        kind === "http_service"
          ? [80, 443]
          : ports.flatMap((port) => {
              const number = looseNumberAt(port, "port");
              return number === undefined ? [] : [number];
            }),
      checks:
        kind === "http_service"
          ? checksOf(table, "checks", "http", "ns")
          : [...checksOf(table, "tcp_checks", "tcp", "ms"), ...checksOf(table, "http_checks", "http", "ms")],
    };
  };
  const topLevelChecks = (): TopLevelCheckView[] => {
    const entry = root.entries.get("checks");
    if (entry?.node.kind === "list") {
      return tablesAt(root, "checks").map((table) => ({
        ...section(table, entry, [defaultGroup]),
        name: textAt(table, "name") ?? "",
        type: textAt(table, "type"),
      }));
    }
    return [...(tableAt(root, "checks")?.entries.values() ?? [])].flatMap((check) =>
      check.node.kind === "table"
        ? [
            {
              ...section(check.node, check, [defaultGroup]),
              name: check.key,
              type: textAt(check.node, "type"),
            },
          ]
        : [],
    );
  };
  const httpEntry = root.entries.get("http_service");
  // A list in its place is refused by flyctl; what it would say is read all the same.
  const [httpTable] = tablesAt(root, "http_service");
  return {
    document,
    root,
    processes,
    groups,
    defaultGroup,
    services: [
      ...(httpEntry !== undefined && httpTable !== undefined
        ? [service(section(httpTable, httpEntry, [defaultGroup]), "http_service")]
        : []),
      ...sections(["services"], [defaultGroup]).map((view) => service(view, "services")),
    ],
    topLevelChecks: topLevelChecks(),
    vms: sections(["compute", "computes", "vm"], groups),
    mounts: sections(["mount", "mounts"], [defaultGroup]),
    metrics: sections(["metric", "metrics"], [defaultGroup]),
    restarts: sections(["restart"], [defaultGroup]),
    files: sections(["files"], [defaultGroup]),
  };
};
