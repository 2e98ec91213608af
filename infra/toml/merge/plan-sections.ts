import type { Setting, Settings } from "../../render/toml-text";
import type { TomlTable } from "../document";
import { dataOf } from "../document";
import type { FlyFile, SectionView } from "../fly-file";
import type { OwnedTable } from "../owned-keys";
import { ownedVm } from "../owned-keys";
import { memoryMib, numberAt, textAt } from "../values";
import type { ItemPlan, TablePlan, Want } from "./plan";
import { definedOnly, textOf } from "./plan";
import { planTable } from "./plan-table";

/** The groups of file and declaration, and which sections of the file the declaration speaks for. */
export interface Groups {
  readonly declared: readonly string[];
  /** False in an app with the implicit group alone: its sections need no `processes`. */
  readonly named: boolean;
  /** A group is added that takes over what names none: such sections must keep the group that they had. */
  readonly shifts: boolean;
  readonly file: FlyFile;
}

export const groupsOf = (settings: Settings): string[] => {
  const { processes } = settings;
  return Array.isArray(processes) ? processes.map(String) : [];
};

/**
 * The declaration speaks for it: it comes into force for a declared group. A file without [processes] has one group,
 * which is whatever the declaration calls it.
 */
export const isOurs = (view: SectionView, { declared, file }: Groups): boolean =>
  file.processes.length === 0 || view.groups.some((group) => declared.includes(group));

/** `processes` as it must stand: groups that the declaration does not know keep what they had. */
export const targeted = (settings: Settings, view: SectionView | undefined, groups: Groups): Settings => {
  const others = groups.file.processes
    .map(({ name }) => name)
    .filter((name) => !groups.declared.includes(name) && view?.processes?.includes(name) === true);
  const wanted = [...groupsOf(settings), ...others];
  const written = view?.processes;
  // Nothing needs a name where there is one group without one.
  if (!groups.named && written === undefined) return without(settings, "processes");
  return { ...settings, processes: wanted };
};

const without = (settings: Settings, key: string): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => name !== key));

/** An entry of the file stays as it is and for the groups it was for. */
export const untouched = (
  view: SectionView,
  { shifts }: Groups,
): { readonly existing: TomlTable; readonly plan: TablePlan } => ({
  existing: view.table,
  plan:
    shifts && view.processes === undefined && view.table.entries.size > 0
      ? new Map<string, Want>([["processes", { do: "set", value: [...view.groups] }]])
      : new Map<string, Want>(),
});

/**
 * [[restart]], [[metrics]], [[vm]]: one entry a group, set where declared. A section that several groups share is kept
 * for those that declare nothing of it, and becomes that of the first declared one where none is left.
 */
export const planByGroup = (
  views: readonly SectionView[],
  declared: readonly Settings[],
  groups: Groups,
  owned: OwnedTable,
): readonly ItemPlan[] => {
  if (declared.length === 0) {
    // A size without a group is for all of them, new ones too.
    return views.map((view) => untouched(view, owned === ownedVm ? { ...groups, shifts: false } : groups));
  }
  const wantedGroups = declared.flatMap(groupsOf);
  const inForce = (view: SectionView): readonly string[] => {
    if (groups.file.processes.length > 0) {
      const existing = view.groups.filter((group) => groups.file.groups.includes(group));
      return existing.length > 0 ? existing : view.groups;
    }
    const named = groups.declared.filter((group) => view.processes?.includes(group) === true);
    return named.length > 0 ? named : groups.declared;
  };
  // A section that is for one group alone goes before one that it shares.
  const order = [...views].sort((a, b) => inForce(a).length - inForce(b).length);
  const takenBy = new Map<SectionView, Settings>();
  for (const settings of declared) {
    const [group = ""] = groupsOf(settings);
    const free = order.filter((view) => !takenBy.has(view) && inForce(view).includes(group));
    const view =
      free.find((candidate) => inForce(candidate).length === 1) ??
      free.find((candidate) => inForce(candidate).every((each) => wantedGroups.includes(each)));
    if (view !== undefined) takenBy.set(view, settings);
  }
  const kept = views.flatMap((view): ItemPlan[] => {
    const settings = takenBy.get(view);
    if (settings !== undefined) {
      const forGroup = groups.named ? settings : targeted(settings, view, groups);
      return [{ existing: view.table, plan: planEntry(view.table, forGroup, owned) }];
    }
    const rest = inForce(view).filter((group) => !wantedGroups.includes(group));
    if (rest.length === 0) return [];
    return rest.length === inForce(view).length && view.processes !== undefined
      ? [untouched(view, groups)]
      : [{ existing: view.table, plan: new Map<string, Want>([["processes", { do: "set", value: rest }]]) }];
  });
  const added = declared
    .filter((settings) => ![...takenBy.values()].includes(settings))
    .map((settings): ItemPlan => {
      // What a shared section said besides goes on for the group that leaves it.
      const [group = ""] = groupsOf(settings);
      const shared = order.find((view) => inForce(view).includes(group));
      const data = groups.named ? settings : targeted(settings, undefined, groups);
      return {
        existing: undefined,
        data: definedOnly({ ...foreignIn(shared?.table, owned), ...data }) as Settings,
      };
    });
  return [...kept, ...added];
};

const sizeKeys = ["size", "memory", "memory_mb", "cpu_kind", "cpus"];

const foreignIn = (table: TomlTable | undefined, owned: OwnedTable): Settings =>
  table === undefined
    ? {}
    : Object.fromEntries(
        Object.entries(dataOf(table) as Record<string, Setting>).filter(
          ([key]) => !Object.hasOwn(owned.keys, key) && !sizeKeys.includes(key),
        ),
      );

const planEntry = (table: TomlTable, settings: Settings, owned: OwnedTable): TablePlan =>
  owned === ownedVm ? planVm(table, settings) : planTable(table, settings, owned);

/** A size may be written as a preset and memory as memory_mb; what already means the declared is left. */
const planVm = (table: TomlTable, settings: Settings): TablePlan => {
  const plan = new Map<string, Want>(planTable(table, settings, ownedVm));
  const size = textAt(table, "size");
  const [, kind, cpus] = /^(shared|performance)(?:-cpu)?-(\d+)x$/.exec(size ?? "") ?? [];
  const isPreset = kind === settings["cpu_kind"] && Number(cpus) === settings["cpus"];
  if (size !== undefined && !isPreset)
    plan.set("size", { do: "remove", because: "the size is declared whole" });
  if (isPreset) {
    for (const key of ["cpu_kind", "cpus"]) if (!table.entries.has(key)) plan.delete(key);
  }
  if (table.entries.has("memory_mb")) {
    const mib = memoryMib(textOf(settings["memory"])) ?? 0;
    plan.delete("memory");
    if (table.entries.has("memory")) plan.set("memory", { do: "remove", because: "memory_mb says it" });
    if (numberAt(table, "memory_mb") !== mib) plan.set("memory_mb", { do: "set", value: mib });
  }
  return plan;
};
