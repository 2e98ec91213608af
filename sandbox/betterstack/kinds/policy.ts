import { filledText, integer, nullable, type Field } from "../../monitoring/fields";
import type { Sent } from "../../monitoring/api";
import { teamName, type Account } from "../account";
import { refersTo, type Kind, type KindContext, type Mistakes } from "./kind";
import { teamField } from "./notifying";
import { anyZone } from "./time-zones";

const memberTypes = [
  "current_on_call",
  "entire_team",
  "all_slack_integrations",
  "all_microsoft_teams_integrations",
  "all_zapier_integrations",
  "all_webhook_integrations",
  "all_splunk_on_call_integrations",
  "incident_metadata",
  "user",
  "webhook",
  "slack_integration",
  "microsoft_teams_integration",
  "zapier_webhook",
  "pagerduty_integration",
  "policy",
] as const;
export type MemberType = (typeof memberTypes)[number];

/** Who is told in a step. */
export interface StepMember {
  readonly type: MemberType;
  readonly id?: number | string | null;
  /** A user's, answered beside the id whichever was sent. */
  readonly email?: string | null;
  readonly metadata_key?: string | null;
}

export interface MetadataValue {
  readonly type: string;
  readonly value?: string | null;
  readonly item_id?: string | number | null;
  readonly name?: string | null;
  readonly email?: string | null;
}

const stepTypes = ["escalation", "time_branching", "metadata_branching", "instructions"] as const;

/** A step of a policy; which fields it has depends on its type. */
export interface Step {
  readonly type: (typeof stepTypes)[number];
  /** Seconds, counted from the step before. */
  readonly wait_before?: number | null;
  readonly wait_until_time?: string | null;
  readonly wait_until_timezone?: string | null;
  readonly urgency_id?: number | null;
  readonly step_members?: readonly StepMember[];
  readonly timezone?: string | null;
  readonly days?: readonly string[];
  readonly time_from?: string | null;
  readonly time_to?: string | null;
  readonly policy_id?: number | null;
  readonly policy_metadata_key?: string | null;
  readonly metadata_key?: string | null;
  readonly metadata_values?: readonly MetadataValue[];
  readonly instructions_comment?: string | null;
  readonly instructions_reminder_enabled?: boolean | null;
  readonly instructions_reminder_interval_hours?: number | null;
}

/** An escalation policy. */
export interface Policy {
  readonly team_name: string;
  readonly name: string;
  readonly repeat_count: number;
  readonly repeat_delay: number;
  readonly fallback_policy_id: number | null;
  readonly policy_group_id: number | null;
  readonly steps: readonly Step[];
}

const fieldsOf: Readonly<Record<Step["type"], readonly (keyof Step)[]>> = {
  escalation: ["wait_before", "wait_until_time", "wait_until_timezone", "urgency_id", "step_members"],
  time_branching: ["timezone", "days", "time_from", "time_to", "policy_id", "policy_metadata_key"],
  metadata_branching: ["metadata_key", "metadata_values", "policy_id", "policy_metadata_key"],
  instructions: [
    "instructions_comment",
    "instructions_reminder_enabled",
    "instructions_reminder_interval_hours",
  ],
};

const isList = (value: unknown): value is readonly Sent[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === "object" && entry !== null);
const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong with the form of a step, without the things that it names. */
const mistakeOf = (step: Sent): string | undefined => {
  const type = stepTypes.find((known) => known === step.type);
  if (type === undefined) return `type ${JSON.stringify(step.type ?? null)} is not supported`;
  if (type === "instructions")
    return typeof step.instructions_comment === "string" && step.instructions_comment !== ""
      ? undefined
      : "instructions_comment can't be blank";
  const zone = step.timezone ?? step.wait_until_timezone;
  if (zone != null && !(typeof zone === "string" && anyZone(zone) !== undefined))
    return "timezone is not included in the list";
  if (type !== "escalation")
    return step.policy_id == null && step.policy_metadata_key == null
      ? "policy_id or policy_metadata_key can't be blank"
      : undefined;
  const { wait_before: wait, wait_until_time: until, step_members: members } = step;
  if (wait == null && until == null) return "wait_before can't be blank";
  if (wait != null && (!Number.isInteger(wait) || Number(wait) < 0))
    return "wait_before must be greater than or equal to 0";
  if (until != null && !(typeof until === "string" && timeOfDay.test(until)))
    return "wait_until_time is not a time of day";
  if (!isList(members) || members.length === 0) return "step_members can't be blank";
  const unknown = members.find((member) => !memberTypes.some((known) => known === member.type));
  return unknown === undefined
    ? undefined
    : `step_members type ${JSON.stringify(unknown.type ?? null)} is not supported`;
};

