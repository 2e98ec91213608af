import { z } from "zod";
import {
  sentryActionTypes,
  sentryLimits,
  sentryQueryTypes,
  sentryTargetTypes,
  sentryTypes,
  type SentryMetricAlertInputs,
} from "../../model/observability";
import { isList, isObject } from "../properties";
import { listOf, numericId, recordOf, setOf, textId } from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional } from "../rest/fields";
import { durationOf, filled, id, oneOf, text } from "../rest/schemas";
import {
  asSpelled,
  byPlace,
  environmentField,
  minutesOrText,
  nameField,
  organizationField,
  ownerField,
} from "./common";

const action = z
  .strictObject({
    type: oneOf(sentryActionTypes),
    targetType: oneOf(sentryTargetTypes),
    targetIdentifier: filled("who is told: an id, or a channel's name with its #"),
    inputChannelId: filled("the Slack channel's id").optional(),
    integrationId: id("the Slack integration").optional(),
  })
  .superRefine(({ type, inputChannelId, integrationId }, context) => {
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (type !== "slack") return;
    if (integrationId === undefined) refuse("integrationId", "is needed by an action of the type slack");
    // Sentry would look for the channel, and answer before the alert is there.
    if (inputChannelId === undefined) refuse("inputChannelId", "is needed by an action of the type slack");
  });

const trigger = z.strictObject({
  label: oneOf(["critical", "warning"]),
  alertThreshold: z.number("must be a number"),
  actions: z.array(action, "must be a list of who is told"),
});

const triggerCodec = recordOf({
  label: {},
  alertThreshold: { api: "alertThreshold" },
  actions: {
    codec: listOf(
      recordOf({
        type: {},
        targetType: { api: "targetType" },
        targetIdentifier: { api: "targetIdentifier", codec: textId },
        inputChannelId: { api: "inputChannelId" },
        integrationId: { api: "integrationId", codec: numericId },
      }),
    ),
  },
});

const fields = asSpelled<SentryMetricAlertInputs>({
  organization: organizationField,
  name: nameField,
  projects: field(
    z.array(filled("a project's slug"), "must be a list of projects' slugs").length(1, "must be one project"),
    "The project's slug, in a list.",
    { codec: setOf() },
  ),
  aggregate: field(filled("what is computed"), 'What is computed, such as "p95(transaction.duration)".'),
  queryType: field(
    oneOf(sentryQueryTypes),
    "What it is computed from: error, transaction or none of the two.",
    {
      codec: byPlace(sentryQueryTypes),
    },
  ),
  dataset: field(filled("the dataset"), 'Where it is computed: "events", "transactions", "generic_metrics".'),
  eventTypes: optional(z.array(filled("a type"), "must be a list of types"), "Which types of events count.", {
    codec: setOf(),
  }),
  query: field(text("the search"), "Which events count, in Sentry's search language; empty for all."),
  timeWindow: field(durationOf(sentryLimits.timeWindows), "Over which time it is computed.", {
    codec: minutesOrText,
  }),
  thresholdType: field(oneOf(["above", "below"]), "Whether it alerts above or below the thresholds.", {
    codec: byPlace(["above", "below"]),
  }),
  resolveThreshold: optional(
    z.number("must be a number"),
    "When it is over; by the thresholds where not told.",
    {
      empty: null,
    },
  ),
  triggers: field(
    z
      .array(trigger, "must be a list of triggers")
      .min(1, "must have a critical one")
      .max(2, "must be a critical one and a warning at most"),
    "The thresholds: a critical one first, then a warning.",
    { codec: listOf(triggerCodec) },
  ),
  environment: environmentField,
  owner: ownerField,
});

/** A metric alert: tells where something computed of a project's events leaves its bounds. */
export const metricAlert: RestDescription = {
  type: sentryTypes.metricAlert,
  description: "A metric alert at Sentry, made or adopted by name.",
  noun: "metric alert",
  fields,
  rules: ({ triggers }, refuse) => {
    const first = isList(triggers) ? triggers[0] : undefined;
    if (isObject(first) && first["label"] !== "critical")
      refuse("triggers", "must begin with a critical one");
  },
  path: ({ organization }) => `/organizations/${organization as string}/alert-rules`,
  parent: "organization",
  key: ["name"],
  isOursBy: "everything",
  replaceOn: ["organization"],
  // A PUT is the whole alert: what it does not say is reset.
  updatesWith: "all",
};
