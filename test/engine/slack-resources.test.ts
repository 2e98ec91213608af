import { LogLevel, WebClient } from "@slack/web-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { startSlack, type SlackAnnouncement } from "../../sandbox/slack";
import type { Service } from "../../sandbox/service";
import { scopesMissing } from "../../sandbox/slack/faults";
import { withStack } from "../support/engine";
import {
  operationsOn,
  output,
  programOf,
  projectOf,
  resourceSuite,
  type DeclaredResource,
  type SuiteRow,
  type SuiteService,
} from "../support/resource-suite";

// Slack's resources under the real CLI, against the sandbox's Slack.

const token = "xoxb-1111-2222-suitesecretsuitesecret";

let service: Service<SlackAnnouncement>;
let slack: WebClient;
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
  slack = new WebClient(token, { slackApiUrl: service.announcement.apiUrl, logLevel: LogLevel.ERROR });
});
afterAll(() => service.stop());

const config = () => ({ "flymon:slackApiUrl": service.announcement.apiUrl });
const options = () => ({ secrets: { "flymon:slackToken": token }, config: config() });
const suiteService = (): SuiteService => ({
  options: options(),
  withoutCredentials: { config: config(), env: { SLACK_BOT_TOKEN: "" } },
});

interface ChannelView {
  readonly id: string;
  readonly name: string;
  readonly isArchived: boolean;
  readonly members: readonly string[];
  readonly bookmarks: readonly { readonly id: string; readonly title: string }[];
}
const channels = async (): Promise<readonly ChannelView[]> => {
  const response = await service.control.request("/channels");
  return ((await response.json()) as { channels: ChannelView[] }).channels;
};
const channelNamed = async (name: string): Promise<ChannelView> => {
  const found = (await channels()).find((channel) => channel.name === name);
  if (found === undefined) throw new Error(`no channel ${name}`);
  return found;
};
const idOf = async (name: string): Promise<string> => (await channelNamed(name)).id;
const messagesIn = async (name: string) =>
  (await slack.conversations.history({ channel: await idOf(name), include_all_metadata: true })).messages ??
  [];

/** Kept on destroy, so that what belonged to it can be looked for. */
const channel = (name: string): DeclaredResource => ({
  type: resourceTypes.slackChannel,
  name: "channel",
  inputs: { name, onDestroy: "keep" },
  computed: ["channelId"],
});
const channelId = output("channel", "channelId");

describe("by the common suite", () => {
  const rows: readonly SuiteRow[] = [
    {
      title: "a channel",
      type: resourceTypes.slackChannel,
      inputs: { name: "suite-incidents", topic: "SEV-1" },
      changes: [
        { property: "topic", value: "SEV-1 <now> & here" },
        { property: "purpose", value: "alarms" },
        { property: "members", value: ["ada@hotdash.example", "U0ONCALL001"] },
        {
          property: "members",
          value: ["ada@hotdash.example", "ben@hotdash.example"],
          paths: ["members[1]"],
        },
        { property: "name", value: "suite-outages" },
        { property: "onDestroy", value: "keep" },
        { property: "onDestroy", value: "archive" },
      ],
      outside: {
        act: async () => {
          const { id } = await channelNamed("suite-outages");
          await slack.conversations.setTopic({ channel: id, topic: "lunch" });
          const left = await service.control.request(`/channels/${id}/leave`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ user: "U0BENPERSON" }),
          });
          expect(left.status).toBe(200);
        },
        paths: ["topic", "members[1]"],
      },
      importId: "#suite-incidents",
      expectGone: async () => {
        const open = (await channels()).filter(({ isArchived }) => !isArchived).map(({ name }) => name);
        expect(open.filter((name) => /^suite-(incidents|outages)$/.test(name))).toEqual([]);
      },
      secrets: [token],
    },
    {
      title: "a private channel",
      type: resourceTypes.slackChannel,
      inputs: { name: "suite-private", isPrivate: true, onDestroy: "keep" },
      changes: [
        { property: "topic", value: "among us" },
        { property: "members", value: ["U0ADAPERSON"] },
        { property: "topic", value: undefined },
      ],
      importId: "#suite-private",
      // No bot sees an archived private channel, whose name stays taken: this one is kept as declared.
      expectGone: async () => {
        expect((await channelNamed("suite-private")).isArchived).toBe(false);
      },
      secrets: [token],
    },
    {
      title: "a bookmark",
      type: resourceTypes.slackBookmark,
      needs: [channel("suite-bookmarks")],
      inputs: { channelId, title: "Runbook", link: "https://a.example/?a=1&b=2" },
      changes: [
        { property: "link", value: "https://b.example/#x" },
        { property: "emoji", value: ":book:" },
        { property: "title", value: "Runbook & more" },
      ],
      outside: {
        act: async () => {
          const { id, bookmarks } = await channelNamed("suite-bookmarks");
          await slack.bookmarks.edit({
            channel_id: id,
            bookmark_id: bookmarks[0]?.id ?? "",
            link: "https://elsewhere.example",
            emoji: ":fire:",
          });
        },
        paths: ["link", "emoji"],
      },
      importId: "#suite-bookmarks/Runbook",
      expectGone: async () => {
        expect((await channelNamed("suite-bookmarks")).bookmarks).toEqual([]);
      },
      secrets: [token],
    },
    {
      title: "a message",
      type: resourceTypes.slackMessage,
      needs: [channel("suite-messages")],
      inputs: {
        channelId,
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
      ],
      outside: {
        act: async () => {
          const [message] = await messagesIn("suite-messages");
          const where = { channel: await idOf("suite-messages"), ts: message?.ts ?? "" };
          await slack.chat.update({
            ...where,
            text: "x",
            blocks: [
              { type: "header", text: { type: "plain_text", text: "Alerts <here>" } },
              { type: "section", text: { type: "mrkdwn", text: "By somebody else" } },
            ],
          });
          await slack.pins.remove({ channel: where.channel, timestamp: where.ts });
        },
        paths: ["text", "pinned"],
      },
      importId: "#suite-messages/guide",
      expectGone: async () => {
        expect(await messagesIn("suite-messages")).toEqual([]);
      },
      secrets: [token],
    },
  ];
  for (const row of rows) resourceSuite(row, suiteService);
});

