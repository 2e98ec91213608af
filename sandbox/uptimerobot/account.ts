import { createHoldings, type Entry, type Holdings } from "../monitoring/holdings";
import type { AlertContact } from "./kinds/alert-contact";
import type { Integration } from "./kinds/integration";
import type { MaintenanceWindow } from "./kinds/maintenance-window";
import type { Monitor } from "./kinds/monitor";
import type { Psp } from "./kinds/psp";

export type { Entry } from "../monitoring/holdings";

/** A name for several monitors. */
export interface MonitorGroup {
  readonly name: string;
}

/** What the account holds, by kind. */
export interface Kinds {
  monitors: Monitor;
  integrations: Integration;
  "alert-contacts": AlertContact;
  "maintenance-windows": MaintenanceWindow;
  psps: Psp;
  "monitor-groups": MonitorGroup;
  tags: { readonly name: string };
}
export type KindName = keyof Kinds;

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
export interface Account extends Holdings<Kinds> {
  readonly plan: Plan;
  /** Who it belongs to. */
  readonly owner: { readonly id: number; readonly name: string; readonly email: string };
  /** The tag of this name, made where there is none. */
  tag(name: string): Entry<Kinds["tags"]>;
}

export const createAccount = (plan: Plan): Account => {
  const holdings = createHoldings<Kinds>(800_100_001);
  return {
    ...holdings,
    plan,
    owner: { id: holdings.newId(), name: "Hotdash", email: "ada@hotdash.example" },
    tag: (name) =>
      holdings
        .in("tags")
        .list()
        .find(({ attributes }) => attributes.name === name) ?? holdings.add("tags", { name }),
  };
};
