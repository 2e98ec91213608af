import type * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { betterStackPlan } from "../render/uptime/betterstack";
import type {
  BetterStackEscalationPolicyArgs,
  BetterStackHeartbeatArgs,
  BetterStackMonitorArgs,
  BetterStackMonitorGroupArgs,
  BetterStackOutgoingWebhookArgs,
  BetterStackSeverityArgs,
  BetterStackStatusPageArgs,
} from "./betterstack";
import { BetterStackMonitor, BetterStackMonitorGroup } from "./betterstack";
import { BetterStackLadder, idOf } from "./escalation-ladder";
import { Heartbeat } from "./heartbeat";
import { StatusPage } from "./status-page";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { UptimeMonitor } from "./uptime-monitor";
import type { UptimeSecrets } from "./uptime-secrets";
import { asProperty, headersWith, secretHeaders } from "./uptime-secrets";

/** Changes to what is made at Better Stack. */
export interface BetterStackTransform {
  readonly severity?: Transform<BetterStackSeverityArgs>;
  readonly webhook?: Transform<BetterStackOutgoingWebhookArgs>;
  readonly policy?: Transform<BetterStackEscalationPolicyArgs>;
  readonly group?: Transform<BetterStackMonitorGroupArgs>;
  readonly monitor?: Transform<BetterStackMonitorArgs>;
  readonly heartbeat?: Transform<BetterStackHeartbeatArgs>;
  readonly statusPage?: Transform<BetterStackStatusPageArgs>;
}

export interface HostedUptime {
  /** Where to call, by the heartbeat's name; secrets. */
  readonly heartbeats: ReadonlyMap<string, pulumi.Output<string>>;
}

/** Everything of the fleet at Better Stack, below the component of the outside watch. */
export const betterStackUptime = (
  name: string,
  fleet: Fleet,
  secrets: UptimeSecrets,
  monitors: ReadonlyMap<string, UptimeMonitor>,
  parent: pulumi.Resource,
  transform: BetterStackTransform = {},
): HostedUptime => {
  const plan = betterStackPlan(fleet);
  const { settings } = fleet;
  const child = { parent };
  const { slackToken } = secrets;
  const { ids } = new BetterStackLadder(name, { settings, plan, slackToken, transform }, child);
  const groups = new Map(
    plan.groups.map((app) => [
      app,
      new BetterStackMonitorGroup(`${name}-${app}`, transformed({ name: app }, transform.group), child).id,
    ]),
  );
  const shown = plan.monitors.map(({ key, app, monitor, policy, expirationPolicy, inputs }) => {
    const { requestHeaders = [], ...plain } = inputs;
    const declared = Object.fromEntries(requestHeaders.map((header) => [header.name, header.value]));
    const headers = headersWith(declared, secrets, { monitor: inputs.name, resource: parent });
    const args: BetterStackMonitorArgs = {
      ...plain,
      requestHeaders: asProperty(
        Object.entries(headers).map(([header, value]) => ({ name: header, value })),
        declared,
      ),
      policyId: idOf(ids, policy),
      expirationPolicyId: expirationPolicy === undefined ? undefined : idOf(ids, expirationPolicy),
      monitorGroupId: groups.get(app),
    };
    const { id } = new BetterStackMonitor(key, transformed(args, transform.monitor), {
      parent: monitors.get(`${app}-${monitor}`) ?? parent,
      ...secretHeaders("requestHeaders", declared),
    });
    return { name: inputs.name, monitorId: id };
  });
  const heartbeats = new Map(
    plan.heartbeats.map(({ key, policy, inputs }) => {
      const args: BetterStackHeartbeatArgs = { ...inputs, policyId: idOf(ids, policy) };
      const betterStack = transformed(args, transform.heartbeat);
      return [key, new Heartbeat(`${name}-${key}`, { betterStack }, child).url];
    }),
  );
  if (settings.statusPage)
    new StatusPage(
      name,
      {
        backend: "betterstack",
        page: settings.statusPage,
        shown,
        transform: { betterStack: transform.statusPage },
      },
      child,
    );
  return { heartbeats };
};
