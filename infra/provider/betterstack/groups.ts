import {
  betterStackTypes,
  type BetterStackMonitorGroupInputs,
  type BetterStackSeverityInputs,
} from "../../model/betterstack";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { filled, flag } from "../rest/schemas";
import { notificationFields, reference, sortIndexField } from "./common";

const groupFields: FieldsOf<BetterStackMonitorGroupInputs> = {
  name: field(filled("the group's name"), "What the group is called."),
  sortIndex: sortIndexField,
  paused: optional(flag(), "Whether the group's monitors rest."),
};

/** A group of monitors. */
export const monitorGroup: RestDescription = {
  type: betterStackTypes.monitorGroup,
  description: "A group of monitors at Better Stack, made or adopted by name.",
  noun: "monitor group",
  fields: groupFields,
  path: () => "/api/v2/monitor-groups",
  key: ["name"],
  isOursBy: "everything",
};

const severityFields: FieldsOf<BetterStackSeverityInputs> = {
  name: field(filled("the severity's name"), "What the severity is called."),
  severityGroupId: {
    ...reference("a severity group", "The group that the severity is in."),
    api: "urgency_group_id",
  },
  ...notificationFields,
};

/** By which ways people hear of a step; the API calls it urgency. */
export const severity: RestDescription = {
  type: betterStackTypes.severity,
  description: "A severity at Better Stack, made or adopted by name.",
  noun: "severity",
  fields: severityFields,
  path: () => "/api/v2/urgencies",
  key: ["name"],
  isOursBy: "everything",
};
