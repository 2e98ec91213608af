import { beforeEach, describe, expect, it } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { slackKinds } from "../../infra/provider/slack/kinds";
import { users } from "../../sandbox/slack/workspace";
import { inProcessSlack, type InProcessSlack } from "../support/in-process-slack";
import { miniEngine, type MiniEngine } from "../support/mini-engine";

// Every read shows what was there three seconds ago.

const { slackChannel, slackBookmark, slackMessage } = resourceTypes;
const link = "https://a.example";

let slack: InProcessSlack;
let engine: MiniEngine;
beforeEach(() => {
  slack = inProcessSlack(1);
  slack.lag = () => 3_000;
  engine = miniEngine(() => slackKinds(slack.world()), { slackToken: slack.token, slackApiUrl: slack.url });
});

const up = (name: string, type: string, inputs: object): Promise<void> =>
  slack.clock.run(() => engine.up(name, type, { ...inputs }));
const channelId = (): string => engine.kept.get("channel")?.id ?? "";
const own = () => slack.workspace.channels().filter(({ creator }) => creator === users.bot.id);
const makeAll = async (): Promise<void> => {
  await up("channel", slackChannel, { name: "incidents", topic: "a", members: [users.ada.id] });
  await up("bookmark", slackBookmark, { channelId: channelId(), title: "Runbook", link });
  await up("message", slackMessage, { channelId: channelId(), name: "guide", title: "Guide", text: "a" });
};

describe("a Slack whose reads are behind", () => {
  it("has all that was just made, and a refresh forgets none of it", async () => {
    await makeAll();
    slack.clock.advance(3_000);
    await up("late", slackBookmark, { channelId: channelId(), title: "Late", link });
    await slack.clock.run(() => Promise.all([...engine.kept.keys()].map(engine.refresh)));
    expect([...engine.kept.keys()]).toEqual(["channel", "bookmark", "message", "late"]);
  });

  it.each(["conversations.create", "bookmarks.add", "chat.postMessage"])(
    "has one after a lost answer to %s",
    async (method) => {
      let isLost = false;
      slack.fault = (called) => {
        if (called !== method || isLost) return undefined;
        isLost = true;
        return "reset after";
      };
      await makeAll();
      const made = own().map(({ id, bookmarks }) => [bookmarks.length, slack.workspace.messages(id).length]);
      expect({ isLost, made }).toEqual({ isLost: true, made: [[1, 1]] });
    },
  );

  it("takes back what was changed a moment ago", async () => {
    await makeAll();
    slack.clock.advance(10_000);
    const states = [
      { topic: "b", link: "https://b.example", text: "b", pinned: false },
      { topic: "a", link, text: "a", pinned: true },
    ];
    for (const { topic, link: to, text, pinned } of states) {
      await up("channel", slackChannel, { name: "incidents", topic });
      await up("bookmark", slackBookmark, { channelId: channelId(), title: "Runbook", link: to });
      const said = { name: "guide", title: "Guide", text, pinned };
      await up("message", slackMessage, { channelId: channelId(), ...said });
    }
    const [channel] = own();
    expect(channel?.topic.value).toBe("a");
    expect(channel?.bookmarks).toMatchObject([{ link }]);
    expect(channel?.pins.size).toBe(1);
    expect(slack.workspace.messages(channel?.id)[0]?.blocks[1]).toMatchObject({ text: { text: "a" } });
  });
});
