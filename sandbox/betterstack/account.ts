import { randomBytes } from "node:crypto";
import { versions, type Versions } from "../monitoring/versions";
import type { Heartbeat, HeartbeatGroup } from "./kinds/heartbeat";
import type { IncomingWebhook } from "./kinds/incoming-webhook";
import type { Metadata } from "./kinds/metadata";
import type { Monitor, MonitorGroup } from "./kinds/monitor";
import type { OnCall } from "./kinds/on-call";
import type { OutgoingWebhook } from "./kinds/outgoing-webhook";
import type { Policy } from "./kinds/policy";
import type { Severity } from "./kinds/severity";
import type { SlackIntegration } from "./kinds/slack-integration";
import type { StatusPage, StatusPageResource, StatusPageSection } from "./kinds/status-page";

/** A thing of the account with what was set on it. */
export interface Entry<Attributes> {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly attributes: Attributes;
  /** What it is part of, such as a section's status page. */
  readonly parent?: number;
}

/** What the account holds, by kind. */
export interface Holdings {
  monitors: Monitor;
  "monitor-groups": MonitorGroup;
  heartbeats: Heartbeat;
  "heartbeat-groups": HeartbeatGroup;
  policies: Policy;
  urgencies: Severity;
  "on-calls": OnCall;
  "outgoing-webhooks": OutgoingWebhook;
  "incoming-webhooks": IncomingWebhook;
  "slack-integrations": SlackIntegration;
  "status-pages": StatusPage;
  "status-page-sections": StatusPageSection;
  "status-page-resources": StatusPageResource;
  metadata: Metadata;
}
export type KindName = keyof Holdings;

/** A member of the team. */
export interface Person {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
}

/** The team of the sandbox. */
export const teamName = "Hotdash";

const people: readonly Omit<Person, "id">[] = [
  { firstName: "Ada", lastName: "Quist", email: "ada@hotdash.example", phone: "+15550100" },
  { firstName: "Ben", lastName: "Rowe", email: "ben@hotdash.example", phone: "+15550101" },
  { firstName: "Cleo", lastName: "Stern", email: "cleo@hotdash.example", phone: "+15550102" },
];

/** One team's account: all that is set, without what happens. */
export interface Account {
  readonly people: readonly Person[];
  /** Takes somebody into the team; who is in it stays. */
  invite(email: string): { readonly person: Person; readonly isNew: boolean };
  /** False for somebody who is not in it. */
  dismiss(email: string): boolean;
  in<Name extends KindName>(name: Name): Versions<Entry<Holdings[Name]>>;
  /** Puts a new thing there. */
  add<Name extends KindName>(name: Name, attributes: Holdings[Name], parent?: number): Entry<Holdings[Name]>;
  /** Puts there what every account starts with. */
  seed<Name extends KindName>(name: Name, attributes: Holdings[Name]): void;
  change<Name extends KindName>(name: Name, id: number, attributes: Holdings[Name]): Entry<Holdings[Name]>;
  remove(name: KindName, id: number): boolean;
  /** A number that no other thing has. */
  readonly newId: () => number;
  /** A word that nobody guesses, for addresses that are secrets. */
  readonly newSecret: () => string;
  /** Calls back after each change. */
  watch(onChange: (name: KindName, id: number) => void): void;
}

const names: readonly KindName[] = [
  "monitors",
  "monitor-groups",
  "heartbeats",
  "heartbeat-groups",
  "policies",
  "urgencies",
  "on-calls",
  "outgoing-webhooks",
  "incoming-webhooks",
  "slack-integrations",
  "status-pages",
  "status-page-sections",
  "status-page-resources",
  "metadata",
];

export const createAccount = (now: () => number = Date.now): Account => {
  const collections = new Map<KindName, unknown>(names.map((name) => [name, versions(now)]));
  const watchers: ((name: KindName, id: number) => void)[] = [];
  let lastId = 210_000;
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

  const team: Person[] = people.map((person) => ({ ...person, id: newId() }));
  return {
    people: team,
    invite: (email) => {
      const known = team.find((person) => person.email === email);
      if (known !== undefined) return { person: known, isNew: false };
      const [firstName = email] = email.split("@");
      const person = { id: newId(), firstName, lastName: "", email, phone: `+155502${team.length}` };
      team.push(person);
      return { person, isNew: true };
    },
    dismiss: (email) => {
      const at = team.findIndex((person) => person.email === email);
      if (at !== -1) team.splice(at, 1);
      return at !== -1;
    },
    in: collection,
    add: (name, attributes, parent) =>
      put(name, {
        id: newId(),
        createdAt: now(),
        updatedAt: now(),
        attributes,
        ...(parent !== undefined && { parent }),
      }),
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
    newId,
    newSecret: () => randomBytes(12).toString("hex"),
    watch: (onChange) => {
      watchers.push(onChange);
    },
  };
};
