import type { FaultBoard } from "../../faults/fault-board";
import { deliver, type Delivered, type Delivery } from "../../monitoring/deliver";
import type { SendMail } from "../../monitoring/mail";
import {
  settle,
  type Channel,
  type Notification,
  type NotificationLog,
} from "../../monitoring/notifications";
import type { Account, Person } from "../account";
import { incidentResource } from "../api/incident-resource";
import { deliveriesFail } from "../../monitoring/faults";
import type { Ways } from "../kinds/notifying";
import type { OutgoingWebhook } from "../kinds/outgoing-webhook";
import type { Incident, IncidentBook } from "./incidents";
import { payload } from "./webhook-payload";

export type NotifiedEvent = "started" | "acknowledged" | "resolved";

/** Tells people, Slack channels and webhooks of an incident. */
export interface Notifier {
  /** By each of the ways that are on; a call or a text message only says that it started. */
  person(incident: Incident, person: Person, ways: Ways, event: NotifiedEvent): void;
  slack(incident: Incident, integration: number, event: NotifiedEvent): void;
  webhook(incident: Incident, webhook: number, event: NotifiedEvent): void;
  /** Records what has no machine at the other end here. */
  record(incident: Incident, channel: Channel, to: string, event: string, text: string): void;
  stop(): void;
}

const heading: Readonly<Record<NotifiedEvent, string>> = {
  started: ":red_circle: New incident",
  acknowledged: ":eyes: Incident acknowledged",
  resolved: ":large_green_circle: Incident resolved",
};

const plainHeading = (event: NotifiedEvent): string => heading[event].replace(/^:\w+: /, "");

const detail = (incident: Incident, event: NotifiedEvent): string => {
  switch (event) {
    case "started":
      return `Cause: ${incident.cause}`;
    case "acknowledged":
      return `By ${incident.acknowledgedBy ?? "somebody"}`;
    case "resolved":
      return `By ${incident.resolvedBy ?? "Better Stack"}, after ${Math.round(((incident.resolvedAt ?? Date.now()) - incident.startedAt) / 1_000)} s`;
  }
};

const wantedEvent: Readonly<Record<NotifiedEvent, keyof OutgoingWebhook>> = {
  started: "on_incident_started",
  acknowledged: "on_incident_acknowledged",
  resolved: "on_incident_resolved",
};

export const createNotifier = (
  account: Account,
  incidents: IncidentBook,
  log: NotificationLog,
  faults: FaultBoard,
  url: () => string,
  sendMail: SendMail | undefined,
): Notifier => {
  const aborter = new AbortController();
  const add = (
    incident: Incident,
    event: string,
    channel: Channel,
    to: string,
    text: string,
    state: Notification["state"],
  ): Notification => {
    const after = Date.now() - incident.startedAt;
    const notification = log.add({ incident: incident.id, event, channel, to, text, after, state });
    incidents.note(incident.id, `${channel} to ${to}: ${event}`);
    return notification;
  };
  const send = (notification: Notification, sent: () => Promise<Delivered>): void => {
    const broken = faults.read(deliveriesFail) !== undefined;
    const done: Promise<Delivered> = broken ? Promise.resolve({ ok: false, reason: "switched off" }) : sent();
    void done.then((delivered) => {
      settle(notification, delivered);
      if (!delivered.ok)
        incidents.note(notification.incident, `${notification.channel} to ${notification.to} failed`);
    });
  };
  const text = (incident: Incident, event: NotifiedEvent): string =>
    `${plainHeading(event)}: ${incident.name}. ${detail(incident, event)}`;

  return {
    person: (incident, { email, phone }, ways, event) => {
      const words = text(incident, event);
      if (ways.email) {
        const mail = add(incident, event, "email", email, words, sendMail ? "sending" : "recorded");
        if (sendMail) send(mail, () => sendMail(email, `${plainHeading(event)}: ${incident.name}`, words));
      }
      if (ways.push || ways.critical_alert) add(incident, event, "push", email, words, "recorded");
      if (event !== "started") return;
      if (ways.sms) add(incident, event, "sms", phone, words, "recorded");
      if (ways.call) add(incident, event, "call", phone, words, "recorded");
    },
    slack: (incident, id, event) => {
      const integration = account.in("slack-integrations").get(id)?.attributes;
      if (integration === undefined || integration.slack_status !== "active") return;
      if (event === "resolved" && !integration.notify_on_resolve) return;
      const to = integration.slack_channel_name ?? integration.slack_channel_id;
      const message: Delivery = {
        url: integration.webhookUrl,
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          text: text(incident, event),
          blocks: [
            {
              type: "section",
              text: {
                type: "mrkdwn",
                text: `${heading[event]}: *${incident.name}*\n${detail(incident, event)}${incident.url === null ? "" : `\n${incident.url}`}`,
              },
            },
          ],
        }),
      };
      send(add(incident, event, "slack", to, text(incident, event), "sending"), () =>
        deliver(message, aborter.signal),
      );
    },
    webhook: (incident, id, event) => {
      const webhook = account.in("outgoing-webhooks").get(id)?.attributes;
      if (webhook === undefined || webhook[wantedEvent[event]] !== true) return;
      const to = webhook.name ?? `webhook ${id}`;
      const sent = payload(webhook, incident, incidentResource(incident), event, url());
      send(add(incident, event, "webhook", to, text(incident, event), "sending"), () =>
        deliver(sent, aborter.signal),
      );
    },
    record: (incident, channel, to, event, words) => {
      add(incident, event, channel, to, words, "recorded");
    },
    stop: () => {
      aborter.abort();
    },
  };
};
