import type { Account } from "../account";
import type { MemberType, MetadataValue, StepMember } from "../kinds/policy";
import type { Incident } from "./incidents";

/** The values that an incident has under a key: its own, else those of what it is about. */
export const metadataOf = (
  account: Account,
  { id, origin }: Incident,
  key: string,
): readonly MetadataValue[] => {
  const of = (type: string, owner: number): readonly MetadataValue[] | undefined =>
    account
      .in("metadata")
      .list()
      .find(
        ({ attributes }) =>
          attributes.key === key && attributes.owner_type === type && attributes.owner_id === String(owner),
      )?.attributes.values;
  const owners = {
    monitor: "Monitor",
    heartbeat: "Heartbeat",
    "incoming-webhook": "IncomingWebhook",
  } as const;
  return (
    of("Incident", id) ?? (origin.kind === "manual" ? undefined : of(owners[origin.kind], origin.id)) ?? []
  );
};

/** Whether a branch's value is among those; `no_value` is that there are none. */
export const valueMatches = (wanted: MetadataValue, has: readonly MetadataValue[]): boolean =>
  wanted.type === "no_value"
    ? has.length === 0
    : has.some(
        (value) =>
          value.type === wanted.type &&
          (wanted.value == null || value.value === wanted.value) &&
          (wanted.item_id == null || String(value.item_id) === String(wanted.item_id)) &&
          (wanted.email == null || value.email === wanted.email),
      );

const memberOf: Partial<Record<string, MemberType>> = {
  User: "user",
  Team: "entire_team",
  Policy: "policy",
  Schedule: "current_on_call",
  SlackIntegration: "slack_integration",
  NativeWebhook: "webhook",
};

/** Whom values name. */
export const namesOf = (account: Account, values: readonly MetadataValue[]): readonly StepMember[] =>
  values.flatMap(({ type, item_id: item, email }) => {
    const member = memberOf[type];
    if (member === undefined) return [];
    const person = account.people.find(
      (candidate) => candidate.email === email || candidate.id === Number(item),
    );
    const id = member === "user" ? person?.id : item == null ? undefined : Number(item);
    return [{ type: member, ...(id !== undefined && { id }) }];
  });
