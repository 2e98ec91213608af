import { afterAll, beforeAll, expect, it } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import type { Service } from "../../sandbox/service";
import { startSlack, type SlackAnnouncement } from "../../sandbox/slack";
import { killRuns } from "../support/kill-runs";
import { output, type DeclaredResource } from "../support/resource-suite";

const token = "xoxb-1111-2222-killsecretkillsecret";

let service: Service<SlackAnnouncement>;
beforeAll(async () => {
  service = await startSlack({
    port: 0,
    secondPort: 0,
    slackToken: token,
    slackLimits: Infinity,
    uptimerobotMonitors: 50,
    uptimerobotLimits: Infinity,
    monitorFactor: 30,
  });
});
afterAll(() => service.stop());

/** A channel's name cannot be had again once it is archived. */
const channel = (name: string, turn: number): readonly DeclaredResource[] => {
  const channelId = output(name, "channelId");
  return [
    {
      type: resourceTypes.slackChannel,
      name,
      inputs: { name: `${name}-${turn}`, topic: `about ${name}`, members: ["ada@hotdash.example"] },
      computed: ["channelId"],
    },
    {
      type: resourceTypes.slackBookmark,
      name: `${name} runbook`,
      inputs: { channelId, title: "Runbook", link: "https://a.example/?a=1&b=2", emoji: ":book:" },
    },
    {
      type: resourceTypes.slackBookmark,
      name: `${name} dashboards`,
      inputs: { channelId, title: "Dashboards", link: "https://b.example" },
    },
    {
      type: resourceTypes.slackMessage,
      name: `${name} guide`,
      inputs: { channelId, name: "guide", title: "A & B", text: "Read the runbook.", pinned: true },
    },
  ];
};

interface Views {
  readonly channels: readonly {
    readonly id: string;
    readonly name: string;
    readonly isArchived: boolean;
    readonly bookmarks: readonly { readonly title: string }[];
    readonly pins: readonly string[];
  }[];
  readonly messages: readonly { readonly channelId: string; readonly text: string }[];
}
const view = async <Key extends keyof Views>(key: Key): Promise<Views[Key]> =>
  ((await (await service.control.request(`/${key}`)).json()) as Views)[key];

/** What stands in the channels that are not archived, sorted. */
const things = async (): Promise<readonly string[]> => {
  const [channels, messages] = await Promise.all([view("channels"), view("messages")]);
  return channels
    .filter(({ isArchived }) => !isArchived)
    .flatMap(({ id, name, bookmarks, pins }) => [
      name,
      ...bookmarks.map(({ title }) => `${name} bookmark ${title}`),
      ...messages.filter(({ channelId }) => channelId === id).map(({ text }) => `${name} message ${text}`),
      ...pins.map(() => `${name} pin`),
    ])
    .map((thing) => thing.replace(/-\d+/, ""))
    .sort();
};

it("a killed up leaves nothing behind that the next one does not take up", async () => {
  const { apiUrl } = service.announcement;
  const killed = await killRuns(
    {
      resources: (turn) => ["incidents", "monitoring"].flatMap((name) => channel(name, turn)),
      apiUrl,
      options: (url) => ({
        secrets: { "flymon:slackToken": token },
        config: { "flymon:slackApiUrl": url },
      }),
      things,
    },
    3,
  );
  expect(killed).toBeGreaterThanOrEqual(5);
});
