import type { Account } from "./account";
import type { Engine } from "./engine";
import type { Incident, IncidentEvent } from "./engine/incidents";
import { contactName } from "./kinds/alert-contact";
import type { MonitorType } from "./kinds/monitor";
import type { MonitorStatus } from "./runtime";

/** A monitor as the control server shows it; a heartbeat's address, a secret, is left out. */
export interface MonitorView {
  readonly id: number;
  readonly name: string;
  readonly type: MonitorType;
  readonly url: string;
  /** Seconds of the service. */
  readonly interval: number;
  readonly status: MonitorStatus;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Of the last answer, milliseconds. */
  readonly responseTime: number | null;
  /** Whom it tells: after so many minutes, again every so many. */
  readonly contacts: readonly {
    readonly to: string;
    readonly threshold: number;
    readonly recurrence: number;
  }[];
}

export interface IncidentView {
  readonly id: number;
  readonly monitorId: number;
  readonly name: string;
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly events: readonly IncidentEvent[];
}

/** Everything of the account, without secrets. */
export interface UptimeRobotState {
  readonly plan: string;
  readonly monitors: readonly MonitorView[];
  readonly incidents: readonly IncidentView[];
  /** How many there are of each kind. */
  readonly counts: Readonly<Record<string, number>>;
}

export const incidentView = ({ url: _, endedAt, ...incident }: Incident): IncidentView => ({
  ...incident,
  endedAt: endedAt ?? null,
});

const nameOf = (account: Account, contact: string): string => {
  const integration = account.in("integrations").get(Number(contact))?.attributes;
  if (integration !== undefined)
    return integration.friendlyName === "" ? `${integration.type} ${contact}` : integration.friendlyName;
  const person = account.in("alert-contacts").get(Number(contact))?.attributes;
  return person === undefined ? contact : contactName(person);
};

const counted = [
  "monitors",
  "integrations",
  "alert-contacts",
  "maintenance-windows",
  "psps",
  "monitor-groups",
  "tags",
] as const;

export const stateOf = (account: Account, engine: Engine): UptimeRobotState => ({
  plan: account.plan.name,
  monitors: account
    .in("monitors")
    .list()
    .map(({ id, attributes }) => ({
      id,
      name: attributes.friendlyName,
      type: attributes.type,
      url: attributes.url,
      interval: attributes.interval,
      status: engine.runtime.monitor(id).status,
      since: engine.runtime.monitor(id).since,
      responseTime: engine.responseTime(id) ?? null,
      contacts: attributes.assignedAlertContacts.map(({ alertContactId, threshold, recurrence }) => ({
        to: nameOf(account, alertContactId),
        threshold,
        recurrence,
      })),
    })),
  incidents: engine.incidents.all.list().map(incidentView),
  counts: Object.fromEntries(counted.map((name) => [name, account.in(name).list().length])),
});
