import type { Fleet } from "../../model/fleet";
import type { Settings } from "../../model/settings";
import type { Heartbeat } from "../../model/uptime";

/** The watchtower's dead man's switch among a stack's heartbeats. */
export const watchtowerHeartbeat = "watchtower";

/** Whether the stack's outside watch takes calls; a Gatus beside the watchtower would fall silent with it. */
export const takesHeartbeats = ({ uptimeBackend }: Pick<Settings, "uptimeBackend">): boolean =>
  uptimeBackend !== "gatus";

/** Whether the stack makes the heartbeat that its watchtower calls: where it has no address of another one. */
export const makesWatchtowerHeartbeat = (
  settings: Pick<Settings, "uptimeBackend" | "watchtower" | "given">,
): boolean =>
  takesHeartbeats(settings) && settings.watchtower !== undefined && !settings.given.includes("heartbeatUrl");

/** What calls the outside watch. Alertmanager calls once a minute; three calls that stay away are no accident. */
export const heartbeatsOf = ({
  alerting,
  settings,
}: Pick<Fleet, "alerting" | "settings">): readonly Heartbeat[] =>
  takesHeartbeats(settings)
    ? [
        ...alerting.heartbeats,
        ...(makesWatchtowerHeartbeat(settings)
          ? [
              {
                name: watchtowerHeartbeat,
                about: "the watchtower's dead man's switch",
                period: "1m",
                grace: "2m",
                severity: "critical",
              } as const,
            ]
          : []),
      ]
    : [];
