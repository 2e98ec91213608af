import type * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import type { PlannedMonitor } from "../render/uptime/uptimerobot";
import { uptimeRobotPlan } from "../render/uptime/uptimerobot";
import { idOf, UptimeRobotLadder } from "./escalation-ladder";
import { Heartbeat } from "./heartbeat";
import { StatusPage } from "./status-page";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { HostedUptime } from "./uptime-betterstack";
import type { UptimeMonitor } from "./uptime-monitor";
import type { UptimeSecrets } from "./uptime-secrets";
import { asProperty, headersWith, secretHeaders } from "./uptime-secrets";
import type {
  UptimeRobotIntegrationArgs,
  UptimeRobotMonitorArgs,
  UptimeRobotStatusPageArgs,
} from "./uptimerobot";
import { UptimeRobotMonitor } from "./uptimerobot";

/** Changes to what is made at UptimeRobot. */
export interface UptimeRobotTransform {
  readonly integration?: Transform<UptimeRobotIntegrationArgs>;
  readonly monitor?: Transform<UptimeRobotMonitorArgs>;
  readonly heartbeat?: Transform<UptimeRobotMonitorArgs>;
  readonly statusPage?: Transform<UptimeRobotStatusPageArgs>;
}

/** Everything of the fleet at UptimeRobot, below the component of the outside watch. */
export const uptimeRobotUptime = (
  name: string,
  fleet: Fleet,
  secrets: UptimeSecrets,
  monitors: ReadonlyMap<string, UptimeMonitor>,
  parent: pulumi.Resource,
  transform: UptimeRobotTransform = {},
): HostedUptime => {
  const plan = uptimeRobotPlan(fleet);
  const { settings } = fleet;
  const child = { parent };
  const { slackWebhooks = {} } = secrets;
  const { ids } = new UptimeRobotLadder(name, { settings, plan, slackWebhooks, transform }, child);
  const contactsOf = ({ told }: Pick<PlannedMonitor, "told">) =>
    told.map(({ contact, threshold }) => ({
      alertContactId: idOf(ids, contact),
      threshold,
      recurrence: "0s" as const,
    }));

  const shown = plan.monitors.map((planned) => {
    const { key, app, monitor, inputs } = planned;
    const { customHttpHeaders = {}, ...plain } = inputs;
    const args: UptimeRobotMonitorArgs = {
      ...plain,
      customHttpHeaders: asProperty(
        headersWith(customHttpHeaders, secrets, { monitor: inputs.name, resource: parent }),
        customHttpHeaders,
      ),
      assignedAlertContacts: contactsOf(planned),
    };
    const { id } = new UptimeRobotMonitor(key, transformed(args, transform.monitor), {
      parent: monitors.get(`${app}-${monitor}`) ?? parent,
      ...secretHeaders("customHttpHeaders", customHttpHeaders),
    });
    return { name: inputs.name, monitorId: id };
  });
  const heartbeats = new Map(
    plan.heartbeats.map((planned) => {
      const args: UptimeRobotMonitorArgs = {
        ...planned.inputs,
        assignedAlertContacts: contactsOf(planned),
      };
      const uptimeRobot = transformed(args, transform.heartbeat);
      return [planned.key, new Heartbeat(`${name}-${planned.key}`, { uptimeRobot }, child).url];
    }),
  );
  if (settings.statusPage)
    new StatusPage(
      name,
      {
        backend: "uptimerobot",
        page: settings.statusPage,
        shown,
        transform: { uptimeRobot: transform.statusPage },
      },
      child,
    );
  return { heartbeats };
};
