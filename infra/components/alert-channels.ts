import * as pulumi from "@pulumi/pulumi";
import type { Alerting } from "../model/alerting";
import { resourceTypes } from "../model/resources";
import type { Settings } from "../model/settings";
import type { SlackChannelArgs } from "./slack-channel";
import { SlackChannel } from "./slack-channel";
import type { Transform } from "./transform";
import { transformed } from "./transform";

export interface AlertChannelsArgs {
  readonly alerting: Alerting;
  readonly settings: Settings;
  readonly transform?: { readonly slackChannel?: Transform<SlackChannelArgs> };
}

/** Where alerts go and who hears of them when: the Slack channels, and routes and ladder as the policies see them. */
export class AlertChannels extends pulumi.ComponentResource<void> {
  /** By the channel's name. */
  readonly slack: ReadonlyMap<string, SlackChannel>;

  constructor(name: string, args: AlertChannelsArgs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.alertChannels, name, { ...args.alerting }, options);

    this.slack = new Map(
      Object.values(args.alerting.channels).map((channel) => [
        channel.name,
        new SlackChannel(
          channel.name,
          transformed({ ...channel, onDestroy: args.settings.slackOnDestroy }, args.transform?.slackChannel),
          { parent: this },
        ),
      ]),
    );
    this.registerOutputs();
  }
}
