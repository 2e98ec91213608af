import {
  betterStackLimits,
  betterStackTypes,
  statusPageResourceTypes,
  widgetTypes,
  type BetterStackStatusPageInputs,
  type BetterStackStatusPageResourceInputs,
  type BetterStackStatusPageSectionInputs,
} from "../../model/betterstack";
import { addressOf } from "../rest/api";
import { days, numericId, seconds } from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type Field, type FieldsOf } from "../rest/fields";
import { duration, filled, flag, id, oneOf, text, url, whole } from "../rest/schemas";
import { reference } from "./common";

const pages = "/api/v2/status-pages";

const pageFields: FieldsOf<BetterStackStatusPageInputs> = {
  subdomain: field(
    filled("the subdomain").regex(
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
      "must consist of a-z, 0-9 and dashes between them",
    ),
    "The page is at SUBDOMAIN.betteruptime.com; unique among all of Better Stack.",
  ),
  companyName: field(filled("the company's name"), "Whose page it is."),
  companyUrl: field(url("https://example.com"), "The company's website."),
  timezone: field(
    filled("Rails' name of a time zone"),
    'By whose clock times are shown, by Rails\' name, such as "UTC".',
  ),
  contactUrl: optional(text("an address"), "Where to turn to.", { empty: null }),
  logoUrl: optional(url("https://example.com/logo.png"), "The logo; Better Stack keeps a copy.", {
    isWriteOnly: true,
  }),
  customDomain: optional(filled("a domain"), "A domain of the company's own.", { empty: null }),
  minIncidentLength: optional(duration(), "Shorter incidents are not shown.", {
    codec: seconds,
    empty: null,
  }),
  subscribable: optional(flag(), "Whether visitors may subscribe."),
  hideFromSearchEngines: optional(flag(), "Whether search engines are kept away."),
  customCss: optional(text("CSS"), "Style of the page.", { empty: null }),
  announcement: optional(text("an announcement"), "What is announced on the page.", { empty: null }),
  announcementEmbedVisible: optional(flag(), "Whether it is shown where it is embedded."),
  passwordEnabled: optional(flag(), "Whether the page asks for a password."),
  password: optional(filled("a password"), "That password; a secret.", { isWriteOnly: true }),
  history: optional(
    duration({ ...betterStackLimits.statusPageHistory, step: "1d" }),
    "How far back the page goes.",
    { codec: days },
  ),
  design: optional(oneOf(["v1", "v2"]), "Version of the design."),
  theme: optional(oneOf(["light", "dark", "system"]), "Colours."),
  layout: optional(oneOf(["vertical", "horizontal"]), "Layout."),
};

/** A public status page. */
export const statusPage: RestDescription = {
  type: betterStackTypes.statusPage,
  description: "A status page at Better Stack, made or adopted by subdomain.",
  noun: "status page",
  fields: pageFields,
  rules: ({ passwordEnabled, password }, refuse) => {
    if (passwordEnabled === true && password === undefined)
      refuse("password", "is needed where passwordEnabled is true");
  },
  path: () => pages,
  key: ["subdomain"],
  isOursBy: "key",
  secretInputs: ({ password }) => (password === undefined ? [] : ["password"]),
};

const pageField: Field = field(id("a status page"), "The page that it is on.", { isInPath: true });
const positionField: Field = optional(whole({ min: 0 }), "Its place, from zero; others are shifted.", {
  isWriteOnly: true,
});
// Without it the API takes a position for a wish.
const fixedPosition = { fixed_position: true };

const sectionFields: FieldsOf<BetterStackStatusPageSectionInputs> = {
  statusPageId: pageField,
  name: field(filled("the section's name"), "Heading of the section."),
  position: positionField,
};

/** A heading of a status page, under which things are shown. */
export const statusPageSection: RestDescription = {
  type: betterStackTypes.statusPageSection,
  description: "A section of a status page, made or adopted by name.",
  noun: "status page section",
  fields: sectionFields,
  path: ({ statusPageId }) => `${addressOf(pages, statusPageId as string)}/sections`,
  parent: "statusPageId",
  key: ["name"],
  isOursBy: "key",
  replaceOn: ["statusPageId"],
  alwaysSent: fixedPosition,
};

const resourceFields: FieldsOf<BetterStackStatusPageResourceInputs> = {
  statusPageId: pageField,
  resourceId: field(id("what is shown"), "Id of what is shown.", { codec: numericId }),
  resourceType: field(oneOf(statusPageResourceTypes), "What it is."),
  publicName: field(filled("a name"), "What it is called on the page."),
  statusPageSectionId: reference("a section", "The section that it is in; the first where not declared."),
  explanation: optional(text("an explanation"), "Shown as help beside it.", { empty: "" }),
  position: positionField,
  widgetType: optional(oneOf(widgetTypes), "How it is shown."),
};

/** Something that a status page shows. */
export const statusPageResource: RestDescription = {
  type: betterStackTypes.statusPageResource,
  description: "Something that a status page shows, made or adopted by what it is.",
  noun: "status page resource",
  fields: resourceFields,
  path: ({ statusPageId }) => `${addressOf(pages, statusPageId as string)}/resources`,
  parent: "statusPageId",
  key: ["publicName", "resourceId", "resourceType"],
  isOursBy: "key",
  replaceOn: ["statusPageId", "resourceId", "resourceType"],
  alwaysSent: fixedPosition,
};