const steps: Field<readonly Step[]> = {
  read: (value) => {
    if (!isList(value)) return { mistake: "is not a list of steps" };
    const mistake = value.map(mistakeOf).find((found) => found !== undefined);
    return mistake === undefined ? { value: value as readonly unknown[] as readonly Step[] } : { mistake };
  },
  fallback: () => [],
};

const person = (account: Account, { id, email }: StepMember) =>
  account.people.find((candidate) => candidate.id === Number(id) || candidate.email === email);

const memberMistake = (context: KindContext, member: StepMember): string | undefined => {
  const { account } = context;
  switch (member.type) {
    case "user":
      return person(account, member) === undefined ? "user doesn't exist" : undefined;
    case "webhook":
      return refersTo(context, "outgoing-webhooks", member.id ?? 0) ? undefined : "webhook doesn't exist";
    case "slack_integration":
      return refersTo(context, "slack-integrations", member.id ?? 0)
        ? undefined
        : "slack_integration doesn't exist";
    case "policy":
      return refersTo(context, "policies", member.id ?? 0) ? undefined : "policy doesn't exist";
    case "current_on_call":
      return refersTo(context, "on-calls", member.id ?? null) ? undefined : "on-call calendar doesn't exist";
    default:
      return undefined;
  }
};

/** Only the fields of the step's type, and users by both id and email. */
const settledStep = (account: Account, step: Step): Step => ({
  type: step.type,
  ...Object.fromEntries(fieldsOf[step.type].map((name) => [name, step[name] ?? null])),
  ...(step.type === "escalation" && {
    step_members: (step.step_members ?? []).map((member) => {
      if (member.type !== "user") return { type: member.type, ...kept(member) };
      const found = person(account, member);
      return { type: member.type, id: found?.id ?? null, email: found?.email ?? null };
    }),
  }),
});
const kept = ({ id, metadata_key: key }: StepMember): Omit<StepMember, "type"> => ({
  ...(id != null && { id: Number(id) }),
  ...(key != null && { metadata_key: key }),
});

export const policyKind: Kind<"policies"> = {
  name: "policies",
  path: "/api/v3/policies",
  type: "policy",
  fields: {
    team_name: teamField(teamName),
    name: filledText(),
    repeat_count: integer({ min: 0 }, 0),
    repeat_delay: integer({ min: 0 }, 0),
    fallback_policy_id: nullable(integer()),
    policy_group_id: nullable(integer()),
    steps,
  },
  check: (policy, context, itself) => {
    const mistakes: Mistakes = {};
    if (itself !== undefined && policy.fallback_policy_id === itself)
      mistakes.fallback_policy = ["can't be the policy itself"];
    else if (!refersTo(context, "policies", policy.fallback_policy_id))
      mistakes.fallback_policy = ["doesn't exist"];
    const wrong = policy.steps.flatMap((step) => [
      ...(step.step_members ?? []).map((member) => memberMistake(context, member)),
      refersTo(context, "urgencies", step.urgency_id ?? null) ? undefined : "urgency doesn't exist",
      refersTo(context, "policies", step.policy_id ?? null) ? undefined : "policy doesn't exist",
    ]);
    const found = [...new Set(wrong.filter((mistake) => mistake !== undefined))];
    if (found.length > 0) mistakes.steps = found;
    return mistakes;
  },
  settle: (policy, { account }) => ({
    ...policy,
    steps: policy.steps.map((step) => settledStep(account, step)),
  }),
  shown: ({ id, attributes }) => ({ id, ...attributes, incident_token: null }),
};
