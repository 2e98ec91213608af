import * as pulumi from "@pulumi/pulumi";
import type { Alerting } from "../model/alerting";
import { resourceTypes } from "../model/resources";
import type { Settings } from "../model/settings";
import { channelGuide } from "../render/slack/channel-guide";
import type { SlackChannelArgs } from "./slack-channel";
import { SlackChannel } from "./slack-channel";
import type { SlackBookmarkArgs, SlackMessageArgs } from "./slack-links";
import { SlackBookmark, SlackMessage } from "./slack-links";
import type { Transform } from "./transform";
import { transformed } from "./transform";

export interface AlertChannelsArgs {
  readonly alerting: Alerting;
  readonly settings: Settings;
  readonly transform?: {
    readonly slackChannel?: Transform<SlackChannelArgs>;
    readonly slackBookmark?: Transform<SlackBookmarkArgs>;
    readonly slackMessage?: Transform<SlackMessageArgs>;
  };
}

/** Where alerts go and who hears of them when: the Slack channels, and routes and ladder as the policies see them. */
export class AlertChannels extends pulumi.ComponentResource<void> {
  /** By the channel's name. */
  readonly slack: ReadonlyMap<string, SlackChannel>;

  constructor(name: string, args: AlertChannelsArgs, options?: pulumi.ComponentResourceOptions) {
    const { alerting, settings, transform } = args;
    super(resourceTypes.alertChannels, name, { ...alerting }, options);
    const child = { parent: this };

    this.slack = new Map(
      Object.values(alerting.channels).map((declared) => {
        const { links: hasLinks = false, ...channel } = declared;
        const made = new SlackChannel(
          channel.name,
          transformed({ ...channel, onDestroy: settings.slackOnDestroy }, transform?.slackChannel),
          child,
        );
        if (hasLinks) this.#leadOn(declared, made.channelId, args);
        return [channel.name, made];
      }),
    );
    this.registerOutputs();
  }

  /** Runbook and dashboards as bookmarks, and in the message that is pinned. */
  #leadOn(
    channel: Alerting["channels"][string],
    channelId: pulumi.Output<string>,
    { alerting, settings, transform }: AlertChannelsArgs,
  ): void {
    const { links, ...guide } = channelGuide(channel, alerting, settings);
    for (const { label, url, emoji } of links) {
      new SlackBookmark(
        `${channel.name}-${label.toLowerCase()}`,
        transformed<SlackBookmarkArgs>(
          { channelId, title: label, link: url, emoji },
          transform?.slackBookmark,
        ),
        { parent: this },
      );
    }
    new SlackMessage(
      `${channel.name}-guide`,
      transformed<SlackMessageArgs>(
        { channelId, ...guide, links: links.map(({ label, url }) => ({ label, url })), pinned: true },
        transform?.slackMessage,
      ),
      { parent: this },
    );
  }
}
