import { randomBytes } from "node:crypto";
import { versions, type Versions } from "../monitoring/versions";
import type { AlertContact } from "./kinds/alert-contact";
import type { Integration } from "./kinds/integration";
import type { MaintenanceWindow } from "./kinds/maintenance-window";
import type { Monitor } from "./kinds/monitor";
import type { Psp } from "./kinds/psp";

/** A name for several monitors. */
export interface MonitorGroup {
  readonly name: string;
}

/** A thing of the account with what was set on it. */
export interface Entry<Attributes> {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly attributes: Attributes;
}

/** What the account holds, by kind. */
export interface Holdings {
  monitors: Monitor;
  integrations: Integration;
  "alert-contacts": AlertContact;
  "maintenance-windows": MaintenanceWindow;
  psps: Psp;
  "monitor-groups": MonitorGroup;
  tags: { readonly name: string };
}
export type KindName = keyof Holdings;

const names: readonly KindName[] = [
  "monitors",
  "integrations",
  "alert-contacts",
  "maintenance-windows",
  "psps",
  "monitor-groups",
  "tags",
];

/** What a plan allows. */
export interface Plan {
  readonly name: "free" | "paid";
  readonly monitorLimit: number;
  /** Seconds. */
  readonly leastInterval: number;
  /** Calls a minute. Source: uptimerobot.com/api/v3: 10 on the free plan, else twice the monitors, at most 5000. */
  readonly callsPerMinute: number;
}

/** The free plan, or a paid one for so many monitors. */
export const planOf = (monitors: number | "free"): Plan =>
  monitors === "free"
    ? { name: "free", monitorLimit: 50, leastInterval: 300, callsPerMinute: 10 }
    : {
        name: "paid",
        monitorLimit: monitors,
        leastInterval: 30,
        callsPerMinute: Math.min(5_000, monitors * 2),
      };

/** One account: all that is set, without what happens. */
export interface Account {
  readonly plan: Plan;
  /** Who it belongs to. */
  readonly owner: { readonly id: number; readonly name: string; readonly email: string };
  in<Name extends KindName>(name: Name): Versions<Entry<Holdings[Name]>>;
  add<Name extends KindName>(name: Name, attributes: Holdings[Name]): Entry<Holdings[Name]>;
  /** Puts there what every account starts with. */
  seed<Name extends KindName>(name: Name, attributes: Holdings[Name]): void;
  change<Name extends KindName>(name: Name, id: number, attributes: Holdings[Name]): Entry<Holdings[Name]>;
  remove(name: KindName, id: number): boolean;
  /** The tag of this name, made where there is none. */
  tag(name: string): Entry<Holdings["tags"]>;
  readonly newSecret: () => string;
  watch(onChange: (name: KindName, id: number) => void): void;
}

export const createAccount = (plan: Plan, now: () => number = Date.now): Account => {
  const collections = new Map<KindName, unknown>(names.map((name) => [name, versions(now)]));
  const watchers: ((name: KindName, id: number) => void)[] = [];
  let lastId = 800_100_000;
  const newId = (): number => (lastId += 1);
  const changed = (name: KindName, id: number): void => {
    watchers.forEach((watcher) => {
      watcher(name, id);
    });
  };
  const collection = <Name extends KindName>(name: Name): Versions<Entry<Holdings[Name]>> =>
    collections.get(name) as Versions<Entry<Holdings[Name]>>;
  const put = <Name extends KindName>(name: Name, entry: Entry<Holdings[Name]>): Entry<Holdings[Name]> => {
    collection(name).set(entry.id, entry);
    changed(name, entry.id);
    return entry;
  };
  const add: Account["add"] = (name, attributes) =>
    put(name, { id: newId(), createdAt: now(), updatedAt: now(), attributes });

  return {
    plan,
    owner: { id: newId(), name: "Hotdash", email: "ada@hotdash.example" },
    in: collection,
    add,
    seed: (name, attributes) => {
      const id = newId();
      collection(name).seed(id, { id, createdAt: now(), updatedAt: now(), attributes });
    },
    change: (name, id, attributes) => {
      const before = collection(name).get(id);
      if (before === undefined) throw new Error(`no ${name} ${id}`);
      return put(name, { ...before, updatedAt: now(), attributes });
    },
    remove: (name, id) => {
      const removed = collection(name).remove(id);
      if (removed) changed(name, id);
      return removed;
    },
    tag: (name) =>
      collection("tags")
        .list()
        .find(({ attributes }) => attributes.name === name) ?? add("tags", { name }),
    newSecret: () => randomBytes(12).toString("hex"),
    watch: (onChange) => {
      watchers.push(onChange);
    },
  };
};
