import type { Ask, WaitFor } from "../monitoring/client";
import { queryOf } from "../monitoring/client";
import type { LoggedCall } from "../monitoring/api";
import type { Notification, NotificationQuery } from "../monitoring/notifications";
import type { IncidentView, UptimeRobotState } from "./views";

export type { IncidentView, UptimeRobotState } from "./views";

/** Looks at the sandbox's UptimeRobot, whatever is broken. Nobody acknowledges there. */
export interface UptimeRobotClient {
  state(): Promise<UptimeRobotState>;
  /** Oldest first. */
  incidents(): Promise<readonly IncidentView[]>;
  /** The first incident that satisfies the predicate, waiting at most `timeoutMs`. Rejects when the time is up. */
  waitForIncident(predicate: (incident: IncidentView) => boolean, timeoutMs: number): Promise<IncidentView>;
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

export const uptimeRobotClient = (ask: Ask, waitFor: WaitFor): UptimeRobotClient => {
  const incidents = async (): Promise<readonly IncidentView[]> =>
    (await ask<{ incidents: IncidentView[] }>("GET", "/uptimerobot/incidents")).incidents;
  const notifications = async (query: NotificationQuery = {}): Promise<readonly Notification[]> =>
    (await ask<{ notifications: Notification[] }>("GET", `/uptimerobot/notifications?${queryOf(query)}`))
      .notifications;
  return {
    state: () => ask("GET", "/uptimerobot/state"),
    incidents,
    waitForIncident: (predicate, timeoutMs) =>
      waitFor("incident in UptimeRobot", incidents, predicate, timeoutMs, ({ name, endedAt }) =>
        endedAt === null ? `${name} down` : `${name} up again`,
      ),
    notifications,
    waitForNotification: (predicate, timeoutMs, query) =>
      waitFor(
        "notification of UptimeRobot",
        () => notifications(query),
        predicate,
        timeoutMs,
        ({ channel, to, event }) => `${channel} to ${to}: ${event}`,
      ),
    calls: async () => (await ask<{ calls: LoggedCall[] }>("GET", "/uptimerobot/calls")).calls,
    forgetCalls: async () => {
      await ask("DELETE", "/uptimerobot/calls");
    },
  };
};
