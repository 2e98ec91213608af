import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { scopesMissing } from "../../sandbox/slack/faults";
import { withStack } from "../support/engine";
import {
  operationsOn,
  output,
  programOf,
  projectOf,
  resourceSuite,
  type DeclaredResource,
} from "../support/resource-suite";
import { startTestSlack, type TestSlack } from "../support/slack-sandbox";
import { inventoryOf, keptChannel, slackRows } from "./tables/slack";

// Slack's resources under the real CLI, against the sandbox's Slack.

let slack: TestSlack;
beforeAll(async () => {
  slack = await startTestSlack();
});
afterAll(() => slack.stop());

resourceSuite({
  module: "slack",
  service: () => ({
    options: slack.stackOptions(),
    withoutCredentials: slack.withoutCredentials,
    inventory: () => inventoryOf(slack),
    secrets: () => Promise.resolve([slack.token]),
  }),
  rows: (tag) => slackRows(slack, tag),
});

/** A channel with all that belongs to it. */
const channelId = output("channel", "channelId");
const everything = (name: string, title = "Alerts"): readonly DeclaredResource[] => [
  keptChannel("channel", name),
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
      expect((await slack.channelNamed(name)).bookmarks).toHaveLength(1);
      expect(await slack.messagesIn(name)).toHaveLength(1);
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
          slack.stackOptions(),
        );
        expect((await first.preview("--diff", "--expect-no-changes")).exitCode).toBe(0);
        const { id } = await slack.channelNamed(name);
        expect((await slack.messagesIn(name))[0]).toMatchObject({
          pinned_to: [id],
        });

        // Deleted by hand: forgotten by a refresh and made anew, once.
        const [message] = await slack.messagesIn(name);
        await slack.web.chat.delete({ channel: id, ts: message?.ts ?? "" });
        expect((await first.refresh()).exitCode).toBe(0);
        const again = await first.up();
        expect(operationsOn(again, "guide")).toEqual(["create"]);
        await once();

        expect((await first.destroy()).exitCode).toBe(0);
        expect((await slack.channelNamed(name)).bookmarks).toEqual([]);
        expect(await slack.messagesIn(name)).toEqual([]);
      },
      slack.stackOptions(),
    );
  });

  it("needs scopes: which is missing is said, the rest is made, and the next up goes on", async () => {
    await withStack(
      projectOf(everything("scopes")),
      async (stack) => {
        await slack.faults.switchOn(scopesMissing.name, {
          scopes: ["pins:write", "bookmarks:write"],
        });
        const run = await stack.up();
        await slack.faults.switchOff(scopesMissing.name);
        expect(run.exitCode).not.toBe(0);
        expect(run.output).toContain("answered missing_scope (needed: bookmarks:write");
        expect(run.output).toContain(
          'pinning the message "Alerts": answered missing_scope (needed: pins:write',
        );
        expect(run.output).toContain("for bookmarks bookmarks:read and bookmarks:write");
        expect(run.output).not.toContain(slack.token);
        expect(run.output).not.toMatch(/\n\s+at /);
        expect(await slack.messagesIn("scopes")).toHaveLength(1);

        const second = await stack.up();
        expect(second.exitCode, second.output).toBe(0);
        expect(await slack.messagesIn("scopes")).toHaveLength(1);
        expect((await stack.preview("--diff", "--expect-no-changes")).exitCode).toBe(0);
        expect((await stack.destroy()).exitCode).toBe(0);
      },
      slack.stackOptions(),
    );
  });

  it("cannot change its channel's privacy: a preview says so already", async () => {
    const declared = keptChannel("channel", "privacy");
    await withStack(
      projectOf([declared]),
      async (stack) => {
        expect((await stack.up()).exitCode).toBe(0);
        stack.rewrite(programOf([{ ...declared, inputs: { ...declared.inputs, isPrivate: true } }]));
        const refused = await stack.preview();
        expect(refused.exitCode).not.toBe(0);
        expect(refused.output).toContain("no bot changes a channel's privacy");
      },
      slack.stackOptions(),
    );
  });
});
