import { monitoringClient, type Ask, type MonitoringClient, type WaitFor } from "../monitoring/client";
import type { IncidentView, UptimeRobotState } from "./views";

export type { IncidentView, UptimeRobotState } from "./views";

/** Looks at the sandbox's UptimeRobot, whatever is broken. Nobody acknowledges there. */
export type UptimeRobotClient = MonitoringClient<UptimeRobotState, IncidentView>;

export const uptimeRobotClient = (ask: Ask, waitFor: WaitFor): UptimeRobotClient =>
  monitoringClient(ask, waitFor, {
    name: "UptimeRobot",
    path: "/uptimerobot",
    shown: ({ name, endedAt }) => (endedAt === null ? `${name} down` : `${name} up again`),
  });
