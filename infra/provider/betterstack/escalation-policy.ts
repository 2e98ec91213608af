import { z } from "zod";
import {
  betterStackTypes,
  memberTypes,
  weekDays,
  type BetterStackEscalationPolicyInputs,
} from "../../model/betterstack";
import { inOrderOf, listOf, numericId, recordOf, seconds } from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { duration, email, filled, flag, id, oneOf, setOfOne, text, timeOfDay, whole } from "../rest/schemas";
import { reference } from "./common";

const member = z
  .strictObject({
    type: oneOf(memberTypes),
    id: id("who is told").optional(),
    email: email().optional(),
    metadataKey: filled("a metadata key").optional(),
  })
  .superRefine(({ type, id: own, email: mail, metadataKey }, context) => {
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (mail !== undefined && type !== "user") refuse("email", "is only for a member of the type user");
    if (mail !== undefined && own !== undefined) refuse("email", "goes instead of the id, not with it");
    if (type === "user" && mail === undefined && own === undefined) refuse("id", "or an email is needed");
    if (type === "incident_metadata" && metadataKey === undefined)
      refuse("metadataKey", "is needed by a member of the type incident_metadata");
    const named = ["webhook", "slack_integration", "microsoft_teams_integration", "policy"];
    const alsoNamed = ["zapier_webhook", "pagerduty_integration"];
    if ([...named, ...alsoNamed].includes(type) && own === undefined)
      refuse("id", `is needed by a member of the type ${type}`);
  });

const next = {
  policyId: id("an escalation policy").optional(),
  policyMetadataKey: filled("a metadata key").optional(),
};

const step = z.discriminatedUnion(
  "type",
  [
    z
      .strictObject({
        type: z.literal("escalation"),
        waitBefore: duration().optional(),
        waitUntilTime: timeOfDay().optional(),
        waitUntilTimezone: filled("a time zone").optional(),
        severityId: id("a severity").optional(),
        stepMembers: z
          .array(member, "must be a list of who is told")
          .min(1, "must name somebody: a step that tells nobody is no step"),
      })
      .superRefine(({ waitBefore, waitUntilTime }, context) => {
        if ((waitBefore === undefined) === (waitUntilTime === undefined))
          context.addIssue({
            code: "custom",
            path: ["waitBefore"],
            message: 'needs exactly one of waitBefore ("0s" for at once) and waitUntilTime',
          });
      }),
    z.strictObject({
      type: z.literal("time_branching"),
      timezone: filled("a time zone").optional(),
      days: setOfOne(weekDays).optional(),
      timeFrom: timeOfDay().optional(),
      timeTo: timeOfDay().optional(),
      ...next,
    }),
    z.strictObject({
      type: z.literal("metadata_branching"),
      metadataKey: filled("a metadata key"),
      metadataValues: z
        .array(
          z.strictObject({
            type: filled("a type").optional(),
            value: text("a value").optional(),
            itemId: id("a thing").optional(),
            name: filled("a name").optional(),
            email: email().optional(),
          }),
        )
        .optional(),
      ...next,
    }),
    z.strictObject({
      type: z.literal("instructions"),
      comment: filled("the instructions"),
      reminderEnabled: flag().optional(),
      reminderIntervalHours: whole({ min: 1 }).optional(),
    }),
  ],
  'must be of the type "escalation", "time_branching", "metadata_branching" or "instructions"',
);

const stepCodec = recordOf({
  type: {},
  waitBefore: { codec: seconds },
  waitUntilTime: {},
  waitUntilTimezone: {},
  severityId: { api: "urgency_id", codec: numericId },
  stepMembers: {
    codec: listOf(recordOf({ type: {}, id: { codec: numericId }, email: {}, metadataKey: {} })),
  },
  timezone: {},
  days: { codec: inOrderOf(weekDays) },
  timeFrom: {},
  timeTo: {},
  policyId: { codec: numericId },
  policyMetadataKey: {},
  metadataKey: {},
  metadataValues: {
    codec: listOf(recordOf({ type: {}, value: {}, itemId: { codec: numericId }, name: {}, email: {} })),
  },
  comment: { api: "instructions_comment" },
  reminderEnabled: { api: "instructions_reminder_enabled" },
  reminderIntervalHours: { api: "instructions_reminder_interval_hours" },
});

const fields: FieldsOf<BetterStackEscalationPolicyInputs> = {
  name: field(filled("the policy's name"), "What the policy is called."),
  steps: field(z.array(step, "must be a list of steps"), "What happens, one after the other.", {
    codec: listOf(stepCodec),
  }),
  repeatCount: optional(whole({ min: 0 }), "How often all steps are repeated while nobody acknowledges."),
  repeatDelay: optional(duration(), "How long before each repetition.", { codec: seconds }),
  fallbackPolicyId: reference("an escalation policy", "The policy that follows when nobody acknowledged."),
  policyGroupId: reference("a policy group", "The group it is in."),
};

/** An escalation policy (API v3): who is told when. `waitBefore` counts from the step before. */
export const escalationPolicy: RestDescription = {
  type: betterStackTypes.escalationPolicy,
  description: "An escalation policy at Better Stack, made or adopted by name.",
  noun: "escalation policy",
  fields,
  path: () => "/api/v3/policies",
  key: ["name"],
  isOursBy: "everything",
};
