import { flag, integer, listOf, nullable, oneOf, text, type Field } from "../../monitoring/fields";
import { teamName } from "../account";
import { refersTo, type Kind } from "./kind";
import { policyId, teamField, teamWait, waysFields, type Ways } from "./notifying";

const ruleTypes = ["unused", "all", "any"] as const;
type RuleType = (typeof ruleTypes)[number];
type Part = Readonly<Record<string, unknown>>;

/** A webhook that somebody else calls to open, acknowledge or resolve incidents. */
export interface IncomingWebhook extends Ways {
  readonly team_name: string;
  readonly name: string | null;
  readonly policy_id: string | null;
  readonly team_wait: number | null;
  readonly recovery_period: number;
  readonly paused: boolean;
  readonly started_rule_type: RuleType;
  readonly acknowledged_rule_type: RuleType;
  readonly resolved_rule_type: RuleType;
  readonly started_rules: readonly Part[];
  readonly acknowledged_rules: readonly Part[];
  readonly resolved_rules: readonly Part[];
  readonly cause_field: Part | null;
  readonly title_field: Part | null;
  readonly started_alert_id_field: Part | null;
  readonly acknowledged_alert_id_field: Part | null;
  readonly resolved_alert_id_field: Part | null;
  readonly other_started_fields: readonly Part[];
  readonly other_acknowledged_fields: readonly Part[];
  readonly other_resolved_fields: readonly Part[];
  readonly secret: string;
}

const part: Field<Part> = {
  read: (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? { value: value as Part }
      : { mistake: "is invalid" },
};
const parts = listOf(part);
const ownField = nullable(part);

/** Where such calls go, below the service's address; the secret follows. */
export const incomingPath = "/api/v1/incoming-webhook";

export const incomingWebhookKind: Kind<"incoming-webhooks"> = {
  name: "incoming-webhooks",
  path: "/api/v2/incoming-webhooks",
  type: "incoming_webhook",
  fields: {
    team_name: teamField(teamName),
    name: nullable(text()),
    policy_id: policyId,
    team_wait: teamWait,
    recovery_period: integer({ min: 0 }, 0),
    paused: flag(false),
    started_rule_type: oneOf(ruleTypes),
    acknowledged_rule_type: oneOf(ruleTypes),
    resolved_rule_type: oneOf(ruleTypes),
    started_rules: parts,
    acknowledged_rules: parts,
    resolved_rules: parts,
    cause_field: ownField,
    title_field: ownField,
    started_alert_id_field: ownField,
    acknowledged_alert_id_field: ownField,
    resolved_alert_id_field: ownField,
    other_started_fields: parts,
    other_acknowledged_fields: parts,
    other_resolved_fields: parts,
    secret: { read: () => ({ mistake: "can't be set" }), fallback: () => "" },
    ...waysFields,
  },
  check: (webhook, context) =>
    refersTo(context, "policies", webhook.policy_id) ? {} : { policy: ["doesn't exist"] },
  settle: (webhook, { account }, before) => ({ ...webhook, secret: before?.secret ?? account.newSecret() }),
  shown: ({ createdAt, updatedAt, attributes: { secret, ...attributes } }, { url }) => ({
    ...attributes,
    url: `${url}${incomingPath}/${secret}`,
    sample_query_string: null,
    sample_headers: null,
    sample_body: null,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  }),
};
