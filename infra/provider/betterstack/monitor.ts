import { z } from "zod";
import {
  betterStackLimits,
  betterStackTypes,
  expirationWarnings,
  httpMethods,
  httpMonitorTypes,
  monitorTypes,
  probeRegions,
  requestTimeouts,
  timeoutGroupOf,
  type BetterStackMonitorInputs,
} from "../../model/betterstack";
import { isDuration, milliseconds } from "../../model/units";
import { isList, type Properties } from "../properties";
import {
  days,
  inOrderOf,
  listOf,
  millisecondsCodec,
  orOff,
  recordOf,
  seconds,
  setOf,
  upperCase,
  type Codec,
} from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { duration, filled, flag, oneOf, setOfOne, text, whole } from "../rest/schemas";
import {
  alignedHeaders,
  headersSchema,
  maintenanceFields,
  mergedHeaders,
  notificationFields,
  policyField,
  reference,
  secretHeaders,
} from "./common";

const timeoutUnit = (type: unknown): Codec =>
  requestTimeouts[timeoutGroupOf(type)].unit === "ms" ? millisecondsCodec : seconds;

/** Seconds or milliseconds, as the monitor's type has it. */
const requestTimeout: Codec = {
  write: (value, inputs) => timeoutUnit(inputs["monitorType"]).write(value, inputs),
  read: (json, attributes) => timeoutUnit(attributes["monitor_type"]).read(json, attributes),
};

const expiration = (about: string) =>
  optional(
    z.enum([...expirationWarnings, "off"], `must be one of ${expirationWarnings.join(", ")}, or "off"`),
    about,
    { codec: orOff(days) },
  );

const fields: FieldsOf<BetterStackMonitorInputs> = {
  name: field(filled("the monitor's name"), "What the monitor is called.", { api: "pronounceable_name" }),
  url: optional(filled("a URL or host"), "What is watched; a host where the type is no HTTP."),
  monitorType: field(oneOf(monitorTypes), "How it is watched."),
  httpMethod: optional(oneOf(httpMethods), "The request's method.", { codec: upperCase }),
  requestTimeout: optional(duration({ step: "1ms" }), "How long an answer may take; a closed set by type.", {
    codec: requestTimeout,
    sentWith: "monitorType", // which tells its unit
  }),
  checkFrequency: optional(duration(betterStackLimits.checkFrequency), "How often it is checked.", {
    codec: seconds,
  }),
  confirmationPeriod: optional(duration(), "How long a failure must last before it is an incident.", {
    codec: seconds,
  }),
  recoveryPeriod: optional(duration(), "How long it must be up before the incident resolves itself.", {
    codec: seconds,
  }),
  expectedStatusCodes: optional(
    z.array(whole({ min: 100, max: 599 }), "must be a list of HTTP statuses"),
    "The statuses that mean up, for expected_status_code.",
    { codec: setOf(), empty: [] },
  ),
  requiredKeyword: optional(filled("a keyword"), "The keyword that must be there, or must not.", {
    empty: "",
  }),
  requestHeaders: optional(headersSchema, "Headers of the request.", {
    codec: listOf(recordOf({ name: {}, value: {} })),
    align: alignedHeaders,
    merge: mergedHeaders,
    empty: [],
  }),
  requestBody: optional(text("the body"), "Body of the request; for dns the domain that is asked for.", {
    empty: "",
  }),
  authUsername: optional(text("a user name"), "User of HTTP basic authentication.", { empty: "" }),
  authPassword: optional(text("a password"), "Its password; a secret.", { empty: "" }),
  proxyHost: optional(filled("a host"), "Proxy that requests go through.", { empty: null }),
  proxyPort: optional(whole({ min: 1, max: 65_535 }), "The proxy's port.", { empty: null }),
  followRedirects: optional(flag(), "Whether redirects are followed."),
  verifySsl: optional(flag(), "Whether the certificate must be valid."),
  rememberCookies: optional(flag(), "Whether cookies are kept along redirects."),
  ipVersion: optional(oneOf(["ipv4", "ipv6"]), "Only one version of IP.", { empty: null }),
  port: optional(
    text("ports").regex(/^\d+(,\d+)*$/, 'must be ports with commas between, such as "25,465"'),
    "The ports of tcp, udp and mail monitors.",
    { empty: null },
  ),
  regions: optional(setOfOne(probeRegions), "Where it is watched from.", { codec: inOrderOf(probeRegions) }),
  sslExpiration: expiration("How long before its end the certificate is told of."),
  domainExpiration: expiration("How long before its end the domain is told of."),
  policyId: policyField("The escalation policy of its incidents."),
  expirationPolicyId: reference("an escalation policy", "The escalation policy of expiring certificates."),
  teamWait: optional(duration(), "How long before the whole team is told.", { codec: seconds, empty: null }),
  monitorGroupId: reference("a monitor group", "The group it is in."),
  paused: optional(flag(), "Whether it rests."),
  scenarioName: optional(filled("a name"), "Name of a playwright scenario."),
  playwrightScript: optional(filled("a script"), "The script of a playwright monitor."),
  environmentVariables: optional(
    z.record(filled("a name"), filled("a value"), "must be a table of texts"),
    "What a playwright script reads; secrets.",
    { isWhole: true },
  ),
  ...notificationFields,
  ...maintenanceFields,
};

