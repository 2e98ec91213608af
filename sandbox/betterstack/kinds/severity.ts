import { filledText, flag, integer, nullable } from "../../monitoring/fields";
import { teamName } from "../account";
import type { Kind } from "./kind";
import { teamField, type Ways } from "./notifying";

/** A severity, which the API calls urgency: the ways that a step's people are told by. */
export interface Severity extends Ways {
  readonly team_name: string;
  readonly name: string;
  readonly urgency_group_id: number | null;
}

export const severityKind: Kind<"urgencies"> = {
  name: "urgencies",
  path: "/api/v2/urgencies",
  type: "urgency",
  fields: {
    team_name: teamField(teamName),
    name: filledText(),
    call: flag(false),
    sms: flag(false),
    email: flag(true),
    push: flag(true),
    critical_alert: flag(false),
    urgency_group_id: nullable(integer()),
  },
};

/** What every account starts with. */
export const firstSeverities: readonly Severity[] = [
  {
    team_name: teamName,
    name: "High Severity",
    call: true,
    sms: true,
    email: true,
    push: true,
    critical_alert: true,
    urgency_group_id: null,
  },
  {
    team_name: teamName,
    name: "Low Severity",
    call: false,
    sms: false,
    email: true,
    push: false,
    critical_alert: false,
    urgency_group_id: null,
  },
];
