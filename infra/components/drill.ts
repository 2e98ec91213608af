import { createHash } from "node:crypto";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../model/fleet";
import { resourceTypes } from "../model/resources";
import { severities } from "../model/severity";
import type { SlackChannel } from "./slack-channel";
import type { Transform } from "./transform";
import { transformed } from "./transform";

export interface DrillArgs {
  readonly fleet: Fleet;
  /** By the channel's name. */
  readonly channels: ReadonlyMap<string, SlackChannel>;
  /** Only where it is kept in the stack's configuration; from the environment the command reads it itself. */
  readonly slackToken?: pulumi.Output<string> | undefined;
  readonly transform?: { readonly command?: Transform<local.CommandArgs> };
}

/**
 * Posts once to each channel whose route is new or changed and checks Slack's own answer: `ok: false` comes with
 * HTTP 200, and Gatus would take it for success. Runs after the rest, and again only when a route changes.
 */
export class Drill extends pulumi.ComponentResource<void> {
  constructor(name: string, args: DrillArgs, options?: pulumi.ComponentResourceOptions) {
    super(resourceTypes.drill, name, {}, options);
    const { fleet, channels, slackToken, transform } = args;

    for (const [channel, resource] of channels) {
      const routed = severities.filter(
        (severity) => fleet.alerting.channels[fleet.alerting.routes[severity].channel]?.name === channel,
      );
      const route = createHash("sha256")
        .update(JSON.stringify([channel, routed, fleet.settings.slackApiUrl]))
        .digest("hex");
      new local.Command(
        `${name}-${channel}`,
        transformed<local.CommandArgs>(
          {
            create: `node ops/bin/flymon.cjs drill --channel ${channel} --severities ${routed.join(",")}`,
            environment: {
              SLACK_API_URL: fleet.settings.slackApiUrl,
              ...(slackToken && { SLACK_BOT_TOKEN: slackToken }),
            },
            triggers: [resource.channelId, route],
          },
          transform?.command,
        ),
        // Removing a route has nothing to post; the token may change without a new drill.
        { parent: this, ignoreChanges: ["environment"] },
      );
    }
    this.registerOutputs();
  }
}
