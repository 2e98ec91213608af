import { filledText } from "../../monitoring/fields";
import { teamName, type Account, type Person } from "../account";
import type { Kind } from "./kind";
import { teamField } from "./notifying";

const intervals = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;
export type RotationInterval = keyof typeof intervals;
export const rotationIntervals = Object.keys(intervals) as readonly RotationInterval[];

/** Who is on call when: each in turn for so many intervals. */
export interface Rotation {
  /** E-mail addresses. */
  readonly users: readonly string[];
  readonly rotation_length: number;
  readonly rotation_interval: RotationInterval;
  /** RFC 3339. */
  readonly start_rotations_at: string;
  readonly end_rotations_at: string;
  readonly timezone: string;
  readonly working_hours: readonly object[];
}

/** An on-call calendar. */
export interface OnCall {
  readonly team_name: string;
  readonly name: string;
  readonly default_calendar: boolean;
  /** Set by a route of its own. */
  readonly rotation: Rotation | null;
}

/** Who is on call: by the rotation, else, in the default calendar, the team's first member. */
export const onCallNow = (
  account: Account,
  { rotation, default_calendar: isDefault }: OnCall,
  now: number = Date.now(),
): readonly Person[] => {
  if (rotation === null) return isDefault ? account.people.slice(0, 1) : [];
  const start = Date.parse(rotation.start_rotations_at);
  if (now < start || now >= Date.parse(rotation.end_rotations_at)) return [];
  const turn = Math.floor((now - start) / (intervals[rotation.rotation_interval] * rotation.rotation_length));
  const email = rotation.users[turn % rotation.users.length];
  return account.people.filter((person) => person.email === email);
};

const fixed = <Value>(value: Value) => ({
  read: () => ({ value }),
  fallback: () => value,
  onlyAtCreate: true,
});

export const onCallKind: Kind<"on-calls"> = {
  name: "on-calls",
  path: "/api/v2/on-calls",
  type: "on_call_calendar",
  fields: {
    team_name: teamField(teamName),
    name: filledText(),
    default_calendar: fixed(false),
    rotation: fixed<Rotation | null>(null),
  },
  shown: ({ attributes: { rotation: _, ...attributes } }) => attributes,
  relationships: ({ attributes }, { account }) => ({
    on_call_users: {
      data: onCallNow(account, attributes).map(({ id, email }) => ({
        id: String(id),
        type: "user",
        meta: { email },
      })),
    },
  }),
  included: ({ attributes }, { account }) =>
    onCallNow(account, attributes).map(({ id, firstName, lastName, email, phone }) => ({
      id: String(id),
      type: "user",
      attributes: { first_name: firstName, last_name: lastName, email, phone_numbers: [phone] },
    })),
};
