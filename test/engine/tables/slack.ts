import { resourceTypes } from "../../../infra/model/resources";
import { output, type DeclaredResource, type SuiteRow } from "../../support/resource-suite";
import type { TestSlack } from "../../support/slack-sandbox";

/** Kept on destroy, so that what belonged to it can be looked for; by this its name begins. */
const keptPrefix = "kept-";

export const keptChannel = (name: string, channelName = `${keptPrefix}${name}`): DeclaredResource => ({
  type: resourceTypes.slackChannel,
  name,
  inputs: { name: channelName, onDestroy: "keep" },
  computed: ["channelId"],
  importId: `#${channelName}`,
});

/** Open channels, and what is in those that are kept; archived ones are as gone as a bot can make them. */
export const inventoryOf = async ({ channels, messagesIn }: TestSlack): Promise<readonly string[]> => {
  const open = (await channels()).filter(({ isArchived }) => !isArchived);
  const found = await Promise.all(
    open.map(async ({ name, bookmarks }) =>
      name.startsWith(keptPrefix)
        ? [
            ...bookmarks.map(({ title }) => `${name}: bookmark ${title}`),
            ...(await messagesIn(name)).map(({ text = "" }) => `${name}: message ${text}`),
          ]
        : [name],
    ),
  );
  return found.flat().sort();
};

const channels = ({ web, leave }: TestSlack, tag: string): readonly SuiteRow[] => [
  {
    name: "channel",
    type: resourceTypes.slackChannel,
    inputs: { name: `incidents-${tag}`, topic: "SEV-1" },
    changes: [
      { property: "topic", value: "SEV-1 <now> & here" },
      { property: "purpose", value: "alarms" },
      { property: "members", value: ["ada@hotdash.example", "U0ONCALL001"] },
      {
        property: "members",
        value: ["ada@hotdash.example", "ben@hotdash.example"],
        paths: ["members[1]"],
      },
      { property: "name", value: `outages-${tag}` },
      { property: "onDestroy", value: "keep" },
      { property: "onDestroy", value: "archive" },
    ],
    outside: {
      act: async (id) => {
        await web.conversations.setTopic({ channel: id, topic: "lunch" });
        await leave(id, "U0BENPERSON");
      },
      shows: ["topic", "members[1]"],
    },
    importId: `#incidents-${tag}`,
  },
  {
    name: "private channel",
    type: resourceTypes.slackChannel,
    inputs: { name: `private-${tag}`, isPrivate: true },
    changes: [
      { property: "topic", value: "among us" },
      { property: "members", value: ["U0ADAPERSON"] },
      { property: "topic", value: undefined },
    ],
    importId: `#private-${tag}`,
  },
  {
    name: "channel that becomes private",
    type: resourceTypes.slackChannel,
    inputs: { name: `open-${tag}` },
    changes: [{ property: "isPrivate", value: true, also: { name: `closed-${tag}` }, replaces: true }],
  },
];

const bookmark = ({ web }: TestSlack, tag: string): SuiteRow => ({
  name: "bookmark",
  type: resourceTypes.slackBookmark,
  needs: [keptChannel(`bookmarks-${tag}`), keptChannel(`other-bookmarks-${tag}`)],
  inputs: {
    channelId: output(`bookmarks-${tag}`, "channelId"),
    title: "Runbook",
    link: "https://a.example/?a=1&b=2",
  },
  changes: [
    { property: "link", value: "https://b.example/#x" },
    { property: "emoji", value: ":book:" },
    { property: "title", value: "Runbook & more" },
    { property: "channelId", value: output(`other-bookmarks-${tag}`, "channelId"), replaces: true },
  ],
  outside: {
    act: async (id) => {
      const [channel = "", item = ""] = id.split("/");
      const link = "https://elsewhere.example";
      await web.bookmarks.edit({ channel_id: channel, bookmark_id: item, link, emoji: ":fire:" });
    },
    shows: ["link", "emoji"],
  },
  importId: `#${keptPrefix}bookmarks-${tag}/Runbook`,
});

const message = ({ web }: TestSlack, tag: string): SuiteRow => ({
  name: "message",
  type: resourceTypes.slackMessage,
  needs: [keptChannel(`messages-${tag}`), keptChannel(`other-messages-${tag}`)],
  inputs: {
    channelId: output(`messages-${tag}`, "channelId"),
    name: "guide",
    title: "Alerts & more",
    text: "*SEV-1*: <https://a.example/?a=1&amp;b=2|the runbook>",
    links: [{ label: "Runbook & more", url: "https://a.example/?a=1&b=2" }],
  },
  changes: [
    { property: "title", value: "Alerts <here>" },
    { property: "text", value: "Two\nlines" },
    {
      property: "links",
      value: [{ label: "Dashboards", url: "https://b.example" }],
      paths: ["links[0].label", "links[0].url"],
    },
    { property: "links", value: undefined },
    { property: "pinned", value: false },
    { property: "name", value: "guide-2" },
    { property: "pinned", value: true },
    { property: "channelId", value: output(`other-messages-${tag}`, "channelId"), replaces: true },
  ],
  outside: {
    act: async (id) => {
      const [channel = "", ts = ""] = id.split("/");
      await web.chat.update({
        channel,
        ts,
        text: "x",
        blocks: [
          { type: "header", text: { type: "plain_text", text: "Alerts <here>" } },
          { type: "section", text: { type: "mrkdwn", text: "By somebody else" } },
        ],
      });
      await web.pins.remove({ channel, timestamp: ts });
    },
    shows: ["text", "pinned"],
  },
  importId: `#${keptPrefix}messages-${tag}/guide`,
});

/** Every kind at Slack. */
export const slackRows = (slack: TestSlack, tag: string): readonly SuiteRow[] => [
  ...channels(slack, tag),
  bookmark(slack, tag),
  message(slack, tag),
];
