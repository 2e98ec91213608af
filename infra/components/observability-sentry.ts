import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import {
  observabilityTypes,
  sentryTypes,
  type SentryIssueAlertInputs,
  type SentryMetricAlertInputs,
  type SentrySettings,
} from "../model/observability";
import { sentryPlan } from "../render/observability/sentry";
import { tellLeftOut } from "./observability-left-out";
import type { SlackChannel } from "./slack-channel";
import type { Transform } from "./transform";
import { transformed } from "./transform";

export type SentryIssueAlertArgs = SentryIssueAlertInputs<pulumi.Input<string>>;
export type SentryMetricAlertArgs = SentryMetricAlertInputs<pulumi.Input<string>>;

/** An issue alert of a project: made, or adopted by its name. */
export class SentryIssueAlert extends pulumi.CustomResource {
  constructor(name: string, args: SentryIssueAlertArgs, options?: pulumi.CustomResourceOptions) {
    super(sentryTypes.issueAlert, name, { ...args }, options);
  }
}

/** A metric alert: made, or adopted by its name. */
export class SentryMetricAlert extends pulumi.CustomResource {
  constructor(name: string, args: SentryMetricAlertArgs, options?: pulumi.CustomResourceOptions) {
    super(sentryTypes.metricAlert, name, { ...args }, options);
  }
}

export interface SentryArgs {
  readonly fleet: Fleet;
  readonly sentry: SentrySettings;
  /** By the channel's name. */
  readonly slack: ReadonlyMap<string, SlackChannel>;
  readonly transform?: {
    readonly issueAlert?: Transform<SentryIssueAlertArgs>;
    readonly metricAlert?: Transform<SentryMetricAlertArgs>;
  };
}

/** What Sentry can have of the fleet's alerts, for the apps that report to it. */
export class Sentry extends pulumi.ComponentResource<void> {
  constructor(
    name: string,
    { fleet, sentry, slack, transform }: SentryArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(observabilityTypes.sentry, name, {}, options);
    const child = { parent: this };
    // The routes' channels are those that the stack makes.
    const plan = sentryPlan<pulumi.Input<string>>(
      fleet,
      sentry,
      (channel) => slack.get(channel)?.channelId ?? "",
    );
    for (const { key, inputs } of plan.issueAlerts)
      new SentryIssueAlert(`${name}-${key}`, transformed(inputs, transform?.issueAlert), child);
    for (const { key, inputs } of plan.metricAlerts)
      new SentryMetricAlert(`${name}-${key}`, transformed(inputs, transform?.metricAlert), child);
    tellLeftOut("Sentry", plan.leftOut, this);
    this.registerOutputs();
  }
}
