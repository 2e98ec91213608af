import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { resourceTypes } from "../model/resources";
import type { BetterStackPlan } from "../render/uptime/betterstack";
import { slackPostUrl } from "../render/uptime/slack";
import type {
  BetterStackEscalationPolicyArgs,
  BetterStackOutgoingWebhookArgs,
  BetterStackSeverityArgs,
} from "./betterstack";
import { BetterStackEscalationPolicy, BetterStackOutgoingWebhook, BetterStackSeverity } from "./betterstack";
import type { Transform } from "./transform";
import { transformed } from "./transform";
import { absentToken } from "./uptime-secrets";

export interface EscalationLadderArgs {
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
 * Who is told when, at Better Stack: by which ways (severities), the channels (a webhook each for what is posted) and
 * the order (a policy for each way to climb). The runbook's times since an alert become waits since the step before.
 */
export class EscalationLadder extends pulumi.ComponentResource<void> {
  /** Ids of the policies, by key. */
  readonly policies: ReadonlyMap<string, pulumi.Output<string>>;

  constructor(name: string, args: EscalationLadderArgs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.escalationLadder, name, {}, options);
    const { settings, plan, slackToken, transform } = args;
    const child = { parent: this };

    const severities = new Map(
      plan.severities.map(({ key, inputs }) => [
        key,
        new BetterStackSeverity(`${name}-${key}`, transformed({ ...inputs }, transform?.severity), child).id,
      ]),
    );
    const webhooks = new Map(
      plan.webhooks.map(({ key, inputs: { body, ...inputs } }) => [
        key,
        new BetterStackOutgoingWebhook(
          `${name}-${key}`,
          transformed<BetterStackOutgoingWebhookArgs>(
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
          ),
          {
            ...child,
            ...(!slackToken && { ignoreChanges: ["customWebhookTemplate.headersTemplate[0].value"] }),
          },
        ).id,
      ]),
    );
    const idOf = <Key extends string>(
      ids: ReadonlyMap<Key, pulumi.Output<string>>,
      key: Key,
    ): pulumi.Output<string> => {
      const id = ids.get(key);
      if (id === undefined) throw new RangeError(`no ${key} on the ladder`); // the plan names only what it holds
      return id;
    };
    this.policies = new Map(
      plan.policies.map(({ key, name: called, steps }) => [
        key,
        new BetterStackEscalationPolicy(
          `${name}-${key}`,
          transformed<BetterStackEscalationPolicyArgs>(
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
          ),
          child,
        ).id,
      ]),
    );
    this.registerOutputs();
  }
}
