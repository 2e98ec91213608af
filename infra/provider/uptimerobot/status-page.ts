import { z } from "zod";
import {
  statusPageFeatures,
  uptimeRobotTypes,
  type UptimeRobotStatusPageInputs,
} from "../../model/uptimerobot";
import { numericId, plain, setOf, type Codec } from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { isJsonObject, type Json } from "../rest/json";
import { filled, flag, id, oneOf, text } from "../rest/schemas";
import { asSpelled, record } from "./common";

/** Comes back as a boolean or as its text. */
const flagOrText: Codec = {
  write: plain.write,
  read: (json) => (json === "true" || json === "false" ? json === "true" : plain.read(json, {})),
};

const settings = record({
  font: { codec: record({ family: {} }) },
  page: { codec: record({ layout: {}, theme: {}, density: {} }) },
  colors: { codec: record({ main: {}, text: {}, link: {} }) },
  features: {
    codec: record(Object.fromEntries(statusPageFeatures.map((name) => [name, { codec: flagOrText }]))),
  },
});

/** Three of its parts must always be there. Source: its Terraform provider. */
const completeSettings: Codec = {
  write: (value, inputs): Json => {
    const written = settings.write(value, inputs);
    return isJsonObject(written) ? { page: {}, colors: {}, features: {}, ...written } : written;
  },
  read: (json, attributes) => {
    const read = settings.read(json, attributes);
    if (!isJsonObject(read)) return read;
    return Object.fromEntries(
      Object.entries(read).filter(([, part]) => !isJsonObject(part) || Object.keys(part).length > 0),
    );
  },
};

const names = (keys: readonly string[], schema: z.ZodType) =>
  z.strictObject(Object.fromEntries(keys.map((key) => [key, schema.optional()]))).optional();

const color = text("a colour").regex(/^#[0-9a-f]{3,8}$/i, "must be a colour, such as #3bd671");

const fields: FieldsOf<UptimeRobotStatusPageInputs> = asSpelled({
  name: field(filled("the page's name"), "What the page is called.", { api: "friendlyName" }),
  monitorIds: field(
    z.array(id("a monitor"), "must be a list of monitors' ids"),
    "The monitors that it shows.",
    {
      codec: setOf((one, other) => Number(one) - Number(other), numericId),
    },
  ),
  status: optional(oneOf(["ENABLED", "PAUSED"]), "Whether it can be seen."),
  customDomain: optional(filled("a domain"), "A domain of the company's own.", { empty: null }),
  password: optional(filled("a password"), "A password that the page asks for; a secret.", {
    isWriteOnly: true,
  }),
  gaCode: optional(filled("a code"), "Code of Google Analytics.", { empty: null }),
  shareAnalyticsConsent: optional(flag(), "Whether visitors' consent is asked for analytics."),
  useSmallCookieConsentModal: optional(flag(), "Whether the question for cookies is small."),
  showCookieBar: optional(flag(), "Whether cookies are asked for."),
  noIndex: optional(flag(), "Whether search engines are kept away."),
  hideUrlLinks: optional(flag(), "Whether monitors' addresses are hidden."),
  customSettings: optional(
    z.strictObject({
      font: names(["family"], filled("a font")),
      page: names(["layout", "theme", "density"], filled("a name")),
      colors: names(["main", "text", "link"], color),
      features: names(statusPageFeatures, flag()),
    }),
    "How it looks.",
    { codec: completeSettings },
  ),
});

/** A public status page. */
export const statusPage: RestDescription = {
  type: uptimeRobotTypes.statusPage,
  description: "A public status page at UptimeRobot, made or adopted by name.",
  noun: "status page",
  fields,
  computed: {
    url: {
      schema: z.string().optional().describe("Where the page is."),
      read: ({ attributes: { urlKey } }) =>
        typeof urlKey === "string" && urlKey !== "" ? `https://stats.uptimerobot.com/${urlKey}` : undefined,
    },
  },
  path: () => "/psps",
  key: ["name"],
  isOursBy: "everything",
  updatesWith: ["name"],
  secretInputs: ({ password }) => (password === undefined ? [] : ["password"]),
};
