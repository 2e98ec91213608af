import type { ResolvedApp } from "../../model/app";
import { flyTomlSettings } from "../../render/fly-toml";
import type { Setting, Settings } from "../../render/toml-text";
import { dataOf } from "../document";
import type { FlyFile, SectionView } from "../fly-file";
import type { OwnedTable } from "../owned-keys";
import {
  ownedDeploy,
  ownedMetrics,
  ownedRestart,
  ownedTop,
  ownedTopLevelCheck,
  ownedVm,
} from "../owned-keys";
import { tablesAt } from "../values";
import type { ItemPlan, TablePlan, Want } from "./plan";
import { definedOnly, textOf } from "./plan";
import type { Groups } from "./plan-sections";
import { isOurs, planByGroup, targeted, untouched } from "./plan-sections";
import { planServices } from "./plan-services";
import { listWant, planTable } from "./plan-table";

type Data = Record<string, Setting>;

const listIn = (settings: Settings, key: string): readonly Settings[] => {
  const value = settings[key];
  return Array.isArray(value) ? (value as readonly Settings[]) : [];
};

/** Everything that must change in the file so that it says what the app's declaration says. */
export const planFile = (file: FlyFile, app: ResolvedApp): TablePlan => {
  const settings = definedOnly(flyTomlSettings(app)) as Settings;
  const declared = Object.keys(app.processGroups);
  const after = [...new Set([...file.groups, ...declared])].sort();
  const groups: Groups = {
    declared,
    shifts: file.processes.length > 0 && (after.includes("app") ? "app" : after[0]) !== file.defaultGroup,
    named: file.processes.length > 0 || settings["processes"] !== undefined,
    file,
  };
  const plan = new Map<string, Want>(planTable(file.root, settings, ownedTop));
  const add = (key: string, want: Want | undefined): void => {
    if (want !== undefined) plan.set(key, want);
  };

  if (settings["deploy"] !== undefined) {
    const node = file.root.entries.get("deploy")?.node;
    const [table] = tablesAt(file.root, "deploy");
    const changes = planTable(table, settings["deploy"] as Settings, ownedDeploy);
    if (changes.size > 0 || node?.kind === "list") add("deploy", { do: "table", plan: changes });
  }
  add("processes", planProcesses(file, settings, groups));
  for (const [key, want] of planServices(file, settings, groups)) plan.set(key, want);
  for (const [key, want] of planTopLevelChecks(file, settings, groups)) plan.set(key, want);
  for (const [key, former, views, owned] of [
    ["vm", ["compute", "computes"], file.vms, ownedVm],
    ["restart", [], file.restarts, ownedRestart],
    ["metrics", ["metric"], file.metrics, ownedMetrics],
  ] as const) {
    for (const [name, want] of planNamed(file, key, former, views, listIn(settings, key), owned, groups)) {
      plan.set(name, want);
    }
  }
  if (settings["metrics"] !== undefined) add("experimental", planExperimental(file));
  for (const key of groups.shifts ? ["mounts", "mount", "files"] : []) {
    const views = [...file.mounts, ...file.files].filter(({ entry }) => entry.key === key);
    const node = file.root.entries.get(key)?.node;
    const items = views.map((view) => untouched(view, groups));
    // A single table stays one: the section is the app's own.
    const [first] = items;
    if (node?.kind === "table" && first !== undefined) {
      add(key, first.plan.size === 0 ? undefined : { do: "table", plan: first.plan });
    } else if (node !== undefined) add(key, listWant(node, items, ""));
  }
  return plan;
};

/** Groups that the file does not name are added; commands that it has are the app's own business. */
const planProcesses = (file: FlyFile, settings: Settings, { declared, named }: Groups): Want | undefined => {
  if (!named) return undefined;
  const commands = (settings["processes"] ?? {}) as Settings;
  const present = file.processes.map(({ name }) => name);
  // A command that is empty is the image's own.
  const missing = declared
    .filter((group) => !present.includes(group))
    .map((group): [string, string] => [group, textOf(commands[group])]);
  if (missing.length === 0) return undefined;
  const node = file.root.entries.get("processes")?.node;
  if (node?.kind === "list" && node.items.length > 0) {
    return {
      do: "list",
      because: "",
      reshaped: true,
      items: [
        ...tablesAt(file.root, "processes").map((table): ItemPlan => ({ existing: table, plan: new Map() })),
        ...missing.map(([name, command]): ItemPlan => ({ existing: undefined, data: { name, command } })),
      ],
    };
  }
  if (node?.kind === "list") return { do: "replace", data: Object.fromEntries(missing) };
  return {
    do: "table",
    plan: new Map(missing.map(([name, command]): [string, Want] => [name, { do: "set", value: command }])),
  };
};

