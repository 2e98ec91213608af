import * as pulumi from "@pulumi/pulumi";
import { resourceTypes } from "../model/resources";

export interface SlackChannelArgs {
  /** Without #; at most 80 of a-z, 0-9, - and _. */
  readonly name: string;
  readonly topic?: string;
  readonly purpose?: string;
  readonly isPrivate?: boolean | undefined;
  /** Who is invited, by id or e-mail; nobody is ever taken out. */
  readonly members?: readonly string[] | undefined;
  /** Bots cannot unarchive a channel, and an archived one still holds its name. */
  readonly onDestroy?: "archive" | "keep";
}

/** A Slack channel: made, or adopted where one of that name exists. */
export class SlackChannel extends pulumi.CustomResource {
  /** Slack's id, "C0123456789". */
  declare readonly channelId: pulumi.Output<string>;

  constructor(name: string, args: SlackChannelArgs, options?: pulumi.CustomResourceOptions) {
    super(resourceTypes.slackChannel, name, { ...args, channelId: undefined }, options);
  }
}
