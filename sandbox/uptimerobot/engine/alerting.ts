import type { ServiceTime } from "../../monitoring/time";
import type { Account } from "../account";
import type { Incident } from "./incidents";
import type { Notifier } from "./notify";

/** Tells each contact of a monitor after its threshold and again by its recurrence, until it is up. */
export interface Alerting {
  down(incident: Incident): void;
  /** Ends every wait, and tells those who heard. */
  up(incident: Incident): void;
  /** Ends every wait and tells nobody. */
  drop(incident: number): void;
  stop(): void;
}

export const createAlerting = (account: Account, notifier: Notifier, time: ServiceTime): Alerting => {
  interface Run {
    readonly timers: Set<NodeJS.Timeout>;
    readonly told: Set<string>;
  }
  const runs = new Map<number, Run>();
  const drop = (incident: number): Run | undefined => {
    const run = runs.get(incident);
    run?.timers.forEach((timer) => {
      clearTimeout(timer);
    });
    runs.delete(incident);
    return run;
  };
  return {
    down: (incident) => {
      const run: Run = { timers: new Set(), told: new Set() };
      runs.set(incident.id, run);
      const contacts = account.in("monitors").get(incident.monitorId)?.attributes.assignedAlertContacts ?? [];
      for (const { alertContactId, threshold, recurrence } of contacts) {
        const after = (minutes: number, from: number): void => {
          const due = from + time.ms(minutes * 60);
          const timer = setTimeout(
            () => {
              run.timers.delete(timer);
              run.told.add(alertContactId);
              notifier.tell(alertContactId, incident, "down");
              if (recurrence > 0) after(recurrence, due);
            },
            Math.max(0, due - Date.now()),
          );
          run.timers.add(timer);
        };
        // Minutes are counted from when the monitor went down, not from when that was sure.
        after(threshold, incident.startedAt);
      }
    },
    up: (incident) => {
      drop(incident.id)?.told.forEach((contact) => {
        notifier.tell(contact, incident, "up");
      });
    },
    drop: (incident) => {
      drop(incident);
    },
    stop: () => {
      [...runs.keys()].forEach(drop);
    },
  };
};
