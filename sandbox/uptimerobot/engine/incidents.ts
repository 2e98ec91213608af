import { versions, type Versions } from "../../monitoring/versions";

/** Something that happened during an incident. */
export interface IncidentEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** A time in which a monitor was down. There is no acknowledging one. */
export interface Incident {
  readonly id: number;
  readonly monitorId: number;
  readonly name: string;
  readonly url: string;
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly events: readonly IncidentEvent[];
}

export interface IncidentBook {
  readonly all: Versions<Incident>;
  open(incident: Omit<Incident, "id" | "events">): Incident;
  end(id: number): Incident | undefined;
  note(id: number, text: string): void;
}

export const incidentBook = (): IncidentBook => {
  const all = versions<Incident>();
  let last = 0;
  const put = (incident: Incident, text: string): Incident => {
    const next = { ...incident, events: [...incident.events, { at: Date.now(), text }] };
    all.set(next.id, next);
    return next;
  };
  return {
    all,
    open: (given) => put({ ...given, id: (last += 1), events: [] }, `Down: ${given.reason}`),
    end: (id) => {
      const incident = all.get(id);
      if (incident === undefined || incident.endedAt !== undefined) return undefined;
      return put({ ...incident, endedAt: Date.now() }, "Up again");
    },
    note: (id, text) => {
      const incident = all.get(id);
      if (incident !== undefined) put(incident, text);
    },
  };
};
