import { z } from "zod";
import {
  betterStackLimits,
  betterStackTypes,
  type BetterStackHeartbeatInputs,
} from "../../model/betterstack";
import { isDuration, milliseconds } from "../../model/units";
import { seconds } from "../rest/codec";
import type { RestDescription } from "../rest/description";
import { field, optional, type FieldsOf } from "../rest/fields";
import { duration, filled, flag } from "../rest/schemas";
import { maintenanceFields, notificationFields, policyField, reference, sortIndexField } from "./common";

const fields: FieldsOf<BetterStackHeartbeatInputs> = {
  name: field(filled("the heartbeat's name"), "What the heartbeat is called."),
  period: field(duration(betterStackLimits.heartbeatPeriod), "How often it is expected.", {
    codec: seconds,
  }),
  grace: field(duration(), "How late it may be; about a fifth of the period is advised.", {
    codec: seconds,
  }),
  serverTimezone: optional(
    filled("IANA's name of a time zone"),
    "Time zone of what sends it, for changes of the clock.",
    { empty: null },
  ),
  teamWait: optional(duration(), "How long before the whole team is told.", { codec: seconds, empty: null }),
  heartbeatGroupId: reference("a heartbeat group", "The group it is in."),
  sortIndex: sortIndexField,
  paused: optional(flag(), "Whether it rests."),
  policyId: policyField("The escalation policy of its incidents."),
  ...notificationFields,
  ...maintenanceFields,
};

const rules: RestDescription["rules"] = ({ serverTimezone, period }, refuse) => {
  const { min } = betterStackLimits.zonedHeartbeatPeriod;
  const isShort =
    typeof period === "string" && isDuration(period) && milliseconds(period) < milliseconds(min);
  if (serverTimezone !== undefined && isShort) refuse("serverTimezone", `needs a period of ${min} or longer`);
};

/** A heartbeat: what has to call Better Stack regularly. */
export const heartbeat: RestDescription = {
  type: betterStackTypes.heartbeat,
  description: "A heartbeat at Better Stack, made or adopted by name. Its URL is a secret.",
  noun: "heartbeat",
  fields,
  rules,
  computed: {
    url: {
      schema: z.string().describe("The address to call; a secret: who has it can call in its place."),
      read: ({ attributes }) => attributes["url"],
      isSecret: true,
    },
  },
  path: () => "/api/v2/heartbeats",
  key: ["name"],
  isOursBy: "everything",
};
