import { createHoldings, type Holdings } from "../monitoring/holdings";
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

export type { Entry } from "../monitoring/holdings";

/** What the account holds, by kind. */
export interface Kinds {
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
export type KindName = keyof Kinds;

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
export interface Account extends Holdings<Kinds> {
  readonly people: readonly Person[];
  /** Takes somebody into the team; who is in it stays. */
  invite(email: string): { readonly person: Person; readonly isNew: boolean };
  /** False for somebody who is not in it. */
  dismiss(email: string): boolean;
}

export const createAccount = (): Account => {
  const holdings = createHoldings<Kinds>(210_001);
  const team: Person[] = people.map((person) => ({ ...person, id: holdings.newId() }));
  return {
    ...holdings,
    people: team,
    invite: (email) => {
      const known = team.find((person) => person.email === email);
      if (known !== undefined) return { person: known, isNew: false };
      const [firstName = email] = email.split("@");
      const phone = `+155502${team.length}`;
      const person = { id: holdings.newId(), firstName, lastName: "", email, phone };
      team.push(person);
      return { person, isNew: true };
    },
    dismiss: (email) => {
      const at = team.findIndex((person) => person.email === email);
      if (at !== -1) team.splice(at, 1);
      return at !== -1;
    },
  };
};