/** A channel with all that belongs to it. */
const everything = (name: string, title = "Alerts"): readonly DeclaredResource[] => [
  channel(name),
  {
    type: resourceTypes.slackBookmark,
    name: "runbook",
    inputs: { channelId, title: "Runbook", link: "https://a.example" },
  },
  {
    type: resourceTypes.slackMessage,
    name: "guide",
    inputs: { channelId, name: "guide", title, text: "Read the runbook." },
  },
];

describe("what belongs to a channel", () => {
  it("is found by a second stack, never made twice, and goes while the channel stays", async () => {
    const name = "shared";
    const once = async (): Promise<void> => {
      expect((await channelNamed(name)).bookmarks).toHaveLength(1);
      expect(await messagesIn(name)).toHaveLength(1);
    };
    await withStack(
      projectOf(everything(name)),
      async (first) => {
        expect((await first.up()).exitCode).toBe(0);
        await withStack(
          projectOf(everything(name)),
          async (second) => {
            const run = await second.up();
            expect(run.exitCode, run.output).toBe(0);
            await once();
            expect((await second.preview("--diff", "--expect-no-changes")).exitCode).toBe(0);
          },
          options(),
        );
        expect((await first.preview("--diff", "--expect-no-changes")).exitCode).toBe(0);
        expect((await messagesIn(name))[0]).toMatchObject({ pinned_to: [await idOf(name)] });

        // Deleted by hand: forgotten by a refresh and made anew, once.
        const [message] = await messagesIn(name);
        await slack.chat.delete({ channel: await idOf(name), ts: message?.ts ?? "" });
        expect((await first.refresh()).exitCode).toBe(0);
        const again = await first.up();
        expect(operationsOn(again, "guide")).toEqual(["create"]);
        await once();

        expect((await first.destroy()).exitCode).toBe(0);
        expect((await channelNamed(name)).bookmarks).toEqual([]);
        expect(await messagesIn(name)).toEqual([]);
      },
      options(),
    );
  }, 240_000);

  it("needs scopes: which is missing is said, the rest is made, and the next up goes on", async () => {
    await withStack(
      projectOf(everything("scopes")),
      async (stack) => {
        await service.faults.switchOn(scopesMissing.name, { scopes: ["pins:write", "bookmarks:write"] });
        const run = await stack.up();
        await service.faults.switchOff(scopesMissing.name);
        expect(run.exitCode).not.toBe(0);
        expect(run.output).toContain("answered missing_scope (needed: bookmarks:write");
        expect(run.output).toContain(
          'pinning the message "Alerts": answered missing_scope (needed: pins:write',
        );
        expect(run.output).toContain("for bookmarks bookmarks:read and bookmarks:write");
        expect(run.output).not.toContain(token);
        expect(run.output).not.toMatch(/\n\s+at /);
        expect(await messagesIn("scopes")).toHaveLength(1);

        const second = await stack.up();
        expect(second.exitCode, second.output).toBe(0);
        expect(await messagesIn("scopes")).toHaveLength(1);
        expect((await stack.preview("--diff", "--expect-no-changes")).exitCode).toBe(0);
        expect((await stack.destroy()).exitCode).toBe(0);
      },
      options(),
    );
  }, 240_000);

  it("cannot change its channel's privacy: a preview says so already", async () => {
    const declared = channel("privacy");
    await withStack(
      projectOf([declared]),
      async (stack) => {
        expect((await stack.up()).exitCode).toBe(0);
        stack.rewrite(programOf([{ ...declared, inputs: { ...declared.inputs, isPrivate: true } }]));
        const refused = await stack.preview();
        expect(refused.exitCode).not.toBe(0);
        expect(refused.output).toContain("no bot changes a channel's privacy");
      },
      options(),
    );
  }, 120_000);
});
