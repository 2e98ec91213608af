import { oneOf, text, listOf, filledText, type Field } from "../../monitoring/fields";
import { teamName, type KindName } from "../account";
import type { Kind } from "./kind";
import { teamField } from "./notifying";
import type { MetadataValue } from "./policy";

/** What metadata is attached to, with where that is kept; incidents and others are kept elsewhere or nowhere. */
export const owners = {
  Monitor: "monitors",
  Heartbeat: "heartbeats",
  Incident: undefined,
  WebhookIntegration: undefined,
  EmailIntegration: undefined,
  IncomingWebhook: "incoming-webhooks",
  CallRouting: undefined,
} as const satisfies Readonly<Record<string, KindName | undefined>>;
export type Owner = keyof typeof owners;
export const ownerTypes = Object.keys(owners) as readonly Owner[];

/** A key with values on something; written by an upsert. */
export interface Metadata {
  readonly team_name: string;
  readonly owner_type: Owner;
  readonly owner_id: string;
  readonly key: string;
  readonly values: readonly MetadataValue[];
}

const valueTypes = [
  "String",
  "User",
  "Team",
  "Policy",
  "Schedule",
  "SlackIntegration",
  "LinearIntegration",
  "JiraIntegration",
  "MicrosoftTeamsWebhook",
  "ZapierWebhook",
  "NativeWebhook",
  "PagerDutyWebhook",
] as const;

const value: Field<MetadataValue> = {
  read: (sent) => {
    if (typeof sent === "string") return { value: { type: "String", value: sent } };
    if (typeof sent !== "object" || sent === null) return { mistake: "is invalid" };
    const given = sent as Partial<MetadataValue>;
    const type = given.type ?? "String";
    return valueTypes.some((known) => known === type)
      ? { value: { ...given, type } }
      : { allowed: valueTypes };
  },
};

export const metadataKind: Kind<"metadata"> = {
  name: "metadata",
  path: "/api/v3/metadata",
  type: "metadata",
  // Made and changed by one upsert; read as a list of its owner.
  verbs: [],
  fields: {
    team_name: teamField(teamName),
    owner_type: oneOf(ownerTypes),
    owner_id: text(),
    key: filledText(),
    values: listOf(value),
  },
  shown: ({ createdAt, updatedAt, attributes }) => ({
    ...attributes,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  }),
};
