import { beforeEach, describe, expect, test } from "vitest";
import type { AlertChannelsArgs } from "../../infra/components/alert-channels";
import { resourceTypes } from "../../infra/model/resources";
import { slackLimits } from "../../infra/model/slack-limits";
import { bookmarkKind } from "../../infra/provider/slack/bookmark";
import { channelKind } from "../../infra/provider/slack/channel";
import { systemSlackWorld } from "../../infra/provider/slack/client";
import { messageKind } from "../../infra/provider/slack/message";
import type { ResourceKind } from "../../infra/provider/resource";
import { channelGuide } from "../../infra/render/slack/channel-guide";
import { hotdashFleet } from "../support/declarations";
import type { Mocks } from "../support/pulumi-mocks";
import { mockPulumi } from "../support/pulumi-mocks";

let mocks: Mocks;
beforeEach(async () => {
  mocks = await mockPulumi();
});

type Channel = AlertChannelsArgs["alerting"]["channels"][string];

/** HotDash's alerting, each channel with these settings besides. */
const args = (change: Partial<Channel>): AlertChannelsArgs => {
  const { alerting, settings } = hotdashFleet();
  const channels = Object.fromEntries(
    Object.entries(alerting.channels).map(([key, { links: _, ...channel }]) => [
      key,
      { ...channel, ...change },
    ]),
  );
  return { alerting: { ...alerting, channels }, settings };
};
const make = async (given: AlertChannelsArgs): Promise<void> => {
  const { AlertChannels } = await import("../../infra/components/alert-channels");
  new AlertChannels("alerting", given);
  await mocks.settled();
};
const namesOf = (type: string): readonly string[] => mocks.ofType(type).map(({ name }) => name);
const { slackBookmark, slackChannel, slackMessage } = resourceTypes;

describe("a channel's bookmarks and pinned message", () => {
  test("are not there unless they are declared: the bot may lack the scopes", async () => {
    await make(args({}));
    expect(namesOf(slackChannel)).toHaveLength(2);
    expect([...namesOf(slackBookmark), ...namesOf(slackMessage)]).toEqual([]);
  });

  test("lead to runbook and dashboards, and are what the provider takes", async () => {
    await make(args({ links: true, isPrivate: true, members: ["ada@hotdash.example"] }));
    expect(namesOf(slackBookmark)).toEqual([
      "incidents-runbook",
      "incidents-dashboards",
      "monitoring-runbook",
      "monitoring-dashboards",
    ]);
    expect(namesOf(slackMessage)).toEqual(["incidents-guide", "monitoring-guide"]);
    const kinds: readonly ResourceKind[] = [channelKind, bookmarkKind, messageKind].map(
      (kind) => kind(systemSlackWorld) as ResourceKind,
    );
    for (const { type, inputs } of mocks.registered) {
      const kind = kinds.find((candidate) => candidate.type === type);
      const given = Object.fromEntries(
        Object.entries(inputs)
          .filter(([name]) => kind !== undefined && name in kind.inputs.shape)
          .map(([name, value]) => [name, name === "channelId" ? "C0123ABCD" : value]),
      );
      expect(kind?.inputs.safeParse(given).error?.issues ?? []).toEqual([]);
    }
    expect(mocks.ofType(slackChannel)[0]?.inputs).not.toHaveProperty("links");
    expect(mocks.ofType(slackMessage)[0]?.inputs["channelId"]).toBe("C-incidents");
  });

  test("have hatches", async () => {
    await make({
      ...args({ links: true }),
      transform: {
        slackBookmark: ({ title, ...rest }) => ({ ...rest, title: `${title}!` }),
        slackMessage: { pinned: false },
      },
    });
    expect(mocks.ofType(slackBookmark)[0]?.inputs["title"]).toBe("Runbook!");
    expect(mocks.ofType(slackMessage)[0]?.inputs["pinned"]).toBe(false);
  });

  test("say what comes, who answers within what time, the ladder, and how to acknowledge", () => {
    const { alerting, settings } = args({});
    const { incidents, monitoring } = alerting.channels;
    if (incidents === undefined || monitoring === undefined) throw new Error("HotDash has both");
    const { text } = channelGuide(incidents, alerting, settings);
    expect(text).toContain(
      "*SEV-1 (critical)*: answer within 5m; besides e-mail to Reliability Team, Engineer",
    );
    expect(text).toContain("• after 15m: Still critical: Manager");
    expect(text).not.toContain("SEV-2");
    const other = channelGuide(monitoring, alerting, settings);
    expect(other.text).toContain("*SEV-2 (warning)*");
    expect(other.text).not.toContain("after 15m: Still critical");
    const watched = { ...settings, watchtower: {} as NonNullable<typeof settings.watchtower> };
    expect(channelGuide(incidents, alerting, watched).text).toContain(
      `flymon ack --stack ${settings.stack} --app`,
    );
    expect(other.links.map(({ url }) => url)).toEqual([
      alerting.links.runbook,
      `${alerting.links.dashboards}/flymon-fleet`,
    ]);
  });

  test("stay within what Slack takes, however much is declared", () => {
    const { alerting, settings } = args({});
    const { incidents } = alerting.channels;
    if (incidents === undefined) throw new Error("HotDash has it");
    const ladder = Array.from({ length: 200 }, (_, index) => ({
      after: `${index + 1}m` as const,
      notify: [],
      action: `Step <${index}> & so on`,
    }));
    const { text } = channelGuide(incidents, { ...alerting, ladder }, settings);
    expect(text.length).toBeLessThanOrEqual(slackLimits.messageText);
    expect(text.length).toBeGreaterThan(slackLimits.messageText - 100);
    expect(text).toContain("Step &lt;0&gt; &amp; so on");
    expect(text.endsWith("…")).toBe(true);
  });
});
