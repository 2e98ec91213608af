import { randomBytes } from "node:crypto";
import { versions, type Versions } from "./versions";

/** A thing of an account with what was set on it. */
export interface Entry<Attributes> {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly attributes: Attributes;
  /** What it is part of, such as a section's status page. */
  readonly parent?: number;
}

/** All that is set in an account, by kind, without what happens. */
export interface Holdings<Kinds extends object> {
  in<Name extends keyof Kinds>(name: Name): Versions<Entry<Kinds[Name]>>;
  /** Puts a new thing there. */
  add<Name extends keyof Kinds>(name: Name, attributes: Kinds[Name], parent?: number): Entry<Kinds[Name]>;
  /** Puts there what every account starts with. */
  seed<Name extends keyof Kinds>(name: Name, attributes: Kinds[Name]): void;
  change<Name extends keyof Kinds>(name: Name, id: number, attributes: Kinds[Name]): Entry<Kinds[Name]>;
  /** False where there was none. */
  remove(name: keyof Kinds, id: number): boolean;
  /** A number that no other thing has. */
  readonly newId: () => number;
  /** A word that nobody guesses, for addresses that are secrets. */
  readonly newSecret: () => string;
  /** Calls back after each change. */
  watch(onChange: (name: keyof Kinds, id: number) => void): void;
}

/** Nothing yet; ids count up from `firstId`. */
export const createHoldings = <Kinds extends object>(
  firstId: number,
  now: () => number = Date.now,
): Holdings<Kinds> => {
  const collections = new Map<keyof Kinds, unknown>();
  const watchers: ((name: keyof Kinds, id: number) => void)[] = [];
  let nextId = firstId;
  const newId = (): number => nextId++;

  const collection = <Name extends keyof Kinds>(name: Name): Versions<Entry<Kinds[Name]>> => {
    const known = collections.get(name) ?? versions<Entry<Kinds[Name]>>(now);
    collections.set(name, known);
    return known as Versions<Entry<Kinds[Name]>>;
  };
  const changed = (name: keyof Kinds, id: number): void => {
    watchers.forEach((watcher) => {
      watcher(name, id);
    });
  };
  const put = <Name extends keyof Kinds>(name: Name, entry: Entry<Kinds[Name]>): Entry<Kinds[Name]> => {
    collection(name).set(entry.id, entry);
    changed(name, entry.id);
    return entry;
  };
  const made = <Attributes>(attributes: Attributes, parent?: number): Entry<Attributes> => ({
    id: newId(),
    createdAt: now(),
    updatedAt: now(),
    attributes,
    ...(parent !== undefined && { parent }),
  });

  return {
    in: collection,
    add: (name, attributes, parent) => put(name, made(attributes, parent)),
    seed: (name, attributes) => {
      const entry = made(attributes);
      collection(name).seed(entry.id, entry);
    },
    change: (name, id, attributes) => {
      const before = collection(name).get(id);
      if (before === undefined) throw new Error(`no ${String(name)} ${id}`);
      return put(name, { ...before, updatedAt: now(), attributes });
    },
    remove: (name, id) => {
      const removed = collection(name).remove(id);
      if (removed) changed(name, id);
      return removed;
    },
    newId,
    newSecret: () => randomBytes(12).toString("hex"),
    watch: (onChange) => {
      watchers.push(onChange);
    },
  };
};
