import { LogLevel, WebClient } from "@slack/web-api";
import type { FaultBoard } from "../../sandbox/faults/fault-board";
import { startSlack } from "../../sandbox/slack";
import type { StackOptions } from "./engine";
import { serviceOptions } from "./service-options";

interface ChannelView {
  readonly id: string;
  readonly name: string;
  readonly isArchived: boolean;
  readonly bookmarks: readonly { readonly id: string; readonly title: string }[];
  readonly members: readonly string[];
  readonly pins: readonly string[];
}

/** The sandbox's Slack in this process, with what a test of real runs against it needs. */
export interface TestSlack {
  readonly token: string;
  readonly apiUrl: string;
  /** Under which the provider reaches it, with and without the token. */
  readonly stackOptions: (as?: string, url?: string) => StackOptions;
  readonly withoutCredentials: StackOptions;
  /** Another program with the same token. */
  readonly web: WebClient;
  readonly faults: Pick<FaultBoard, "switchOn" | "switchOff">;
  readonly channels: () => Promise<readonly ChannelView[]>;
  readonly channelNamed: (name: string) => Promise<ChannelView>;
  readonly messagesIn: (
    channel: string,
  ) => Promise<NonNullable<Awaited<ReturnType<WebClient["conversations"]["history"]>>["messages"]>>;
  /** A member leaves a channel. */
  readonly leave: (channel: string, user: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export const startTestSlack = async (): Promise<TestSlack> => {
  const token = "xoxb-1111-2222-suitesecretsuitesecret";
  const service = await startSlack({ ...serviceOptions, slackToken: token });
  const { apiUrl } = service.announcement;
  const web = new WebClient(token, { slackApiUrl: apiUrl, logLevel: LogLevel.ERROR });

  const channels: TestSlack["channels"] = async () => {
    const response = await service.control.request("/channels");
    return ((await response.json()) as { channels: ChannelView[] }).channels;
  };
  const channelNamed: TestSlack["channelNamed"] = async (name) => {
    const found = (await channels()).find((channel) => channel.name === name);
    if (found === undefined) throw new Error(`no channel ${name}`);
    return found;
  };
  return {
    token,
    apiUrl,
    stackOptions: (as = token, url = apiUrl) => ({
      secrets: { "flymon:slackToken": as },
      config: { "flymon:slackApiUrl": url },
    }),
    withoutCredentials: { config: { "flymon:slackApiUrl": apiUrl }, env: { SLACK_BOT_TOKEN: "" } },
    web,
    faults: service.faults,
    channels,
    channelNamed,
    messagesIn: async (name) => {
      const { id } = await channelNamed(name);
      return (await web.conversations.history({ channel: id, include_all_metadata: true })).messages ?? [];
    },
    leave: async (channel, user) => {
      const response = await service.control.request(`/channels/${channel}/leave`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ user }),
      });
      if (!response.ok) throw new Error(`${user} does not leave: ${await response.text()}`);
    },
    stop: () => service.stop(),
  };
};
