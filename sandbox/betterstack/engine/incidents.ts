import { versions, type Versions } from "../../monitoring/versions";
import type { Ways } from "../kinds/notifying";

/** What an incident is about. */
export type Origin =
  | { readonly kind: "monitor" | "heartbeat" | "incoming-webhook"; readonly id: number }
  | { readonly kind: "manual" };

/** Whether an incident is about this thing. */
export const isAbout = (origin: Origin, kind: Origin["kind"], id: number): boolean =>
  origin.kind !== "manual" && origin.kind === kind && origin.id === id;

/** Something that happened during an incident. */
export interface IncidentEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** An incident; a new one with each change, so that an older state can be seen. */
export interface Incident {
  readonly id: number;
  readonly origin: Origin;
  readonly name: string;
  readonly url: string | null;
  readonly cause: string;
  readonly startedAt: number;
  readonly acknowledgedAt?: number;
  readonly acknowledgedBy?: string;
  readonly resolvedAt?: number;
  readonly resolvedBy?: string;
  readonly policyId: number | null;
  readonly ways: Ways;
  /** Seconds until the whole team hears of it, without a policy. */
  readonly teamWait: number | null;
  readonly response: string | null;
  readonly events: readonly IncidentEvent[];
}

export type IncidentStatus = "Started" | "Acknowledged" | "Resolved";
export const statusOf = ({ acknowledgedAt, resolvedAt }: Incident): IncidentStatus =>
  resolvedAt !== undefined ? "Resolved" : acknowledgedAt !== undefined ? "Acknowledged" : "Started";

export type NewIncident = Omit<Incident, "id" | "startedAt" | "events"> & {
  /** When it began, where that is not now. */
  readonly startedAt?: number;
};

/** Every incident of the account, and what is done to them. */
export interface IncidentBook {
  readonly all: Versions<Incident>;
  open(incident: NewIncident): Incident;
  /** Nothing where it was acknowledged or resolved before. */
  acknowledge(id: number, by: string): Incident | undefined;
  /** Nothing where it was resolved before. */
  resolve(id: number, by: string): Incident | undefined;
  note(id: number, text: string): void;
  /** Calls back after the state of one has changed. */
  watch(onChange: (incident: Incident, event: "started" | "acknowledged" | "resolved") => void): void;
}

export const incidentBook = (newId: () => number): IncidentBook => {
  const all = versions<Incident>();
  const watchers: Parameters<IncidentBook["watch"]>[0][] = [];

  const put = (incident: Incident, text: string): Incident => {
    const next = { ...incident, events: [...incident.events, { at: Date.now(), text }] };
    all.set(next.id, next);
    return next;
  };
  const tell = (incident: Incident, event: "started" | "acknowledged" | "resolved"): Incident => {
    watchers.forEach((watcher) => {
      watcher(incident, event);
    });
    return incident;
  };
  return {
    all,
    open: (given) => {
      const incident = { ...given, id: newId(), startedAt: given.startedAt ?? Date.now(), events: [] };
      return tell(put(incident, `Started: ${given.cause}`), "started");
    },
    acknowledge: (id, by) => {
      const incident = all.get(id);
      if (incident === undefined || statusOf(incident) !== "Started") return undefined;
      const acknowledged = { ...incident, acknowledgedAt: Date.now(), acknowledgedBy: by };
      return tell(put(acknowledged, `Acknowledged by ${by}`), "acknowledged");
    },
    resolve: (id, by) => {
      const incident = all.get(id);
      if (incident === undefined || statusOf(incident) === "Resolved") return undefined;
      return tell(
        put({ ...incident, resolvedAt: Date.now(), resolvedBy: by }, `Resolved by ${by}`),
        "resolved",
      );
    },
    note: (id, text) => {
      const incident = all.get(id);
      if (incident !== undefined) put(incident, text);
    },
    watch: (onChange) => {
      watchers.push(onChange);
    },
  };
};
