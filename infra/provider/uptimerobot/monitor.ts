import { z } from "zod";
import {
  keywordCases,
  keywordTypes,
  postValueTypes,
  uptimeRobotAuthTypes,
  uptimeRobotHttpTypes,
  uptimeRobotLimits,
  uptimeRobotMethods,
  uptimeRobotMonitorTypes,
  uptimeRobotRegions,
  uptimeRobotTypes,
  type UptimeRobotMonitorInputs,
} from "../../model/uptimerobot";
import { isDuration, milliseconds } from "../../model/units";
import { isList, isObject, type Properties, type Value } from "../properties";
import {
  inOrderOf,
  millisecondsCodec,
  minutes,
  numericId,
  plain,
  seconds,
  setOf,
  textId,
  type Codec,
} from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { isJsonObject, type Json } from "../rest/json";
import { duration, filled, flag, id, oneOf, setOfOne, text, whole } from "../rest/schemas";
import { asSpelled, escapedOrNot, record } from "./common";
import { headersCodec, headersSchema, secretHeaders } from "./headers";
import { configCodec, configSchema, configTypes } from "./monitor-config";
import { paused } from "./paused";

const limits = uptimeRobotLimits;
const isHeartbeat = (type: unknown): boolean => type === "HEARTBEAT";

/** A heartbeat's URL is the service's own and secret; {@link monitor} tells it as an output. */
const url: Codec = {
  write: plain.write,
  read: (json, attributes) =>
    isHeartbeat(attributes["type"]) || json === "" ? undefined : plain.read(json, attributes),
};

const contactCodec = record({
  alertContactId: { codec: textId },
  threshold: { codec: minutes },
  recurrence: { codec: minutes },
});
/** The API needs both times, also where they are zero. */
const completeContact: Codec = {
  write: (value, inputs) =>
    isObject(value)
      ? contactCodec.write({ threshold: "0s", recurrence: "0s", ...defined(value) }, inputs)
      : (value as Json),
  read: contactCodec.read,
};
const defined = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined && value !== null));
const contactOf = (json: Json): number => (isJsonObject(json) ? Number(json["alertContactId"]) : 0);

const keywordCase: Codec = {
  write: (value) => (value === "CaseSensitive" ? 0 : 1),
  read: (json) => (json === 0 ? "CaseSensitive" : json === 1 ? "CaseInsensitive" : undefined),
};

const sorted = (json: Json): Json =>
  isJsonObject(json)
    ? Object.fromEntries(
        Object.entries(json)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, value]) => [key, sorted(value)]),
      )
    : Array.isArray(json)
      ? json.map(sorted)
      : json;
const parsed = (json: string): Json => {
  try {
    return sorted(JSON.parse(json) as Json);
  } catch {
    return json;
  }
};
/** JSON is sent and answered as such; as text it has one form, whatever its spaces and the order of its keys. */
const posted: Codec = {
  write: (value) => (typeof value === "string" ? parsed(value) : (value as Json)),
  read: (json, attributes) => {
    if (json === undefined || json === null) return undefined;
    if (attributes["postValueType"] === "KEY_VALUE") return sorted(json);
    return JSON.stringify(typeof json === "string" ? parsed(json) : sorted(json));
  },
};

const regions: Codec = {
  write: (value, inputs) => ({
    REGION: inOrderOf(uptimeRobotRegions).write(value, inputs),
    MANUAL_SELECTED: true,
  }),
  read: (json, attributes) =>
    isJsonObject(json) ? inOrderOf(uptimeRobotRegions).read(json["REGION"], attributes) : undefined,
};

