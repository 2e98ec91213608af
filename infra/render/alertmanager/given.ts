import type { Fleet } from "../../model/fleet";
import { makesWatchtowerHeartbeat } from "../uptime/heartbeats";
import { ladderOf } from "./ladder";

/** Which ways out of the watchtower a stack has. */
export interface Given {
  readonly mail: boolean;
  readonly onCall: boolean;
  readonly heartbeat: boolean;
}

/** What a stack has given decides which receivers there are: one without its secret would only fail. */
export const given = ({ settings }: Pick<Fleet, "settings">): Given => {
  const smtp = settings.watchtower?.smtp;
  return {
    mail: smtp !== undefined && (smtp.username === undefined || settings.given.includes("smtpPassword")),
    onCall: settings.given.includes("onCallWebhook"),
    heartbeat: settings.given.includes("heartbeatUrl") || makesWatchtowerHeartbeat(settings),
  };
};

/** What the runbook asks for and a stack cannot do, in words for whoever runs it. */
export const missingWays = (fleet: Pick<Fleet, "settings" | "alerting">): string[] => {
  const { settings, alerting } = fleet;
  const ways = given(fleet);
  const secret = (name: string): string => `pulumi config set --secret watchtower:${name} ...`;
  const routes = Object.values(alerting.routes);
  const mailed =
    routes.some(({ email }) => email.length > 0) ||
    ladderOf(alerting, settings).some(({ people }) => people.length > 0);
  const smtp = settings.watchtower?.smtp;
  return [
    ...(!ways.mail && mailed
      ? [
          smtp === undefined
            ? "No e-mail leaves: the stack names no server. Give hotdash:watchtower its smtp."
            : `No e-mail leaves: ${smtp.host} asks for a password. ${secret("smtpPassword")}`,
        ]
      : []),
    ...(!ways.onCall && routes.some(({ sms }) => sms !== undefined)
      ? [`Nobody on call is called: the stack has no webhook for it. ${secret("onCallWebhook")}`]
      : []),
    ...(ways.heartbeat
      ? []
      : [
          `Nobody hears when the monitoring itself dies: the stack has no heartbeat outside. ${secret("heartbeatUrl")}`,
        ]),
  ];
};
