import type { LoggedCall } from "../monitoring/api";
import { queryOf, type Ask, type WaitFor } from "../monitoring/client";
import type { Notification, NotificationQuery } from "../monitoring/notifications";
import type { BetterStackState, IncidentView } from "./views";

export type { BetterStackState, IncidentView } from "./views";

/** Looks at the sandbox's Better Stack and does what people do there, whatever is broken. */
export interface BetterStackClient {
  state(): Promise<BetterStackState>;
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
  /** As a person presses the button; rejects where it was so before. */
  acknowledge(incident: number, by?: string): Promise<IncidentView>;
  resolve(incident: number, by?: string): Promise<IncidentView>;
  /** Every call of the API since the start or `forgetCalls`. */
  calls(): Promise<readonly LoggedCall[]>;
  forgetCalls(): Promise<void>;
  /** Links a channel of the sandbox's Slack, as a person does with OAuth: the integration's id. */
  connectSlack(channel: string): Promise<{ readonly id: number }>;
  disconnectSlack(integration: number): Promise<void>;
  /** Takes somebody into the team. */
  invite(email: string): Promise<{ readonly id: number }>;
}

export const betterStackClient = (ask: Ask, waitFor: WaitFor): BetterStackClient => {
  const incidents = async (): Promise<readonly IncidentView[]> =>
    (await ask<{ incidents: IncidentView[] }>("GET", "/betterstack/incidents")).incidents;
  const notifications = async (query: NotificationQuery = {}): Promise<readonly Notification[]> =>
    (await ask<{ notifications: Notification[] }>("GET", `/betterstack/notifications?${queryOf(query)}`))
      .notifications;
  const act = (incident: number, what: string, by?: string): Promise<IncidentView> =>
    ask("POST", `/betterstack/incidents/${incident}/${what}`, by === undefined ? {} : { by });
  return {
    state: () => ask("GET", "/betterstack/state"),
    incidents,
    waitForIncident: (predicate, timeoutMs) =>
      waitFor(
        "incident in Better Stack",
        incidents,
        predicate,
        timeoutMs,
        ({ name, status }) => `${name} ${status}`,
      ),
    notifications,
    waitForNotification: (predicate, timeoutMs, query) =>
      waitFor(
        "notification of Better Stack",
        () => notifications(query),
        predicate,
        timeoutMs,
        ({ channel, to, event }) => `${channel} to ${to}: ${event}`,
      ),
    acknowledge: (incident, by) => act(incident, "acknowledge", by),
    resolve: (incident, by) => act(incident, "resolve", by),
    calls: async () => (await ask<{ calls: LoggedCall[] }>("GET", "/betterstack/calls")).calls,
    forgetCalls: async () => {
      await ask("DELETE", "/betterstack/calls");
    },
    connectSlack: async (channel) => {
      const name = channel.replace(/^#/, "");
      const { channels } = await ask<{ channels: { id: string; name: string }[] }>("GET", "/slack/channels");
      const { url: webhookUrl } = await ask<{ url: string }>("POST", "/slack/webhooks", { channel: name });
      const channelId = channels.find((candidate) => candidate.name === name)?.id ?? "";
      return ask("POST", "/betterstack/slack-integrations", { channel: name, channelId, webhookUrl });
    },
    disconnectSlack: async (integration) => {
      await ask("DELETE", `/betterstack/slack-integrations/${integration}`);
    },
    invite: (email) => ask("POST", "/betterstack/people", { email }),
  };
};