const fields: FieldsOf<UptimeRobotMonitorInputs> = asSpelled({
  name: field(filled("the monitor's name"), "What the monitor is called.", { api: "friendlyName" }),
  type: field(oneOf(uptimeRobotMonitorTypes), "How it is watched; cannot change in place."),
  url: optional(filled("a URL or host"), "What is watched; a host where the type is no HTTP.", {
    codec: url,
  }),
  interval: field(duration(limits.interval), "How often it is checked, or a heartbeat expected.", {
    codec: seconds,
  }),
  timeout: optional(duration(limits.timeout), "How long an answer may take.", { codec: seconds }),
  httpMethod: optional(oneOf(uptimeRobotMethods), "The request's method.", { api: "httpMethodType" }),
  authType: optional(oneOf(uptimeRobotAuthTypes), "How the request authenticates itself."),
  httpUsername: optional(text("a user name"), "Its user.", { empty: "" }),
  httpPassword: optional(text("a password"), "Its password, or the token of BEARER; a secret.", {
    empty: "",
  }),
  port: optional(whole({ min: 1, max: 65_535 }), "The port of PORT and UDP."),
  keywordType: optional(oneOf(keywordTypes), "When to alert: if the keyword is there, or if it is not."),
  keywordValue: optional(
    filled("a keyword").max(limits.keyword, `must be ${limits.keyword} characters or shorter`),
    "The keyword.",
    { align: escapedOrNot },
  ),
  keywordCaseType: optional(oneOf(keywordCases), "Whether the keyword's case counts.", {
    codec: keywordCase,
  }),
  assignedAlertContacts: optional(
    z
      .array(
        z.strictObject({
          alertContactId: id("an alert contact or integration"),
          threshold: duration({ step: "1m" }).optional(),
          recurrence: duration({ step: "1m" }).optional(),
        }),
        "must be a list of who is told",
      )
      .refine(
        (contacts) => new Set(contacts.map(({ alertContactId }) => alertContactId)).size === contacts.length,
        "must not name one contact twice",
      ),
    "Who is told, how long it must be down before, and how often it is repeated.",
    { codec: setOf((one, other) => contactOf(one) - contactOf(other), completeContact), empty: [] },
  ),
  successHttpResponseCodes: optional(
    z.array(
      text("a status").regex(/^[1-5](\d\d|xx)$/, "must be a status such as 200, or 2xx"),
      "must be a list of HTTP statuses",
    ),
    "The statuses that mean up.",
    { codec: setOf() },
  ),
  customHttpHeaders: optional(headersSchema, "Headers of the request.", {
    codec: headersCodec,
    isWhole: true,
    empty: {},
  }),
  customFields: optional(
    z
      .record(
        filled("a name").regex(
          new RegExp(`^[\\w-]{1,${limits.customFieldName}}$`),
          `must be letters, digits, dashes and underscores, ${limits.customFieldName} at most`,
        ),
        text("a value").max(
          limits.customFieldValue,
          `must be ${limits.customFieldValue} characters or shorter`,
        ),
        "must be a table of texts",
      )
      .refine(
        (table) => Object.keys(table).length <= limits.customFields,
        `must be ${limits.customFields} at most`,
      ),
    "What it can be found by.",
    { isWhole: true, empty: {} },
  ),
  maintenanceWindowIds: optional(
    z.array(id("a maintenance window"), "must be a list of maintenance windows' ids"),
    "When it is not checked.",
    {
      api: "maintenanceWindowsIds",
      codec: setOf((one, other) => Number(one) - Number(other), numericId),
      empty: [],
    },
  ),
  tags: optional(
    z.array(filled("a tag").regex(/^[^A-Z,]+$/, "must be in lower case"), "must be a list of tags"),
    "Tags, in lower case.",
    { api: "tagNames", codec: setOf(), empty: [] },
  ),
  gracePeriod: optional(duration(limits.gracePeriod), "How late a heartbeat may be.", { codec: seconds }),
  postValueType: optional(oneOf(postValueTypes), "What is sent with the request: JSON, or a form."),
  postValueData: optional(
    z.union(
      [z.string(), z.record(z.string(), z.string())],
      "must be JSON as text, or for KEY_VALUE a table of texts",
    ),
    "It: JSON as text, or a table of texts.",
    { codec: posted, sentWith: "postValueType", isWhole: true },
  ),
  sslExpirationReminder: optional(flag(), "Whether the certificate's end is told of."),
  domainExpirationReminder: optional(flag(), "Whether the domain's end is told of."),
  followRedirections: optional(flag(), "Whether redirects are followed."),
  checkSslErrors: optional(flag(), "Whether the certificate must be valid.", { api: "checkSSLErrors" }),
  responseTimeThreshold: optional(
    duration({ ...limits.responseTimeThreshold, step: "1ms" }),
    "A slower answer is an incident; 0s is none.",
    { codec: millisecondsCodec },
  ),
  regions: optional(
    setOfOne(uptimeRobotRegions),
    "Where it is watched from; needs an account that may choose.",
    {
      api: "regionData",
      codec: regions,
    },
  ),
  config: optional(configSchema, "What only some types have.", { codec: configCodec }),
  groupId: optional(id("a monitor group"), 'The group it is in; "0" is the default one.', {
    codec: numericId,
  }),
  paused: optional(flag(), "Whether it rests.", { isPart: true }),
});

