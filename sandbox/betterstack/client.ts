import { monitoringClient, type Ask, type MonitoringClient, type WaitFor } from "../monitoring/client";
import type { BetterStackState, IncidentView } from "./views";

export type { BetterStackState, IncidentView } from "./views";

/** Looks at the sandbox's Better Stack and does what people do there, whatever is broken. */
export interface BetterStackClient extends MonitoringClient<BetterStackState, IncidentView> {
  /** As a person presses the button; rejects where it was so before. */
  acknowledge(incident: number, by?: string): Promise<IncidentView>;
  resolve(incident: number, by?: string): Promise<IncidentView>;
  /** Links a channel of the sandbox's Slack, as a person does with OAuth: the integration's id. */
  connectSlack(channel: string): Promise<{ readonly id: number }>;
  disconnectSlack(integration: number): Promise<void>;
  /** Takes somebody into the team. */
  invite(email: string): Promise<{ readonly id: number }>;
}

export const betterStackClient = (ask: Ask, waitFor: WaitFor): BetterStackClient => {
  const act = (incident: number, what: string, by?: string): Promise<IncidentView> =>
    ask("POST", `/betterstack/incidents/${incident}/${what}`, by === undefined ? {} : { by });
  return {
    ...monitoringClient<BetterStackState, IncidentView>(ask, waitFor, {
      name: "Better Stack",
      path: "/betterstack",
      shown: ({ name, status }) => `${name} ${status}`,
    }),
    acknowledge: (incident, by) => act(incident, "acknowledge", by),
    resolve: (incident, by) => act(incident, "resolve", by),
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
