import { z } from "zod";
import {
  sentryLimits,
  sentryMatches,
  sentryTypes,
  type SentryIssueAlertInputs,
} from "../../model/observability";
import { isList, isObject, type Value } from "../properties";
import type { RestDescription } from "../rest/description";
import { field, optional } from "../rest/fields";
import { duration, filled, oneOf } from "../rest/schemas";
import {
  asSpelled,
  environmentField,
  minutesOrText,
  nameField,
  organizationField,
  ownerField,
  projectField,
} from "./common";

const nodes = (what: string) =>
  z.array(
    z
      .object({ id: filled(`the class of a ${what}`) })
      .catchall(z.union([z.string(), z.number(), z.boolean()], "must be a text, a number, true or false")),
    `must be a list of ${what}s`,
  );

const fields = asSpelled<SentryIssueAlertInputs>({
  organization: organizationField,
  project: projectField,
  name: nameField,
  actionMatch: field(oneOf(sentryMatches), "How many of the conditions must hold: all, any or none."),
  conditions: field(nodes("condition"), "When it is looked at: classes of Sentry with what they take."),
  filterMatch: optional(oneOf(sentryMatches), "How many of the filters must hold: all, any or none."),
  filters: optional(nodes("filter"), "Which events count.", { empty: [] }),
  actions: field(
    nodes("action").min(1, "must tell somebody: an alert without an action is none"),
    "Who is told and how.",
  ),
  frequency: field(
    duration({ ...sentryLimits.frequency, step: "1m" }),
    "How often the actions are repeated for one issue, at most.",
    { codec: minutesOrText },
  ),
  environment: environmentField,
  owner: ownerField,
});

const lacksChannelId = (action: Value): boolean =>
  isObject(action) && action["channel"] !== undefined && action["channel_id"] === undefined;

/** An issue alert: tells of single issues, new ones, say. */
export const issueAlert: RestDescription = {
  type: sentryTypes.issueAlert,
  description: "An issue alert of a project at Sentry, made or adopted by name.",
  noun: "issue alert",
  fields,
  rules: ({ actions }, refuse) => {
    // Sentry would look for the channel, and answer before the alert is there.
    if (isList(actions) && actions.some(lacksChannelId))
      refuse("actions", "must name a Slack channel by its channel_id too");
  },
  path: ({ organization, project }) => `/projects/${organization as string}/${project as string}/rules`,
  key: ["name"],
  isOursBy: "everything",
  replaceOn: ["organization", "project"],
  // A PUT is the whole alert: what it does not say is reset.
  updatesWith: "all",
};
