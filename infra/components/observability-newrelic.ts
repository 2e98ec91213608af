import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { observabilityTypes } from "../model/observability";
import type { Severity } from "../model/severity";
import {
  newRelicConditions,
  newRelicPolicies,
  type NewRelicCondition,
  type NewRelicPolicy,
} from "../render/observability/newrelic";
import { tellLeftOut } from "./observability-left-out";
import { classesOf, type ResourceClass } from "./observability-package";
import type { SlackChannel } from "./slack-channel";
import type { Transform } from "./transform";
import { transformed } from "./transform";

interface Property {
  readonly key: string;
  readonly value: pulumi.Input<string>;
}
type ConditionArgs = NewRelicCondition["args"] & { readonly policyId: pulumi.Input<string> };
interface ChannelArgs {
  readonly name: string;
  readonly type: "EMAIL" | "SLACK";
  readonly product: "IINT";
  readonly destinationId: pulumi.Input<string>;
  readonly properties: Property[];
}

/** What is used of @pulumi/newrelic. */
export type NewRelicClasses = {
  readonly AlertPolicy: ResourceClass<{ readonly name: string; readonly incidentPreference: string }>;
  readonly NrqlAlertCondition: ResourceClass<ConditionArgs>;
  readonly NotificationDestination: ResourceClass<{
    readonly name: string;
    readonly type: "EMAIL";
    readonly properties: Property[];
  }>;
  readonly NotificationChannel: ResourceClass<ChannelArgs>;
  readonly Workflow: ResourceClass<{
    readonly name: string;
    readonly mutingRulesHandling: string;
    readonly issuesFilter: {
      readonly name: string;
      readonly type: string;
      readonly predicates: { attribute: string; operator: string; values: pulumi.Input<string>[] }[];
    };
    readonly destinations: { readonly channelId: pulumi.Input<string> }[];
  }>;
};

/** @throws Refusal where the package is not installed */
export const newRelicClasses = (stack: string, root = pulumi.getRootDirectory()): NewRelicClasses =>
  classesOf<NewRelicClasses>(
    "newrelic",
    ["AlertPolicy", "NrqlAlertCondition", "NotificationDestination", "NotificationChannel", "Workflow"],
    { root, stack },
  );

export interface NewRelicArgs {
  readonly fleet: Fleet;
  readonly classes: NewRelicClasses;
  /** By the channel's name. */
  readonly slack: ReadonlyMap<string, SlackChannel>;
  readonly transform?: { readonly condition?: Transform<ConditionArgs> };
}

/**
 * The fleet's thresholds as conditions of New Relic, in a policy a severity whose workflow tells the route's people.
 * Access to the account: `newrelic:accountId`, `newrelic:apiKey`.
 */
export class NewRelic extends pulumi.ComponentResource<void> {
  constructor(name: string, args: NewRelicArgs, options?: pulumi.ComponentResourceOptions) {
    super(observabilityTypes.newrelic, name, {}, options);
    const { fleet, classes, transform } = args;
    const child = { parent: this };
    const { alerts, leftOut } = newRelicConditions(fleet);

    const policies = new Map<Severity, pulumi.Output<string>>();
    for (const policy of newRelicPolicies(fleet)) {
      const key = `${name}-${policy.severity}`;
      const { id } = new classes.AlertPolicy(
        key,
        { name: policy.name, incidentPreference: "PER_CONDITION_AND_TARGET" },
        child,
      );
      policies.set(policy.severity, id);
      const channels = this.channelsOf(key, policy, args);
      if (channels.length > 0)
        new classes.Workflow(
          key,
          {
            name: policy.name,
            mutingRulesHandling: "NOTIFY_ALL_ISSUES",
            issuesFilter: {
              name: policy.name,
              type: "FILTER",
              predicates: [{ attribute: "labels.policyIds", operator: "EXACTLY_MATCHES", values: [id] }],
            },
            destinations: channels.map((channelId) => ({ channelId })),
          },
          child,
        );
      else
        void pulumi.log.warn(
          `Nobody hears of New Relic's ${policy.severity} alerts: set observabilitySlack, or give the route an e-mail.`,
          this,
        );
    }
    for (const { key, severity, args: condition } of alerts) {
      const policyId = policies.get(severity) ?? "";
      new classes.NrqlAlertCondition(
        `${name}-${key}`,
        transformed({ ...condition, policyId }, transform?.condition),
        child,
      );
    }
    tellLeftOut("New Relic", leftOut, this);
    this.registerOutputs();
  }

  /** Ids of the ways by which a policy is heard. */
  private channelsOf(
    key: string,
    { name, emails, channel }: NewRelicPolicy,
    { fleet, classes, slack }: NewRelicArgs,
  ): pulumi.Output<string>[] {
    const child = { parent: this };
    const product = "IINT";
    const ids: pulumi.Output<string>[] = [];
    if (emails.length > 0) {
      const properties = [{ key: "email", value: emails.join(",") }];
      const destination = new classes.NotificationDestination(
        key,
        { name, type: "EMAIL", properties },
        child,
      );
      const subject = [{ key: "subject", value: "{{issueTitle}}" }];
      const mail: ChannelArgs = {
        ...{ name: `${name}, e-mail`, type: "EMAIL", product },
        ...{ destinationId: destination.id, properties: subject },
      };
      ids.push(new classes.NotificationChannel(`${key}-mail`, mail, child).id);
    }
    const channelId = slack.get(channel)?.channelId;
    if (fleet.settings.observabilitySlack !== "" && channelId !== undefined) {
      const message: ChannelArgs = {
        ...{ name: `${name}, Slack`, type: "SLACK", product },
        destinationId: fleet.settings.observabilitySlack,
        properties: [{ key: "channelId", value: channelId }],
      };
      ids.push(new classes.NotificationChannel(`${key}-slack`, message, child).id);
    }
    return ids;
  }
}
