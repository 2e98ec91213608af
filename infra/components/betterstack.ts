import * as pulumi from "@pulumi/pulumi";
import {
  betterStackTypes,
  type BetterStackEscalationPolicyInputs,
  type BetterStackHeartbeatInputs,
  type BetterStackIncomingWebhookInputs,
  type BetterStackMonitorGroupInputs,
  type BetterStackMonitorInputs,
  type BetterStackOnCallCalendarInputs,
  type BetterStackOutgoingWebhookInputs,
  type BetterStackSeverityInputs,
  type BetterStackSlackIntegrationInputs,
  type BetterStackStatusPageInputs,
  type BetterStackStatusPageResourceInputs,
  type BetterStackStatusPageSectionInputs,
} from "../model/betterstack";

// The resources at Better Stack as a program declares them. What a property means stands with the inputs' types.

/** The same value, any part of which may be known only later, or be a secret. */
type Deep<Value> = Value extends string | number | boolean | undefined
  ? pulumi.Input<Value>
  : pulumi.Input<{ readonly [Key in keyof Value]: Deep<Value[Key]> }>;
type Args<Inputs> = { readonly [Key in keyof Inputs]: Deep<Inputs[Key]> };

export type BetterStackMonitorArgs = Args<BetterStackMonitorInputs>;
export type BetterStackMonitorGroupArgs = Args<BetterStackMonitorGroupInputs>;
export type BetterStackHeartbeatArgs = Args<BetterStackHeartbeatInputs>;
export type BetterStackSeverityArgs = Args<BetterStackSeverityInputs>;
export type BetterStackEscalationPolicyArgs = Args<BetterStackEscalationPolicyInputs>;
export type BetterStackOutgoingWebhookArgs = Args<BetterStackOutgoingWebhookInputs>;
export type BetterStackStatusPageArgs = Args<BetterStackStatusPageInputs>;
export type BetterStackStatusPageSectionArgs = Args<BetterStackStatusPageSectionInputs>;
export type BetterStackStatusPageResourceArgs = Args<BetterStackStatusPageResourceInputs>;

/** A monitor: made, or adopted where exactly one of its name and URL is there. */
export class BetterStackMonitor extends pulumi.CustomResource {
  constructor(name: string, args: BetterStackMonitorArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.monitor, name, { ...args }, options);
  }
}

/** A group of monitors. */
export class BetterStackMonitorGroup extends pulumi.CustomResource {
  constructor(name: string, args: BetterStackMonitorGroupArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.monitorGroup, name, { ...args }, options);
  }
}

/** A heartbeat: something that has to call regularly. */
export class BetterStackHeartbeat extends pulumi.CustomResource {
  /** The address to call; a secret. */
  declare readonly url: pulumi.Output<string>;

  constructor(name: string, args: BetterStackHeartbeatArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.heartbeat, name, { ...args, url: undefined }, options);
  }
}

/** By which ways people hear of a step. */
export class BetterStackSeverity extends pulumi.CustomResource {
  constructor(name: string, args: BetterStackSeverityArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.severity, name, { ...args }, options);
  }
}

/** Who is told when; waiting times count from the step before. */
export class BetterStackEscalationPolicy extends pulumi.CustomResource {
  constructor(name: string, args: BetterStackEscalationPolicyArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.escalationPolicy, name, { ...args }, options);
  }
}

/** Who is on call. */
export class BetterStackOnCallCalendar extends pulumi.CustomResource {
  constructor(
    name: string,
    args: Args<BetterStackOnCallCalendarInputs>,
    options?: pulumi.CustomResourceOptions,
  ) {
    super(betterStackTypes.onCallCalendar, name, { ...args }, options);
  }
}

/** A webhook that Better Stack calls. Its URL is kept as a secret. */
export class BetterStackOutgoingWebhook extends pulumi.CustomResource {
  constructor(name: string, args: BetterStackOutgoingWebhookArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.outgoingWebhook, name, { ...args }, options);
  }
}

/** A webhook that others call to open, acknowledge and resolve incidents. */
export class BetterStackIncomingWebhook extends pulumi.CustomResource {
  /** The address to call; a secret. */
  declare readonly url: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<BetterStackIncomingWebhookInputs>,
    options?: pulumi.CustomResourceOptions,
  ) {
    super(betterStackTypes.incomingWebhook, name, { ...args, url: undefined }, options);
  }
}

/** A public status page. */
export class BetterStackStatusPage extends pulumi.CustomResource {
  constructor(name: string, args: BetterStackStatusPageArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.statusPage, name, { ...args }, options);
  }
}

/** A heading of a status page. */
export class BetterStackStatusPageSection extends pulumi.CustomResource {
  constructor(name: string, args: BetterStackStatusPageSectionArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.statusPageSection, name, { ...args }, options);
  }
}

/** Something that a status page shows. */
export class BetterStackStatusPageResource extends pulumi.CustomResource {
  constructor(name: string, args: BetterStackStatusPageResourceArgs, options?: pulumi.CustomResourceOptions) {
    super(betterStackTypes.statusPageResource, name, { ...args }, options);
  }
}

/** A Slack channel that a person connected; it is looked up, and a missing one is told with what to do. */
export class BetterStackSlackIntegration extends pulumi.CustomResource {
  /** Slack's id of the channel. */
  declare readonly slackChannelId: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<BetterStackSlackIntegrationInputs>,
    options?: pulumi.CustomResourceOptions,
  ) {
    const computed = { slackChannelId: undefined, slackTeamId: undefined, integrationType: undefined };
    super(betterStackTypes.slackIntegration, name, { ...args, ...computed }, options);
  }
}