const planTopLevelChecks = (file: FlyFile, settings: Settings, groups: Groups): Map<string, Want> => {
  const wanted = (settings["checks"] ?? {}) as Data;
  const node = file.root.entries.get("checks")?.node;
  const view = (name: string): (typeof file.topLevelChecks)[number] | undefined =>
    file.topLevelChecks.find((check) => check.name === name);
  const stays = file.topLevelChecks.filter(
    (check) => !Object.hasOwn(wanted, check.name) && !isOurs(check, groups),
  );

  if (node?.kind === "list" && (node.items.length > 0 || Object.keys(wanted).length > 0)) {
    const entries = [
      ...stays.map(({ name, table }) => [name, withoutName(dataOf(table) as Data)] as const),
      ...Object.entries(wanted).map(([name, check]) => {
        const before = view(name);
        const data = targeted(check as Settings, before, groups);
        return [name, { ...withoutName((before && (dataOf(before.table) as Data)) ?? {}), ...data }] as const;
      }),
    ];
    return new Map<string, Want>([
      [
        "checks",
        entries.length === 0
          ? { do: "remove", because: "not declared" }
          : { do: "replace", data: Object.fromEntries(entries) },
      ],
    ]);
  }

  const plan = new Map<string, Want>();
  for (const check of file.topLevelChecks) {
    if (Object.hasOwn(wanted, check.name)) continue;
    if (isOurs(check, groups)) plan.set(check.name, { do: "remove", because: "not declared" });
    else {
      const kept = untouched(check, groups).plan;
      if (kept.size > 0) plan.set(check.name, { do: "table", plan: kept });
    }
  }
  for (const [name, check] of Object.entries(wanted)) {
    const before = view(name);
    const declared = targeted(check as Settings, before, groups);
    const changes = planTable(before?.table, declared, ownedTopLevelCheck);
    if (before === undefined) plan.set(name, { do: "replace", data: declared });
    else if (changes.size > 0) plan.set(name, { do: "table", plan: changes });
  }
  if (plan.size === 0) return new Map();
  const leftOver = file.topLevelChecks.filter(({ name }) => plan.get(name)?.do !== "remove").length;
  const isGone =
    leftOver === 0 &&
    Object.keys(wanted).length === 0 &&
    node?.kind === "table" &&
    plan.size === node.entries.size;
  return new Map<string, Want>([
    ["checks", isGone ? { do: "remove", because: "not declared" } : { do: "table", plan }],
  ]);
};

const withoutName = ({ name: _, ...rest }: Data): Data => rest;

/** A list that has had other names: all of them become the one of today. */
const planNamed = (
  file: FlyFile,
  key: string,
  former: readonly string[],
  views: readonly SectionView[],
  declared: readonly Settings[],
  owned: OwnedTable,
  groups: Groups,
): Map<string, Want> => {
  const plan = new Map<string, Want>();
  const items = planByGroup(views, declared, groups, owned);
  const node = file.root.entries.get(key)?.node;
  const old = former.filter((name) => file.root.entries.has(name));
  if (old.length === 0) {
    const want =
      node === undefined && items.length === 0 ? undefined : listWant(node, items, "another one says it");
    if (want !== undefined) plan.set(key, want);
    return plan;
  }
  const inPlace = new Set(tablesAt(file.root, key));
  for (const name of old) plan.set(name, { do: "remove", because: `it is called ${key} today` });
  plan.set(key, {
    do: "list",
    because: "another one says it",
    reshaped: true,
    items: items.map((item): ItemPlan =>
      item.existing === undefined || inPlace.has(item.existing)
        ? item
        : { existing: undefined, data: { ...appliedTo(item) } },
    ),
  });
  return plan;
};

const appliedTo = (item: ItemPlan & { readonly existing: object }): Settings => {
  const data = dataOf(item.existing) as Data;
  for (const [key, want] of item.plan) {
    if (want.do === "set") data[key] = want.value;
    else if (want.do === "remove") Reflect.deleteProperty(data, key);
  }
  return data;
};

/** Metrics once stood among the experiments, where Fly looks no more once [[metrics]] is there. */
const planExperimental = (file: FlyFile): Want | undefined => {
  const node = file.root.entries.get("experimental")?.node;
  if (node?.kind !== "table") return undefined;
  const old = ["metrics_port", "metrics_path"].filter((key) => node.entries.has(key));
  if (old.length === 0) return undefined;
  return {
    do: "table",
    plan: new Map(old.map((key): [string, Want] => [key, { do: "remove", because: "[[metrics]] says it" }])),
  };
};
