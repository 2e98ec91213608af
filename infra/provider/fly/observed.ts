import { fieldPath } from "../../model/diagnostics";
import type { GroupSettings, MachineSettingsInputs } from "../../model/machine-settings";
import { isReadable, type ApiMachine, type ReadableMachine } from "./api-machine";
import { isSameService, managedDeclaration, managedView, viewOf } from "./group-settings";
import { groupOf } from "./machines";
import { isSame, present } from "./plain";

// What an app's machines show of its settings, as the resource's state: one value for all machines of a group.

/** The machines of each process group; those that are nobody's are left out. */
export const byGroup = (machines: readonly ApiMachine[]): ReadonlyMap<string, readonly ApiMachine[]> => {
  const groups = new Map<string, ApiMachine[]>();
  for (const machine of machines) {
    const group = groupOf(machine);
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), machine]);
  }
  return groups;
};

const isTable = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `declared` where all that was found says the same, else what the first that differs says; value by value. */
const merged = (declared: unknown, found: readonly unknown[]): unknown => {
  const different = found.filter((value) => !isSame(value, declared));
  const [first] = different;
  if (different.length === 0) return declared;
  if (isTable(declared) && different.every(isTable)) {
    const keys = new Set([declared, ...different].flatMap((table) => Object.keys(table)));
    return present(
      Object.fromEntries(
        [...keys].map((key) => [
          key,
          merged(
            declared[key],
            different.map((table) => table[key]),
          ),
        ]),
      ),
    );
  }
  if (
    Array.isArray(declared) &&
    different.every((list) => Array.isArray(list) && list.length === declared.length)
  ) {
    return declared.map((value: unknown, index) =>
      merged(
        value,
        different.map((list) => (list as readonly unknown[])[index]),
      ),
    );
  }
  return first;
};

/** A surplus that is not to be removed is no difference: it is warned of instead. */
const shownCount = (found: number, { count, removeSurplus }: GroupSettings): number | undefined =>
  count !== undefined && found > count && removeSurplus !== true ? count : count && found;

/** A group as its machines show it; undefined when it has none. */
const observedGroup = (
  declared: GroupSettings,
  machines: readonly ApiMachine[] = [],
): GroupSettings | undefined => {
  if (machines.length === 0) return undefined;
  const views = machines.filter(isReadable).map(({ config }) => managedView(config, declared));
  return present({
    ...(merged(managedDeclaration(declared), views) as GroupSettings),
    count: shownCount(machines.length, declared),
    removeSurplus: declared.removeSurplus,
  });
};

/** The declaration with the values that the machines really have. */
export const observed = (
  declared: MachineSettingsInputs,
  machines: readonly ApiMachine[],
): MachineSettingsInputs => {
  const groups = byGroup(machines);
  return {
    ...declared,
    processGroups: Object.fromEntries(
      Object.entries(declared.processGroups).flatMap(([name, settings]) => {
        const found = observedGroup(settings, groups.get(name));
        return found ? [[name, found]] : [];
      }),
    ),
  };
};

/** A declaration that says of an app's machines what they are, for an import. */
export const described = (
  app: string,
  machines: readonly ApiMachine[],
): MachineSettingsInputs["processGroups"] => {
  const groups = [...byGroup(machines)].flatMap(([name, members]): [string, GroupSettings][] => {
    const [first] = members.filter(isReadable);
    if (first === undefined) return [];
    const view = viewOf(first.config);
    const services = view.services?.filter(
      (service, index, all) => all.findIndex((other) => isSameService(other, service)) === index,
    );
    return [[name, present({ ...view, services, count: members.length })]];
  });
  return Object.fromEntries(groups);
};

/** One value of a machine that is not as declared. */
export interface Difference {
  readonly machine: string;
  readonly group: string;
  /** In the group: services, 0, min_machines_running. */
  readonly path: readonly PropertyKey[];
  readonly declared: unknown;
  readonly found: unknown;
}

const differences = (
  declared: unknown,
  found: unknown,
  path: readonly PropertyKey[] = [],
): Omit<Difference, "machine" | "group">[] => {
  if (isSame(declared, found)) return [];
  if (isTable(declared) && isTable(found)) {
    const keys = [...new Set([...Object.keys(declared), ...Object.keys(found)])];
    return keys.flatMap((key) => differences(declared[key], found[key], [...path, key]));
  }
  if (Array.isArray(declared) && Array.isArray(found)) {
    const indexes = [...Array(Math.max(declared.length, found.length)).keys()];
    return indexes.flatMap((index) => differences(declared[index], found[index], [...path, index]));
  }
  return [{ path, declared, found }];
};

/** Every value of a machine that is not as declared for its group. */
export const differencesOf = (
  machine: ReadableMachine,
  group: string,
  declared: GroupSettings,
): Difference[] =>
  differences(managedDeclaration(declared), managedView(machine.config, declared)).map((difference) => ({
    ...difference,
    machine: machine.id,
    group,
  }));

const shown = (value: unknown): string => {
  const text = value === undefined ? "none" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
};

/** "services[0].min_machines_running 1 -> 0", from one value to the other. */
export const inWords = (path: readonly PropertyKey[], from: unknown, to: unknown): string =>
  `${fieldPath(path)} ${shown(from)} -> ${shown(to)}`;
