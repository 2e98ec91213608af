import { afterAll, beforeAll } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { users } from "../../sandbox/slack/workspace";
import { killSuite } from "../support/kill-runs";
import { output, type DeclaredResource } from "../support/resource-suite";
import { startTestSlack, type TestSlack } from "../support/slack-sandbox";

let slack: TestSlack;
beforeAll(async () => {
  slack = await startTestSlack();
});
afterAll(() => slack.stop());

let tries = 0;

/** A channel's name cannot be had again once it is archived. */
const channel = (name: string, turn: number): readonly DeclaredResource[] => {
  const channelId = output(name, "channelId");
  return [
    {
      type: resourceTypes.slackChannel,
      name,
      inputs: { name: `${name}-${tries}-${turn}`, topic: `about ${name}`, members: ["ada@hotdash.example"] },
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

/** What stands in the bot's channels that are not archived, sorted. */
const things = async (): Promise<readonly string[]> => {
  const open = (await slack.channels()).filter(
    ({ isArchived, members }) => !isArchived && members.includes(users.bot.id),
  );
  const standing = await Promise.all(
    open.map(async ({ name, bookmarks, pins }) => [
      name,
      ...bookmarks.map(({ title }) => `${name} bookmark ${title}`),
      ...(await slack.messagesIn(name)).map(({ text }) => `${name} message ${text ?? ""}`),
      ...pins.map(() => `${name} pin`),
    ]),
  );
  return standing
    .flat()
    .map((thing) => thing.replace(/-\d+-\d+/, ""))
    .sort();
};

killSuite(
  {
    service: () => slack,
    resources: (turn) => {
      if (turn === 0) tries += 1;
      return ["incidents", "monitoring"].flatMap((name) => channel(name, turn));
    },
    things,
  },
  3,
);
