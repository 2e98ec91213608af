import type { FaultBoard } from "../../faults/fault-board";
import { deliver, type Delivered, type Delivery } from "../../monitoring/deliver";
import type { SendMail } from "../../monitoring/mail";
import {
  settle,
  type Channel,
  type Notification,
  type NotificationLog,
} from "../../monitoring/notifications";
import type { Account } from "../account";
import { deliveriesFail } from "../../monitoring/faults";
import { contactName } from "../kinds/alert-contact";
import type { Integration, NotifiedFor } from "../kinds/integration";
import type { Incident, IncidentBook } from "./incidents";

export type Turn = "down" | "up";

/** Tells alert contacts and integrations that a monitor went down or up. */
export interface Notifier {
  tell(contact: string, incident: Incident, turn: Turn): void;
  stop(): void;
}

const wants = (wanted: NotifiedFor, turn: Turn): boolean =>
  wanted === "UpAndDown" || wanted === (turn === "down" ? "Down" : "Up");

const words = ({ name, url, reason, startedAt, endedAt }: Incident, turn: Turn): string =>
  turn === "down"
    ? `Monitor is DOWN: ${name} (${url}) - Reason: ${reason}`
    : `Monitor is UP: ${name} (${url}). It was down for ${Math.round(((endedAt ?? Date.now()) - startedAt) / 1_000)} s.`;

/** The variables of webhooks, as `*name*`. Source: uptimerobot.com, "Web-Hook Alert Contacts". */
const variables = (incident: Incident, turn: Turn): Readonly<Record<string, string>> => ({
  monitorID: String(incident.monitorId),
  monitorURL: incident.url,
  monitorFriendlyName: incident.name,
  alertType: turn === "down" ? "1" : "2",
  alertTypeFriendlyName: turn === "down" ? "Down" : "Up",
  alertDetails: incident.reason,
  alertDuration: String(Math.round(((incident.endedAt ?? Date.now()) - incident.startedAt) / 1_000)),
  alertDateTime: String(Math.round((turn === "down" ? incident.startedAt : Date.now()) / 1_000)),
});

const fill = (
  text: string,
  values: Readonly<Record<string, string>>,
  escape: (value: string) => string,
): string =>
  text.replace(/\*(\w+)\*/g, (written, name: string) => {
    const value = values[name];
    return value === undefined ? written : escape(value);
  });

const asIs = (value: string): string => value;
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

const webhook = (integration: Integration, incident: Incident, turn: Turn): Delivery => {
  const values = variables(incident, turn);
  const { address, postValue, sendAsJSON, sendAsQueryString, sendAsPostParameters } = integration;
  const url = fill(address, values, encodeURIComponent);
  const query = new URLSearchParams(values).toString();
  const withQuery = sendAsQueryString ? `${url}${url.includes("?") ? "&" : "?"}${query}` : url;
  const posts = sendAsJSON || sendAsPostParameters || postValue !== "";
  if (!posts) return { url: withQuery, method: "GET" };
  if (sendAsJSON)
    return {
      url: withQuery,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: postValue === "" ? JSON.stringify(values) : fill(postValue, values, inJson),
    };
  return {
    url: withQuery,
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: postValue === "" ? query : fill(postValue, values, asIs),
  };
};

const slack = ({ address, customValue }: Integration, incident: Incident, turn: Turn): Delivery => {
  const text = `${turn === "down" ? ":red_circle:" : ":large_green_circle:"} ${words(incident, turn)}`;
  return {
    url: address,
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text: customValue === "" ? text : `${text} ${customValue}` }),
  };
};

const ways: Partial<Record<string, Channel>> = {
  Email: "email",
  EmailToSms: "sms",
  ProSms: "sms",
  Voice: "call",
  Pushover: "push",
  MobileAppIOS: "push",
  MobileAppAndroid: "push",
};

export const createNotifier = (
  account: Account,
  incidents: IncidentBook,
  log: NotificationLog,
  faults: FaultBoard,
  sendMail: SendMail | undefined,
): Notifier => {
  const aborter = new AbortController();
  const tell: Notifier["tell"] = (contact, incident, turn) => {
    const add = (channel: Channel, to: string, state: "recorded" | "sending"): Notification => {
      incidents.note(incident.id, `${channel} to ${to}: ${turn}`);
      const after = Date.now() - incident.startedAt;
      const text = words(incident, turn);
      return log.add({ incident: incident.id, event: turn, channel, to, text, after, state });
    };
    const send = (notification: Notification, sent: () => Promise<Delivered>): void => {
      const broken = faults.read(deliveriesFail) !== undefined;
      const done: Promise<Delivered> = broken
        ? Promise.resolve({ ok: false, reason: "switched off" })
        : sent();
      void done.then((delivered) => {
        settle(notification, delivered);
        if (!delivered.ok)
          incidents.note(incident.id, `${notification.channel} to ${notification.to} failed`);
      });
    };
    const person = account.in("alert-contacts").get(Number(contact))?.attributes;
    if (person !== undefined) {
      if (!person.isActive || !wants(person.enableNotificationsFor, turn)) return;
      const mails = person.type === "Email" ? sendMail : undefined;
      const to = contactName(person);
      const notification = add(ways[person.type] ?? "other", to, mails ? "sending" : "recorded");
      const subject = `Monitor is ${turn.toUpperCase()}: ${incident.name}`;
      if (mails) send(notification, () => mails(person.value, subject, notification.text));
      return;
    }
    const integration = account.in("integrations").get(Number(contact))?.attributes;
    if (integration === undefined || !wants(integration.enableNotificationsFor, turn)) return;
    const { type, friendlyName } = integration;
    const to = friendlyName === "" ? `${type} ${contact}` : friendlyName;
    if (type !== "Slack" && type !== "Webhook") {
      add("other", to, "recorded");
      return;
    }
    const delivery = (type === "Slack" ? slack : webhook)(integration, incident, turn);
    send(add(type === "Slack" ? "slack" : "webhook", to, "sending"), () => deliver(delivery, aborter.signal));
  };
  return {
    tell,
    stop: () => {
      aborter.abort();
    },
  };
};
