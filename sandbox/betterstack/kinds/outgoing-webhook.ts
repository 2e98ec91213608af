import { flag, nullable, oneOf, onlyAtCreate, text, filledText, type Field } from "../../monitoring/fields";
import { teamName } from "../account";
import type { Kind, Mistakes } from "./kind";
import { teamField } from "./notifying";

/** What is sent instead of the usual payload. */
export interface WebhookTemplate {
  readonly id: string;
  readonly http_method: "get" | "post" | "put" | "patch" | "head";
  readonly auth_username: string | null;
  readonly auth_password: string | null;
  readonly headers_template: readonly { readonly name: string; readonly value: string }[];
  /** A text or JSON, with variables such as $INCIDENT_ID. */
  readonly body_template: unknown;
}

/** A webhook that Better Stack calls. Its URL may be a secret. */
export interface OutgoingWebhook {
  readonly team_name: string;
  readonly name: string | null;
  readonly url: string;
  readonly trigger_type: "incident_change" | "on_call_change" | "monitor_change";
  readonly on_incident_started: boolean;
  readonly on_incident_acknowledged: boolean;
  readonly on_incident_resolved: boolean;
  readonly on_incident_reopened: boolean;
  readonly on_incident_comment: boolean;
  readonly notify_alongside_primary_responder: boolean;
  readonly custom_webhook_template_attributes: WebhookTemplate | null;
}

const methods = ["get", "post", "put", "patch", "head"] as const;

const template: Field<WebhookTemplate | null> = nullable<WebhookTemplate>({
  read: (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { mistake: "is not a template" };
    const sent = value as Partial<WebhookTemplate>;
    const method = (sent.http_method ?? "post").toLowerCase();
    const known = methods.find((candidate) => candidate === method);
    if (known === undefined) return { allowed: methods };
    return {
      value: {
        id: sent.id ?? "",
        http_method: known,
        auth_username: sent.auth_username ?? null,
        auth_password: sent.auth_password ?? null,
        headers_template: (sent.headers_template ?? []).map(({ name, value: content }) => ({
          name,
          value: content,
        })),
        body_template: sent.body_template ?? null,
      },
    };
  },
});

const incidentFlags = [
  "on_incident_started",
  "on_incident_acknowledged",
  "on_incident_resolved",
  "on_incident_reopened",
  "on_incident_comment",
] as const;

export const outgoingWebhookKind: Kind<"outgoing-webhooks"> = {
  name: "outgoing-webhooks",
  path: "/api/v2/outgoing-webhooks",
  type: "outgoing_webhook",
  fields: {
    team_name: teamField(teamName),
    name: nullable(text()),
    url: filledText(),
    trigger_type: onlyAtCreate(oneOf(["incident_change", "on_call_change", "monitor_change"])),
    on_incident_started: flag(false),
    on_incident_acknowledged: flag(false),
    on_incident_resolved: flag(false),
    on_incident_reopened: flag(false),
    on_incident_comment: flag(false),
    notify_alongside_primary_responder: flag(true),
    custom_webhook_template_attributes: template,
  },
  check: (webhook) => {
    const mistakes: Mistakes = {};
    if (!/^https?:\/\/[^\s/]+/i.test(webhook.url)) mistakes.url = ["is invalid"];
    for (const name of incidentFlags)
      if (webhook[name] && webhook.trigger_type !== "incident_change")
        mistakes[name] = ["can only be set when trigger type is incident change"];
    return mistakes;
  },
  settle: (webhook, { account }, before) => {
    const custom = webhook.custom_webhook_template_attributes;
    return custom === null
      ? webhook
      : {
          ...webhook,
          custom_webhook_template_attributes: {
            ...custom,
            id: before?.custom_webhook_template_attributes?.id ?? String(account.newId()),
          },
        };
  },
};
