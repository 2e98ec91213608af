import type { LoggedCall } from "./api";
import type { Notification, NotificationQuery } from "./notifications";

/** Sends a request to the control server and reads the answer. */
export type Ask = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;

/** Looks until there is what satisfies the predicate; rejects when the time is up, saying what came instead. */
export type WaitFor = <Thing>(
  what: string,
  look: () => Promise<readonly Thing[]>,
  predicate: (thing: Thing) => boolean,
  timeoutMs: number,
  shown: (thing: Thing) => string,
) => Promise<Thing>;

/** A query of what is given. */
export const queryOf = (values: object): string =>
  new URLSearchParams(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();

/** Looks at a service of the sandbox that watches, whatever is broken there. */
export interface MonitoringClient<State, Incident> {
  state(): Promise<State>;
  /** Oldest first. */
  incidents(): Promise<readonly Incident[]>;
  /** The first incident that satisfies the predicate, waiting at most `timeoutMs`. Rejects when the time is up. */
  waitForIncident(predicate: (incident: Incident) => boolean, timeoutMs: number): Promise<Incident>;
  /** Whom it told of what, oldest first. */
  notifications(query?: NotificationQuery): Promise<readonly Notification[]>;
  waitForNotification(
    predicate: (notification: Notification) => boolean,
    timeoutMs: number,
    query?: NotificationQuery,
  ): Promise<Notification>;
  /** Every call of the API since the start or `forgetCalls`. */
  calls(): Promise<readonly LoggedCall[]>;
  forgetCalls(): Promise<void>;
}

/** @param path where its part of the control server is */
export const monitoringClient = <State, Incident>(
  ask: Ask,
  waitFor: WaitFor,
  service: {
    readonly name: string;
    readonly path: string;
    readonly shown: (incident: Incident) => string;
  },
): MonitoringClient<State, Incident> => {
  const { name, path, shown } = service;
  const incidents = async (): Promise<readonly Incident[]> =>
    (await ask<{ incidents: Incident[] }>("GET", `${path}/incidents`)).incidents;
  const notifications = async (query: NotificationQuery = {}): Promise<readonly Notification[]> =>
    (await ask<{ notifications: Notification[] }>("GET", `${path}/notifications?${queryOf(query)}`))
      .notifications;
  return {
    state: () => ask("GET", `${path}/state`),
    incidents,
    waitForIncident: (predicate, timeoutMs) =>
      waitFor(`incident in ${name}`, incidents, predicate, timeoutMs, shown),
    notifications,
    waitForNotification: (predicate, timeoutMs, query) =>
      waitFor(
        `notification of ${name}`,
        () => notifications(query),
        predicate,
        timeoutMs,
        ({ channel, to, event }) => `${channel} to ${to}: ${event}`,
      ),
    calls: async () => (await ask<{ calls: LoggedCall[] }>("GET", `${path}/calls`)).calls,
    forgetCalls: async () => {
      await ask("DELETE", `${path}/calls`);
    },
  };
};
