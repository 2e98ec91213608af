import * as pulumi from "@pulumi/pulumi";
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
import { EscalationLadder } from "./escalation-ladder";
import { Heartbeat } from "./heartbeat";
import { StatusPage } from "./status-page";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { UptimeMonitor } from "./uptime-monitor";
import type { UptimeSecrets } from "./uptime-secrets";
import { filledIn } from "./uptime-secrets";

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
  const ladder = new EscalationLadder(
    name,
    { settings, plan, slackToken: secrets.slackToken, transform },
    child,
  );
  const groups = new Map(
    plan.groups.map((app) => [
      app,
      new BetterStackMonitorGroup(`${name}-${app}`, transformed({ name: app }, transform.group), child).id,
    ]),
  );
  const shown = plan.monitors.map(({ key, app, monitor, policy, expirationPolicy, inputs }) => {
    const { requestHeaders = [], ...plain } = inputs;
    const headers = requestHeaders.flatMap(({ name: header, value }) => {
      const filled = filledIn(value, secrets.variables ?? {});
      if (filled === undefined)
        void pulumi.log.warn(
          `${key}: asked without ${header}, for the stack has no value of ${value}`,
          parent,
        );
      return filled === undefined ? [] : [{ name: header, value: filled }];
    });
    const args: BetterStackMonitorArgs = {
      ...plain,
      requestHeaders: headers,
      policyId: ladder.policies.get(policy),
      expirationPolicyId: expirationPolicy === undefined ? undefined : ladder.policies.get(expirationPolicy),
      monitorGroupId: groups.get(app),
    };
    const { id } = new BetterStackMonitor(key, transformed(args, transform.monitor), {
      parent: monitors.get(`${app}-${monitor}`) ?? parent,
    });
    return { name: inputs.name, monitorId: id };
  });
  const heartbeats = new Map(
    plan.heartbeats.map((planned) => [
      planned.key,
      new Heartbeat(
        `${name}-${planned.key}`,
        { planned, policyId: ladder.policies.get(planned.policy), transform },
        child,
      ).url,
    ]),
  );
  if (settings.statusPage)
    new StatusPage(
      name,
      {
        page: settings.statusPage,
        shown,
        ...(transform.statusPage && { transform: { page: transform.statusPage } }),
      },
      child,
    );
  return { heartbeats };
};
