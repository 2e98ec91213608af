import { LogLevel, WebClient } from "@slack/web-api";
import { readConfiguration } from "../../infra/provider/configuration";
import type { ResourceContext } from "../../infra/provider/resource";
import type { SlackWorld } from "../../infra/provider/slack/client";
import { startSlack } from "../../sandbox/slack";
import { scopesMissing } from "../../sandbox/slack/faults";
import { hurriedClock } from "./hurried-clock";
import { serviceOptions } from "./service-options";

export interface ChannelView {
  readonly id: string;
  readonly name: string;
  readonly isArchived: boolean;
  readonly members: readonly string[];
  readonly bookmarks: readonly { id: string; title: string; link: string; emoji: string }[];
  readonly pins: readonly string[];
}

/** The sandbox's Slack with what a test of the provider's kinds needs. */
export interface SlackKit {
  readonly token: string;
  /** Another program with the same token. */
  readonly web: WebClient;
  /** For kinds that are to be made with it: the same Slack, its calls noted, in hurried time. */
  readonly world: SlackWorld;
  readonly context: (signal?: AbortSignal) => ResourceContext;
  /** Methods that the provider has called. */
  readonly calls: string[];
  readonly logged: string[];
  readonly channel: (name: string) => Promise<ChannelView>;
  readonly person: (path: string, body?: object) => Promise<void>;
  readonly leave: (channel: string, user: string) => Promise<void>;
  readonly lack: (...scopes: string[]) => Promise<void>;
  readonly break: (fault: string, parameters: object) => Promise<void>;
  readonly mend: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export const startSlackKit = async (): Promise<SlackKit> => {
  const token = "xoxb-1111-2222-kitsecretkitsecret";
  const service = await startSlack({ ...serviceOptions, slackToken: token });
  const { apiUrl: slackApiUrl } = service.announcement;
  const calls: string[] = [];
  const logged: string[] = [];
  // The kinds of the registry use the global one.
  const original = globalThis.fetch;
  const noting: typeof fetch = (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    if (address.startsWith(slackApiUrl)) calls.push(address.slice(slackApiUrl.length));
    return original(input, init);
  };
  globalThis.fetch = noting;

  const person: SlackKit["person"] = async (path, body = {}) => {
    const response = await service.control.request(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  return {
    token,
    web: new WebClient(token, { slackApiUrl, logLevel: LogLevel.ERROR, fetch: original }),
    world: { fetch: noting, clock: hurriedClock() },
    context: (signal = new AbortController().signal) => ({
      configuration: readConfiguration({ slackToken: token, slackApiUrl }, {}),
      urn: "urn:pulumi:test::trial::flymon:slack:Thing::thing",
      projectRoot: "/",
      signal,
      log: (severity, message) => logged.push(`${severity}: ${message}`),
    }),
    calls,
    logged,
    channel: async (name) => {
      const response = await service.control.request("/channels");
      const { channels } = (await response.json()) as { channels: ChannelView[] };
      const found = channels.find((channel) => channel.name === name);
      if (found === undefined) throw new Error(`no channel ${name}`);
      return found;
    },
    person,
    leave: (channel, user) => person(`/channels/${channel}/leave`, { user }),
    lack: async (...scopes) => {
      await service.faults.switchOn(scopesMissing.name, { scopes });
    },
    break: async (fault, parameters) => {
      const { kind } = await service.faults.switchOn(fault, parameters);
      if (kind !== "on") throw new Error(`${fault}: ${kind}`);
    },
    mend: () => service.faults.clear(),
    stop: async () => {
      globalThis.fetch = original;
      await service.stop();
    },
  };
};
