import * as pulumi from "@pulumi/pulumi";
import { resourceTypes } from "../model/resources";

export interface SlackBookmarkArgs {
  readonly channelId: pulumi.Input<string>;
  /** At most 256 characters; a bookmark of this title that is there is adopted. */
  readonly title: string;
  /** http or https, at most 2,048 characters. */
  readonly link: string;
  /** ":book:"; left as it is where not given. */
  readonly emoji?: string;
}

/** A link above a Slack channel's messages. */
export class SlackBookmark extends pulumi.CustomResource {
  constructor(name: string, args: SlackBookmarkArgs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.slackBookmark, name, { ...args, bookmarkId: undefined }, options);
  }
}

export interface SlackMessageArgs {
  readonly channelId: pulumi.Input<string>;
  /** At most 80 of a-z, 0-9 and -; by it the message is found again in its channel. */
  readonly name: string;
  /** Plain text, at most 150 characters. */
  readonly title: string;
  /** Slack's mrkdwn, at most 3,000 characters. */
  readonly text: string;
  readonly links?: readonly { readonly label: string; readonly url: string }[];
  /** True where not given. */
  readonly pinned?: boolean;
}

/** A message that stays in a Slack channel, pinned. */
export class SlackMessage extends pulumi.CustomResource {
  constructor(name: string, args: SlackMessageArgs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.slackMessage, name, { ...args, ts: undefined, digest: undefined }, options);
  }
}