const onlyFor: { readonly [property: string]: readonly string[] } = {
  httpMethod: uptimeRobotHttpTypes,
  authType: uptimeRobotHttpTypes,
  customHttpHeaders: uptimeRobotHttpTypes,
  postValueType: uptimeRobotHttpTypes,
  successHttpResponseCodes: uptimeRobotHttpTypes,
  keywordType: ["KEYWORD"],
  keywordValue: ["KEYWORD"],
  keywordCaseType: ["KEYWORD"],
  gracePeriod: ["HEARTBEAT"],
  port: ["PORT", "UDP"],
};
const neededBy: { readonly [property: string]: readonly string[] } = {
  url: uptimeRobotMonitorTypes.filter((type) => !isHeartbeat(type)),
  keywordType: ["KEYWORD"],
  keywordValue: ["KEYWORD"],
  port: ["PORT", "UDP"],
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const rules: RestDescription["rules"] = (inputs, refuse) => {
  const type = inputs["type"] as string;
  const { url: address, interval, config, postValueType, postValueData, keywordValue } = inputs;
  for (const [name, types] of Object.entries(neededBy))
    if (types.includes(type) && inputs[name] === undefined)
      refuse(name, `is needed by a monitor of the type ${type}`);
  for (const [name, types] of Object.entries(onlyFor))
    if (!types.includes(type) && inputs[name] !== undefined)
      refuse(name, `is only for monitors of the type ${types.join(", ")}`);
  if (isHeartbeat(type) && address !== undefined)
    refuse("url", "is UptimeRobot's own for a HEARTBEAT: leave it out and use the output heartbeatUrl");
  if (uptimeRobotHttpTypes.some((known) => known === type) && typeof address === "string") {
    if (!/^https?:\/\/[^\s/]/i.test(address))
      refuse("url", "must be a URL, such as https://example.com/health");
  }
  const { max } = limits.heartbeatInterval;
  if (
    isHeartbeat(type) &&
    typeof interval === "string" &&
    isDuration(interval) &&
    milliseconds(interval) > milliseconds(max)
  )
    refuse("interval", `must be ${max} or shorter for a HEARTBEAT`);
  if (type === "API" && inputs["httpMethod"] === "HEAD")
    refuse("httpMethod", "cannot be HEAD for an API monitor");
  const parts = isObject(config) ? config : {};
  if (type === "API" && parts["apiAssertions"] === undefined)
    refuse("config", "needs apiAssertions for a monitor of the type API");
  for (const [name, types] of Object.entries<readonly string[]>(configTypes))
    if (parts[name] !== undefined && !types.includes(type))
      refuse("config", `may have ${name} only for monitors of the type ${types.join(", ")}`);
  if ((postValueType === undefined) !== (postValueData === undefined))
    refuse("postValueData", "goes together with postValueType");
  if (postValueType === "RAW_JSON" && !(typeof postValueData === "string" && isJson(postValueData)))
    refuse("postValueData", "must be JSON, as text");
  if (postValueType === "KEY_VALUE" && typeof postValueData === "string")
    refuse("postValueData", "must be a table of texts");
  if (keywordValue === undefined && inputs["keywordCaseType"] !== undefined)
    refuse("keywordCaseType", "goes together with keywordValue");
};

const isZero = (value: Value): boolean =>
  value === undefined ||
  value === null ||
  typeof value !== "string" ||
  !isDuration(value) ||
  milliseconds(value) === 0;

/** The free plan tells everybody at once and only once: no ladder. */
const refuse: RestDescription["refuse"] = (inputs, { uptimeRobotPlan }) => {
  const contacts = inputs["assignedAlertContacts"];
  if (uptimeRobotPlan !== "free" || !isList(contacts)) return [];
  return contacts.flatMap((contact, index) =>
    isObject(contact)
      ? ["threshold", "recurrence"]
          .filter((name) => !isZero(contact[name]))
          .map((name) => ({
            property: `assignedAlertContacts[${index}].${name}`,
            reason:
              "must be 0s on UptimeRobot's free plan, which tells everybody at once and only once; a ladder needs a paid plan (then set flymon:uptimeRobotPlan to paid), or another monitoring service",
          }))
      : [],
  );
};

/** Paths of what is secret: the password and headers that by their name carry a secret. */
const secretInputs = (inputs: Properties): string[] => [
  ...(inputs["httpPassword"] === undefined ? [] : ["httpPassword"]),
  ...secretHeaders("customHttpHeaders", inputs["customHttpHeaders"]),
];

/** A monitor: what UptimeRobot asks from outside, or, as a heartbeat, what has to call it. */
export const monitor: RestDescription = {
  type: uptimeRobotTypes.monitor,
  description:
    "A monitor at UptimeRobot, made or adopted by name, type and URL. A heartbeat's URL is a secret output.",
  noun: "monitor",
  fields,
  rules,
  refuse,
  computed: {
    heartbeatUrl: {
      schema: z
        .string()
        .optional()
        .describe("The address that a HEARTBEAT is sent to; a secret: who has it can call in its place."),
      read: ({ attributes }) => (isHeartbeat(attributes["type"]) ? attributes["url"] : undefined),
      isSecret: true,
    },
  },
  path: () => "/monitors",
  key: ["name", "type", "url"],
  isOursBy: "key",
  replaceOn: ["type"],
  parts: { paused },
  // As its Terraform provider does with each update.
  updatesWith: ["name", "type", "interval"],
  secretInputs,
};
