import type { Sent } from "../../monitoring/api";
import { flag, oneOf, onlyAtCreate, text } from "../../monitoring/fields";
import { escaped } from "../answers";
import type { Kind } from "./kind";

const types = [
  "Slack",
  "Webhook",
  "Discord",
  "Telegram",
  "Pushover",
  "Pushbullet",
  "MSTeams",
  "Zapier",
  "PagerDuty",
  "GoogleChat",
  "Splunk",
  "Mattermost",
] as const;
export const notifiedFor = ["UpAndDown", "Down", "Up", "None"] as const;
export type NotifiedFor = (typeof notifiedFor)[number];

/** Something else that is told: an alert contact that is no person. Its address may be a secret. */
export interface Integration {
  readonly type: (typeof types)[number];
  readonly friendlyName: string;
  readonly enableNotificationsFor: NotifiedFor;
  readonly sslExpirationReminder: boolean;
  readonly customValue: string;
  /** Where it sends to. */
  readonly address: string;
  /** A webhook's own fields. */
  readonly postValue: string;
  readonly sendAsJSON: boolean;
  readonly sendAsQueryString: boolean;
  readonly sendAsPostParameters: boolean;
  readonly location: string;
  readonly autoResolve: boolean;
}

/** In which field of `data` a type has its address. */
const addressField: Readonly<Record<Integration["type"], string>> = {
  Slack: "webhookURL",
  Webhook: "urlToNotify",
  Discord: "webhookURL",
  Telegram: "chatId",
  Pushover: "userKey",
  Pushbullet: "accessToken",
  MSTeams: "webhookURL",
  Zapier: "hookURL",
  PagerDuty: "integrationKey",
  GoogleChat: "roomURL",
  Splunk: "urlToNotify",
  Mattermost: "webhookURL",
};

const typeOf = (type: unknown): Integration["type"] | undefined => types.find((known) => known === type);

export const integrationKind: Kind<"integrations"> = {
  name: "integrations",
  title: "Integration",
  fields: {
    type: onlyAtCreate(oneOf(types)),
    friendlyName: text(""),
    enableNotificationsFor: oneOf(notifiedFor, "UpAndDown"),
    sslExpirationReminder: flag(false),
    customValue: text(""),
    address: text(""),
    postValue: text(""),
    sendAsJSON: flag(false),
    sendAsQueryString: flag(false),
    sendAsPostParameters: flag(false),
    location: text(""),
    autoResolve: flag(false),
  },
  unpacked: ({ type, data }) => {
    const known = typeOf(type);
    const sent = (typeof data === "object" && data !== null ? data : {}) as Sent;
    if (known === undefined) return { type, ...sent };
    const { [addressField[known]]: address, ...others } = sent;
    return { type, ...others, ...(address !== undefined && { address }) };
  },
  check: (integration, { account }, before) => {
    const { type, address } = integration;
    if (before !== undefined && before.type !== type) return "type cannot be changed";
    if (address.trim() === "") return `data.${addressField[type]} should not be empty`;
    if (["Slack", "Webhook"].includes(type) && !/^https?:\/\/[^\s/]+/i.test(address))
      return `data.${addressField[type]} must be a URL address`;
    // UptimeRobot does not offer webhooks on its free plan.
    if (type === "Webhook" && account.plan.name === "free") return "Webhook needs a paid plan";
    return undefined;
  },
  shown: ({ id, attributes }) => {
    const {
      address,
      friendlyName,
      postValue,
      sendAsJSON,
      sendAsQueryString,
      sendAsPostParameters,
      ...plain
    } = attributes;
    return {
      id,
      ...plain,
      friendlyName: escaped(friendlyName),
      status: "Active",
      value: escaped(address),
      ...(attributes.type === "Slack" && { webhookURL: escaped(address) }),
      ...(attributes.type === "Webhook" && {
        postValue,
        sendAsJSON,
        sendAsQueryString,
        sendAsPostParameters,
      }),
    };
  },
  removed: (id, { account }) => {
    account
      .in("monitors")
      .list()
      .forEach((monitor) => {
        const left = monitor.attributes.assignedAlertContacts.filter(
          ({ alertContactId }) => alertContactId !== String(id),
        );
        if (left.length !== monitor.attributes.assignedAlertContacts.length)
          account.change("monitors", monitor.id, { ...monitor.attributes, assignedAlertContacts: left });
      });
  },
};