const needs = {
  requiredKeyword: ["keyword", "keyword_absence", "udp"],
  expectedStatusCodes: ["expected_status_code"],
  port: ["tcp", "udp", "smtp", "pop", "imap"],
  requestBody: ["dns"],
  playwrightScript: ["playwright"],
} as const satisfies Record<string, readonly string[]>;

const rules: RestDescription["rules"] = (inputs, refuse) => {
  const type = inputs["monitorType"] as string;
  const { url, requestTimeout: timeout } = inputs;
  for (const [name, types] of Object.entries<readonly string[]>(needs)) {
    const value = inputs[name];
    if (types.includes(type) && (value === undefined || (isList(value) && value.length === 0)))
      refuse(name, `is needed by a monitor of the type ${type}`);
  }
  if (type !== "playwright" && url === undefined) refuse("url", `is needed by a monitor of the type ${type}`);
  const isHttp = httpMonitorTypes.some((known) => known === type);
  if (isHttp && typeof url === "string" && !/^https?:\/\/[^\s/]/i.test(url))
    refuse("url", "must be a URL, such as https://example.com/health");
  if (typeof timeout === "string" && isDuration(timeout)) {
    const { values } = requestTimeouts[timeoutGroupOf(type)];
    if (!values.some((known) => milliseconds(known) === milliseconds(timeout)))
      refuse("requestTimeout", `must be one of ${values.join(", ")} for a monitor of the type ${type}`);
  }
  if ((inputs["maintenanceFrom"] === undefined) !== (inputs["maintenanceTo"] === undefined))
    refuse("maintenanceTo", "goes together with maintenanceFrom");
};

/** Paths of what is secret: passwords, environment variables and headers that by their name carry a secret. */
const secretInputs = (inputs: Properties): string[] => [
  ...["authPassword", "environmentVariables"].filter((name) => inputs[name] !== undefined),
  ...secretHeaders(["requestHeaders"], inputs["requestHeaders"]),
];

/** A monitor: what Better Stack asks from outside. */
export const monitor: RestDescription = {
  type: betterStackTypes.monitor,
  description: "A monitor at Better Stack, made or adopted by name and URL.",
  noun: "monitor",
  fields,
  rules,
  path: () => "/api/v2/monitors",
  key: ["name", "url"],
  isOursBy: "key",
  refuseChange: (former, inputs) => {
    const [before, now] = [former["monitorType"], inputs["monitorType"]];
    if (before === now || ![before, now].includes("playwright")) return [];
    const reason =
      "cannot be changed to or from playwright: declare the other monitor under a resource name of its own";
    return [{ property: "monitorType", reason }];
  },
  secretInputs,
};
