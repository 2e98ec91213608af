import {
  integrationEvents,
  integrationTypes,
  uptimeRobotTypes,
  type UptimeRobotIntegrationInputs,
} from "../../model/uptimerobot";
import type { Codec } from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import type { Json, JsonObject } from "../rest/json";
import { filled, flag, oneOf, text, url } from "../rest/schemas";
import { asSpelled, escapedOrNot } from "./common";

/** By which name a create is told the address. */
const addressField: { readonly [type: string]: string } = { Slack: "webhookURL", Webhook: "urlToNotify" };

/** Answers have the address under one name for all types; Slack's has it under its own, too. */
const address: Codec = {
  write: (value) => value as Json,
  read: (json, attributes) => {
    const isTold = (value: Json): value is string => typeof value === "string" && value !== "";
    return [json, attributes["webhookURL"]].find(isTold);
  },
};

const fields: FieldsOf<UptimeRobotIntegrationInputs> = asSpelled({
  name: field(filled("the integration's name"), "What the integration is called.", { api: "friendlyName" }),
  type: field(oneOf(integrationTypes), "What is told; cannot change in place."),
  url: field(url("https://hooks.slack.com/services/..."), "Where it is sent to; a secret.", {
    api: "value",
    codec: address,
  }),
  notifyFor: optional(oneOf(integrationEvents), "Of what it is told.", { api: "enableNotificationsFor" }),
  sslExpirationReminder: optional(flag(), "Whether it is told of certificates that end."),
  customValue: optional(text("a text"), "Added to Slack's message.", { empty: "", align: escapedOrNot }),
  postValue: optional(
    text("what is sent"),
    "What a webhook sends, with variables such as *monitorFriendlyName*.",
    {
      empty: "",
      align: escapedOrNot,
    },
  ),
  sendAsJson: optional(flag(), "Whether a webhook sends it as JSON.", { api: "sendAsJSON" }),
  sendAsQueryString: optional(flag(), "Whether it sends it in the address."),
  sendAsPostParameters: optional(flag(), "Whether it sends it as a form."),
});

const ofWebhooks = ["postValue", "sendAsJson", "sendAsQueryString", "sendAsPostParameters"];

/** The API takes type and data apart. */
const pack = (
  { type, value, ...others }: JsonObject,
  { type: declared }: { readonly type?: unknown },
): JsonObject => {
  const of = typeof type === "string" ? type : String(declared);
  const named = addressField[of];
  return {
    type: of,
    data: { ...others, ...(value !== undefined && named !== undefined && { [named]: value }) },
  };
};

/** Something that is told of monitors which name it as a contact: a Slack webhook, or another one. */
export const integration: RestDescription = {
  type: uptimeRobotTypes.integration,
  description:
    "A Slack webhook or another one that UptimeRobot calls, made or adopted by name, type and URL.",
  noun: "integration",
  fields,
  rules: (inputs, refuse) => {
    if (inputs["type"] === "Webhook") return;
    for (const name of ofWebhooks) if (inputs[name] !== undefined) refuse(name, "is only for a Webhook");
  },
  path: () => "/integrations",
  key: ["name", "type", "url"],
  isOursBy: "key",
  replaceOn: ["type"],
  updatesWith: "all",
  pack,
  // Two at once for one address may both be made, or one be refused. Source: its Terraform provider.
  isCreatedAlone: true,
  unique: ["type", "url"],
  secretInputs: () => ["url"],
};
