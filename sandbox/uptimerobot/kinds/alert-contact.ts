import { flag, oneOf, onlyAtCreate, text } from "../../monitoring/fields";
import { escaped } from "../answers";
import { integrationKind, notifiedFor, type NotifiedFor } from "./integration";
import type { Kind } from "./kind";

const types = [
  "Email",
  "EmailToSms",
  "ProSms",
  "Voice",
  "Pushover",
  "MobileAppIOS",
  "MobileAppAndroid",
] as const;

/** A person's address. */
export interface AlertContact {
  readonly type: (typeof types)[number];
  readonly friendlyName: string;
  readonly value: string;
  readonly enableNotificationsFor: NotifiedFor;
  readonly sslExpirationReminder: boolean;
  readonly isActive: boolean;
}

export const alertContactKind: Kind<"alert-contacts"> = {
  name: "alert-contacts",
  title: "Alert contact",
  // All are listed below /user.
  verbs: ["get", "create", "update", "delete"],
  fields: {
    type: onlyAtCreate(oneOf(types)),
    friendlyName: text(""),
    value: onlyAtCreate(text("")),
    enableNotificationsFor: oneOf(notifiedFor, "UpAndDown"),
    sslExpirationReminder: flag(false),
    isActive: flag(true),
  },
  check: ({ type, value }) =>
    type === "Email" && !/^\S+@\S+$/.test(value) ? "value must be an email" : undefined,
  shown: ({ id, attributes: { isActive, ...plain } }) => ({
    id,
    ...plain,
    friendlyName: escaped(plain.friendlyName),
    customValue: "",
    mobileProviderId: null,
    status: isActive ? "Active" : "Paused",
    orgAlertContactId: null,
    config: null,
  }),
  removed: (id, context, query) => integrationKind.removed?.(id, context, query),
};

/** How a contact is called where anybody may read it: what a device is reached by is a secret. */
export const contactName = ({ type, friendlyName, value }: AlertContact): string =>
  ["Email", "EmailToSms", "ProSms", "Voice"].includes(type)
    ? value
    : friendlyName === ""
      ? type
      : friendlyName;
