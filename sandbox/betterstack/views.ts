import type { Account } from "./account";
import type { Engine } from "./engine";
import {
  statusOf,
  type Incident,
  type IncidentEvent,
  type IncidentStatus,
  type Origin,
} from "./engine/incidents";
import type { MonitorType } from "./kinds/monitor";
import type { HeartbeatStatus, MonitorStatus } from "./runtime";

/** A monitor as the control server shows it. Times are milliseconds since the epoch. */
export interface MonitorView {
  readonly id: number;
  readonly name: string;
  readonly type: MonitorType;
  readonly url: string;
  /** Seconds of the service. */
  readonly interval: number;
  readonly status: MonitorStatus;
  readonly policyId: number | null;
  readonly lastCheckedAt: number | null;
  /** Of the last answer, milliseconds. */
  readonly responseTime: number | null;
}

/** A heartbeat; its address is a secret and only answered by the API. */
export interface HeartbeatView {
  readonly id: number;
  readonly name: string;
  readonly period: number;
  readonly grace: number;
  readonly status: HeartbeatStatus;
  readonly lastBeatAt: number | null;
}

export interface IncidentView {
  readonly id: number;
  readonly name: string;
  readonly cause: string;
  readonly origin: Origin;
  readonly status: IncidentStatus;
  readonly startedAt: number;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: number | null;
  readonly resolvedBy: string | null;
  readonly policyId: number | null;
  readonly events: readonly IncidentEvent[];
}

/** Everything of the account, without secrets. */
export interface BetterStackState {
  readonly monitors: readonly MonitorView[];
  readonly heartbeats: readonly HeartbeatView[];
  readonly incidents: readonly IncidentView[];
  readonly policies: readonly {
    readonly id: number;
    readonly name: string;
    readonly steps: readonly object[];
  }[];
  /** How many there are of each kind. */
  readonly counts: Readonly<Record<string, number>>;
}

export const incidentView = (incident: Incident): IncidentView => ({
  id: incident.id,
  name: incident.name,
  cause: incident.cause,
  origin: incident.origin,
  status: statusOf(incident),
  startedAt: incident.startedAt,
  acknowledgedAt: incident.acknowledgedAt ?? null,
  acknowledgedBy: incident.acknowledgedBy ?? null,
  resolvedAt: incident.resolvedAt ?? null,
  resolvedBy: incident.resolvedBy ?? null,
  policyId: incident.policyId,
  events: incident.events,
});

const counted = [
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
] as const;

export const stateOf = (account: Account, engine: Engine): BetterStackState => ({
  monitors: account
    .in("monitors")
    .list()
    .map(({ id, attributes }) => {
      const { status, lastCheckedAt } = engine.monitors.status(id);
      return {
        id,
        name: attributes.pronounceable_name,
        type: attributes.monitor_type,
        url: attributes.url,
        interval: attributes.check_frequency,
        status,
        policyId: attributes.policy_id === null ? null : Number(attributes.policy_id),
        lastCheckedAt: lastCheckedAt ?? null,
        responseTime: engine.monitors.responses(id).at(-1)?.milliseconds ?? null,
      };
    }),
  heartbeats: account
    .in("heartbeats")
    .list()
    .map(({ id, attributes: { name, period, grace } }) => ({
      id,
      name,
      period,
      grace,
      status: engine.heartbeats.status(id).status,
      lastBeatAt: engine.heartbeats.lastBeatAt(id) ?? null,
    })),
  incidents: engine.incidents.all.list().map(incidentView),
  policies: account
    .in("policies")
    .list()
    .map(({ id, attributes: { name, steps } }) => ({ id, name, steps })),
  counts: Object.fromEntries(counted.map((name) => [name, account.in(name).list().length])),
});
