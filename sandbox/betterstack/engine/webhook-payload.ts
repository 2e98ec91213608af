import type { Delivery } from "../../monitoring/deliver";
import type { Resource } from "../api/answers";
import type { OutgoingWebhook } from "../kinds/outgoing-webhook";
import { statusOf, type Incident } from "./incidents";

const moment = (at: number | undefined): string => (at === undefined ? "" : new Date(at).toISOString());

/** The variables of templates. Names beyond $INCIDENT_ID and $STARTED_AT are not documented; these are chosen. */
const variables = (incident: Incident, event: string, url: string): Readonly<Record<string, string>> => ({
  INCIDENT_ID: String(incident.id),
  INCIDENT_URL: `${url}/incidents/${incident.id}`,
  INCIDENT_STATUS: statusOf(incident),
  EVENT: event,
  NAME: incident.name,
  MONITOR_NAME: incident.name,
  URL: incident.url ?? "",
  MONITOR_URL: incident.url ?? "",
  CAUSE: incident.cause,
  STARTED_AT: moment(incident.startedAt),
  ACKNOWLEDGED_AT: moment(incident.acknowledgedAt),
  ACKNOWLEDGED_BY: incident.acknowledgedBy ?? "",
  RESOLVED_AT: moment(incident.resolvedAt),
  RESOLVED_BY: incident.resolvedBy ?? "",
});

// The longest name first, so that $URL does not eat a part of $URL_OF.
const fill = (
  text: string,
  values: Readonly<Record<string, string>>,
  escape: (value: string) => string,
): string =>
  text.replace(/\$(?:\{([A-Z_]+)\}|([A-Z][A-Z_]*))/g, (written, braced?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ""];
    return value === undefined ? written : escape(value);
  });

const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);
const asIs = (value: string): string => value;
const looksLikeJson = (text: string): boolean => /^\s*[[{]/.test(text);

/** What an outgoing webhook is sent of an incident. */
export const payload = (
  webhook: OutgoingWebhook,
  incident: Incident,
  resource: Resource,
  event: string,
  serviceUrl: string,
): Delivery => {
  const template = webhook.custom_webhook_template_attributes;
  const json = { "Content-Type": "application/json" };
  if (template === null)
    return {
      url: webhook.url,
      method: "POST",
      headers: json,
      body: JSON.stringify({ event, data: resource }),
    };
  const values = variables(incident, event, serviceUrl);
  const { body_template: body, auth_username: user, auth_password: password } = template;
  const text = typeof body === "string" ? body : body == null ? undefined : JSON.stringify(body);
  return {
    url: webhook.url,
    method: template.http_method.toUpperCase(),
    headers: {
      ...json,
      ...(user !== null &&
        user !== "" && {
          Authorization: `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}`,
        }),
      ...Object.fromEntries(
        template.headers_template.map(({ name, value }) => [name, fill(value, values, asIs)]),
      ),
    },
    body:
      text === undefined
        ? JSON.stringify({ event, data: resource })
        : fill(text, values, looksLikeJson(text) ? inJson : asIs),
  };
};
