import type { Account } from "../account";
import type { IncomingWebhook } from "../kinds/incoming-webhook";
import { statusOf, type IncidentBook } from "./incidents";

type Part = Readonly<Record<string, unknown>>;

/** What came to an incoming webhook. */
export interface Incoming {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: string;
}

const atPath = (json: unknown, path: string): string => {
  const value = path
    .split(".")
    .filter((name) => name !== "")
    .reduce<unknown>(
      (inner, name) => (typeof inner === "object" && inner !== null ? (inner as Part)[name] : undefined),
      json,
    );
  return value == null ? "" : typeof value === "string" ? value : JSON.stringify(value);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** A part of what came: the body, a field of its JSON, a header, or the query. */
const targetOf = (incoming: Incoming, kind: unknown, name: string): string => {
  if (kind === "json") return atPath(parsed(incoming.body), name);
  if (kind === "header") return incoming.headers[name.toLowerCase()] ?? "";
  if (kind === "query_string") return new URLSearchParams(incoming.query).get(name) ?? incoming.query;
  return incoming.body;
};

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const fits = (rule: Part, incoming: Incoming): boolean => {
  const target = targetOf(incoming, rule.rule_target, text(rule.target_field));
  const content = text(rule.content);
  switch (rule.match_type) {
    case "contains_not":
      return !target.includes(content);
    case "equals":
      return target === content;
    case "equals_not":
      return target !== content;
    case "matches_regex":
      return new RegExp(content).test(target);
    case "matches_regex_not":
      return !new RegExp(content).test(target);
    default:
      return target.includes(content);
  }
};

const asked = (
  type: IncomingWebhook["started_rule_type"],
  rules: readonly Part[],
  incoming: Incoming,
): boolean => {
  if (type === "unused") return false;
  return type === "all"
    ? rules.every((rule) => fits(rule, incoming))
    : rules.some((rule) => fits(rule, incoming));
};

const extracted = (field: Part | null, incoming: Incoming): string | undefined =>
  field === null ? undefined : targetOf(incoming, field.field_target, text(field.target_field)) || undefined;

/** Opens, acknowledges or resolves by an incoming webhook's rules; false for a secret that nobody has. */
export const takeIncoming = (
  account: Account,
  incidents: IncidentBook,
  alerts: Map<number, string>,
  secret: string,
  incoming: Incoming,
): boolean => {
  const found = account
    .in("incoming-webhooks")
    .list()
    .find(({ attributes }) => attributes.secret === secret);
  if (found === undefined) return false;
  const { id, attributes: webhook } = found;
  if (webhook.paused) return true;
  const open = (alert: string | undefined): number | undefined =>
    incidents.all
      .list()
      .findLast(
        (incident) =>
          incident.origin.kind === "incoming-webhook" &&
          incident.origin.id === id &&
          statusOf(incident) !== "Resolved" &&
          (alert === undefined || alerts.get(incident.id) === alert),
      )?.id;

  if (asked(webhook.resolved_rule_type, webhook.resolved_rules, incoming)) {
    const incident = open(extracted(webhook.resolved_alert_id_field, incoming));
    if (incident !== undefined) incidents.resolve(incident, webhook.name ?? "incoming webhook");
  } else if (asked(webhook.acknowledged_rule_type, webhook.acknowledged_rules, incoming)) {
    const incident = open(extracted(webhook.acknowledged_alert_id_field, incoming));
    if (incident !== undefined) incidents.acknowledge(incident, webhook.name ?? "incoming webhook");
  } else if (asked(webhook.started_rule_type, webhook.started_rules, incoming)) {
    const alert = extracted(webhook.started_alert_id_field, incoming);
    if (alert !== undefined && open(alert) !== undefined) return true;
    const incident = incidents.open({
      origin: { kind: "incoming-webhook", id },
      name: extracted(webhook.title_field, incoming) ?? webhook.name ?? "Incoming webhook",
      url: null,
      cause: extracted(webhook.cause_field, incoming) ?? "Incoming webhook received",
      policyId: webhook.policy_id === null ? null : Number(webhook.policy_id),
      ways: webhook,
      teamWait: webhook.team_wait,
      response: null,
    });
    if (alert !== undefined) alerts.set(incident.id, alert);
  }
  return true;
};
