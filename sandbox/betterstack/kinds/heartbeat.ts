import { filledText, flag, integer, nullable, type Field } from "../../monitoring/fields";
import { teamName } from "../account";
import { refersTo, type Kind, type Mistakes } from "./kind";
import {
  maintenanceFields,
  policyId,
  teamField,
  teamWait,
  waysFields,
  type Maintenance,
  type Ways,
} from "./notifying";
import { ianaTimeZone } from "./time-zones";

/** Where beats are sent to, below the service's address; the secret follows. */
export const beatPath = "/api/v1/heartbeat";

/** Something that has to call regularly. */
export interface Heartbeat extends Ways, Maintenance {
  readonly team_name: string;
  readonly name: string;
  /** Seconds. */
  readonly period: number;
  readonly grace: number;
  readonly server_timezone: string | null;
  readonly team_wait: number | null;
  readonly heartbeat_group_id: number | null;
  readonly sort_index: number | null;
  readonly paused: boolean;
  readonly policy_id: string | null;
  /** The last part of its address, made by the server. */
  readonly secret: string;
}

const madeByServer: Field<string> = { read: () => ({ mistake: "can't be set" }), fallback: () => "" };

export const heartbeatKind: Kind<"heartbeats"> = {
  name: "heartbeats",
  path: "/api/v2/heartbeats",
  type: "heartbeat",
  fields: {
    team_name: teamField(teamName),
    name: filledText(),
    period: integer({ min: 30 }),
    grace: integer({ min: 0 }),
    server_timezone: nullable(ianaTimeZone),
    team_wait: teamWait,
    heartbeat_group_id: nullable(integer()),
    sort_index: nullable(integer()),
    paused: flag(false),
    policy_id: policyId,
    secret: madeByServer,
    ...waysFields,
    ...maintenanceFields,
  },
  check: (heartbeat, context) => {
    const mistakes: Mistakes = {};
    if (heartbeat.server_timezone !== null && heartbeat.period < 3_600)
      mistakes.server_timezone = ["can only be set with a period of one hour or longer"];
    if (!refersTo(context, "policies", heartbeat.policy_id)) mistakes.policy = ["doesn't exist"];
    if (!refersTo(context, "heartbeat-groups", heartbeat.heartbeat_group_id))
      mistakes.heartbeat_group = ["doesn't exist"];
    return mistakes;
  },
  settle: (heartbeat, { account }, before) => ({
    ...heartbeat,
    secret: before?.secret ?? account.newSecret(),
  }),
  shown: ({ id, createdAt, updatedAt, attributes: { secret, ...attributes } }, { runtime, url }) => ({
    url: `${url}${beatPath}/${secret}`,
    ...attributes,
    status: runtime.heartbeat(id).status,
    paused_at: attributes.paused ? new Date(updatedAt).toISOString() : null,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  }),
};

/** A group of heartbeats. */
export interface HeartbeatGroup {
  readonly team_name: string;
  readonly name: string;
  readonly sort_index: number | null;
  readonly paused: boolean;
}

export const heartbeatGroupKind: Kind<"heartbeat-groups"> = {
  name: "heartbeat-groups",
  path: "/api/v2/heartbeat-groups",
  type: "heartbeat_group",
  fields: {
    team_name: teamField(teamName),
    name: filledText(),
    sort_index: nullable(integer()),
    paused: flag(false),
  },
  removed: ({ id }, { account }) => {
    account
      .in("heartbeats")
      .list()
      .forEach((heartbeat) => {
        if (heartbeat.attributes.heartbeat_group_id === id)
          account.change("heartbeats", heartbeat.id, { ...heartbeat.attributes, heartbeat_group_id: null });
      });
  },
};
