import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { resourceTypes } from "../model/resources";
import type { BetterStackPlan } from "../render/uptime/betterstack";
import { slackPostUrl } from "../render/uptime/slack";
import type { UptimeRobotPlan } from "../render/uptime/uptimerobot";
import type {
  BetterStackEscalationPolicyArgs,
  BetterStackOutgoingWebhookArgs,
  BetterStackSeverityArgs,
} from "./betterstack";
import { BetterStackEscalationPolicy, BetterStackOutgoingWebhook, BetterStackSeverity } from "./betterstack";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import type { UptimeRobotIntegrationArgs } from "./uptimerobot";
import { UptimeRobotIntegration } from "./uptimerobot";
import type { UptimeSecrets } from "./uptime-secrets";
import { absentToken, absentWebhook } from "./uptime-secrets";

/** Ids of what is made, by key: of policies at Better Stack, of contacts at UptimeRobot. */
export type LadderIds = ReadonlyMap<string, pulumi.Output<string>>;

/** The id of something that a plan names; it names only what it holds. */
export const idOf = (ids: LadderIds, key: string): pulumi.Output<string> => {
  const id = ids.get(key);
  if (id === undefined) throw new RangeError(`no ${key} on the ladder`);
  return id;
};

/** Who is told when, in the terms of the stack's backend. */
export abstract class EscalationLadder extends pulumi.ComponentResource<void> {
  abstract readonly ids: LadderIds;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.escalationLadder, name, {}, options);
  }
}

export interface BetterStackLadderArgs {
  readonly settings: Fleet["settings"];
  readonly plan: Pick<BetterStackPlan, "severities" | "webhooks" | "policies">;
  readonly slackToken?: pulumi.Output<string> | undefined;
  readonly transform?: {
    readonly severity?: Transform<BetterStackSeverityArgs>;
    readonly webhook?: Transform<BetterStackOutgoingWebhookArgs>;
    readonly policy?: Transform<BetterStackEscalationPolicyArgs>;
  };
}

/**
 * By which ways people hear (severities), what is posted (a webhook each) and in which order (a policy for each way to
 * climb): the runbook's times since an alert become waits since the step before.
 */
export class BetterStackLadder extends EscalationLadder {
  readonly ids: LadderIds;

  constructor(
    name: string,
    { settings, plan, slackToken, transform }: BetterStackLadderArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(name, options);
    const child = { parent: this };

    const severities: LadderIds = new Map(
      plan.severities.map(({ key, inputs }) => [
        key,
        new BetterStackSeverity(`${name}-${key}`, transformed({ ...inputs }, transform?.severity), child).id,
      ]),
    );
    const webhooks: LadderIds = new Map(
      plan.webhooks.map(({ key, inputs: { body, ...inputs } }) => {
        const args = transformed<BetterStackOutgoingWebhookArgs>(
          {
            ...inputs,
            url: slackPostUrl(settings),
            customWebhookTemplate: {
              httpMethod: "post",
              headersTemplate: [
                { name: "Authorization", value: pulumi.interpolate`Bearer ${slackToken ?? absentToken}` },
                { name: "Content-Type", value: "application/json; charset=utf-8" },
              ],
              bodyTemplate: body,
            },
          },
          transform?.webhook,
        );
        const ignoreChanges = slackToken ? [] : ["customWebhookTemplate.headersTemplate[0].value"];
        return [key, new BetterStackOutgoingWebhook(`${name}-${key}`, args, { ...child, ignoreChanges }).id];
      }),
    );
    this.ids = new Map(
      plan.policies.map(({ key, name: called, steps }) => {
        const args = transformed<BetterStackEscalationPolicyArgs>(
          {
            name: called,
            steps: steps.map(({ waitBefore, severity, webhooks: posts, people, onCall }) => ({
              type: "escalation" as const,
              waitBefore,
              severityId: idOf(severities, severity),
              stepMembers: [
                ...posts.map((post) => ({ type: "webhook" as const, id: idOf(webhooks, post) })),
                ...people.map((email) => ({ type: "user" as const, email })),
                ...(onCall ? [{ type: "current_on_call" as const }] : []),
              ],
            })),
          },
          transform?.policy,
        );
        return [key, new BetterStackEscalationPolicy(`${name}-${key}`, args, child).id];
      }),
    );
    this.registerOutputs();
  }
}

export interface UptimeRobotLadderArgs {
  readonly settings: Fleet["settings"];
  readonly plan: Pick<UptimeRobotPlan, "contacts">;
  readonly slackWebhooks: NonNullable<UptimeSecrets["slackWebhooks"]>;
  readonly transform?: { readonly integration?: Transform<UptimeRobotIntegrationArgs> };
}

/** A contact for each step; a monitor says after how many minutes down each of them hears. */
export class UptimeRobotLadder extends EscalationLadder {
  readonly ids: LadderIds;

  constructor(
    name: string,
    { settings, plan, slackWebhooks, transform }: UptimeRobotLadderArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(name, options);
    this.ids = new Map(
      plan.contacts.map(({ key, channel, inputs }) => {
        const webhook = slackWebhooks[channel];
        const args = transformed<UptimeRobotIntegrationArgs>(
          {
            ...inputs,
            // UptimeRobot takes an address once. What follows the question mark tells ours apart, and Slack passes over it.
            url: pulumi.interpolate`${webhook ?? absentWebhook}?flymon=${encodeURIComponent(`${settings.stack}-${key}`)}`,
          },
          transform?.integration,
        );
        const ignoreChanges = webhook ? [] : ["url"];
        return [key, new UptimeRobotIntegration(`${name}-${key}`, args, { parent: this, ignoreChanges }).id];
      }),
    );
    this.registerOutputs();
  }
}
