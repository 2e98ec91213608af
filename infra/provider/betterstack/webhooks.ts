import { z } from "zod";
import {
  betterStackTypes,
  ruleTypes,
  webhookMethods,
  webhookTriggers,
  type BetterStackIncomingWebhookInputs,
  type BetterStackOutgoingWebhookInputs,
} from "../../model/betterstack";
import { isObject, type Properties } from "../properties";
import { listOf, plain, recordOf, seconds, type Codec } from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { camelCase, isJsonObject, snakeCase } from "../rest/json";
import { duration, filled, flag, oneOf, text, url } from "../rest/schemas";
import { headersSchema, notificationFields, policyField, secretHeaders } from "./common";

/** JSON or other text; the API may answer JSON as such and not as the text that was sent. */
const jsonText: Codec = {
  write: plain.write,
  read: (json) => {
    if (json === null || json === undefined) return undefined;
    if (typeof json !== "string") return JSON.stringify(json);
    try {
      return JSON.stringify(JSON.parse(json));
    } catch {
      return json;
    }
  },
};

const onIncident = (what: string) =>
  optional(flag(), `Whether to call when an incident is ${what}; of incident_change only.`);

const outgoingFields: FieldsOf<BetterStackOutgoingWebhookInputs> = {
  name: field(filled("the webhook's name"), "What the webhook is called."),
  url: field(url("https://example.com/hook"), "Where it is sent to; a secret."),
  triggerType: field(oneOf(webhookTriggers), "What sets it off; cannot change in place."),
  onIncidentStarted: onIncident("started"),
  onIncidentAcknowledged: onIncident("acknowledged"),
  onIncidentResolved: onIncident("resolved"),
  onIncidentReopened: onIncident("reopened"),
  onIncidentComment: onIncident("commented"),
  notifyAlongsidePrimaryResponder: optional(
    flag(),
    "Whether to call when no policy is set, beside the first responder.",
  ),
  customWebhookTemplate: optional(
    z.strictObject({
      httpMethod: oneOf(webhookMethods).optional(),
      authUsername: text("a user name").optional(),
      authPassword: text("a password").optional(),
      headersTemplate: headersSchema.optional(),
      bodyTemplate: text("the body").optional(),
    }),
    "What is sent instead of the usual call.",
    {
      api: "custom_webhook_template_attributes",
      codec: recordOf({
        httpMethod: {},
        authUsername: {},
        authPassword: {},
        headersTemplate: { codec: listOf(recordOf({ name: {}, value: {} })) },
        bodyTemplate: { codec: jsonText },
      }),
    },
  ),
};

const incidentFlags = [
  "onIncidentStarted",
  "onIncidentAcknowledged",
  "onIncidentResolved",
  "onIncidentReopened",
  "onIncidentComment",
] as const;

const outgoingSecrets = ({ customWebhookTemplate: template }: Properties): string[] => [
  "url",
  ...(isObject(template)
    ? [
        ...(template["authPassword"] === undefined ? [] : ["customWebhookTemplate.authPassword"]),
        ...secretHeaders(["customWebhookTemplate", "headersTemplate"], template["headersTemplate"]),
      ]
    : []),
];

/** A webhook that Better Stack calls, on incidents as a rule. */
export const outgoingWebhook: RestDescription = {
  type: betterStackTypes.outgoingWebhook,
  description: "A webhook that Better Stack calls, made or adopted by name and URL.",
  noun: "outgoing webhook",
  fields: outgoingFields,
  rules: (inputs, refuse) => {
    if (inputs["triggerType"] === "incident_change") return;
    for (const name of incidentFlags)
      if (inputs[name] === true) refuse(name, "is only for the trigger incident_change");
  },
  path: () => "/api/v2/outgoing-webhooks",
  key: ["name", "url"],
  isOursBy: "key",
  replaceOn: ["triggerType"],
  secretInputs: outgoingSecrets,
};

/** Objects of texts whose keys only the API knows. */
const partCodec: Codec = {
  write: (value) =>
    isObject(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, text]) => [snakeCase(key), plain.write(text, {})]),
        )
      : plain.write(value, {}),
  read: (json) =>
    isJsonObject(json)
      ? Object.fromEntries(
          Object.entries(json).flatMap(([key, item]) => (item === null ? [] : [[camelCase(key), item]])),
        )
      : undefined,
};
const part = z.record(filled("a key"), text("a value"), "must be a table of texts");
const ruleField = (about: string) =>
  optional(z.array(part, "must be a list of rules"), about, { codec: listOf(partCodec), empty: [] });
const partField = (about: string) => optional(part, about, { codec: partCodec, empty: null });
const ruleType = (about: string) => field(oneOf(ruleTypes), about);

const incomingFields: FieldsOf<BetterStackIncomingWebhookInputs> = {
  name: field(filled("the webhook's name"), "What the webhook is called."),
  policyId: policyField("The escalation policy of its incidents."),
  teamWait: optional(duration(), "How long before the whole team is told.", { codec: seconds, empty: null }),
  recoveryPeriod: optional(duration(), "How long it must be well before an incident resolves itself.", {
    codec: seconds,
  }),
  paused: optional(flag(), "Whether it rests."),
  startedRuleType: ruleType("Which calls open an incident: all, those that match all rules, or any of them."),
  acknowledgedRuleType: ruleType("Which calls acknowledge one."),
  resolvedRuleType: ruleType("Which calls resolve one."),
  startedRules: ruleField("What a call must be like to open an incident."),
  acknowledgedRules: ruleField("What a call must be like to acknowledge one."),
  resolvedRules: ruleField("What a call must be like to resolve one."),
  causeField: partField("How the cause is taken from the call."),
  titleField: partField("How the title is taken from the call."),
  startedAlertIdField: partField("How an opening call names its alert."),
  acknowledgedAlertIdField: partField("How an acknowledging call names its alert."),
  resolvedAlertIdField: partField("How a resolving call names its alert."),
  ...notificationFields,
};

/** A webhook that others call to open, acknowledge and resolve incidents. */
export const incomingWebhook: RestDescription = {
  type: betterStackTypes.incomingWebhook,
  description:
    "A webhook that opens incidents at Better Stack, made or adopted by name. Its URL is a secret.",
  noun: "incoming webhook",
  fields: incomingFields,
  computed: {
    url: {
      schema: z.string().describe("The address to call; a secret: who has it can open incidents."),
      read: ({ attributes }) => attributes["url"],
      isSecret: true,
    },
  },
  path: () => "/api/v2/incoming-webhooks",
  key: ["name"],
  isOursBy: "everything",
};
