import { expect, it } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { slackKinds } from "../../infra/provider/slack/kinds";
import { users } from "../../sandbox/slack/workspace";
import { engineTrial, withSchemasOf, type Program } from "../support/engine-trial";
import {
  expectStruck,
  faultRuns,
  faultsOf,
  runTrials,
  type Random,
  type Struck,
  type Trial,
} from "../support/fault-runs";
import { inProcessSlack, isRead, slackFaultKinds } from "../support/in-process-slack";
import { seededRandom } from "../support/virtual-clock";

// Whatever goes wrong at any call, and wherever a run is killed: never a second channel, bookmark or message, nothing
// that no state knows once a run gets through, nobody taken out of a channel, and no token in a message.

const runs = faultRuns(2_000);

const { slackChannel, slackBookmark, slackMessage } = resourceTypes;
const channelNames = ["incidents", "monitoring"] as const;

const anyProgram = (random: Random): Program => {
  const program: Program = new Map();
  const isPrivate = random() < 0.3;
  for (const name of channelNames.slice(0, random() < 0.5 ? 1 : 2)) {
    const of = { resource: name, input: "channelId" };
    program.set(name, {
      type: slackChannel,
      inputs: {
        name,
        topic: `about ${name}`,
        isPrivate,
        members: random() < 0.5 ? ["ada@hotdash.example"] : [users.oncall.id],
      },
      later: {
        name: `${name}-renamed`,
        purpose: "alarms",
        members: ["ben@hotdash.example", users.oncall.id],
      },
    });
    program.set(`${name} runbook`, {
      type: slackBookmark,
      of,
      inputs: { title: "Runbook", link: "https://a.example/?a=1&b=2", emoji: ":book:" },
      later: { title: "Book", link: "https://b.example", emoji: ":fire:" },
    });
    program.set(`${name} guide`, {
      type: slackMessage,
      of,
      inputs: { name: "guide", title: "A & B", text: "*Read* <https://a.example|this>", pinned: true },
      later: {
        name: "guide-2",
        text: "New text",
        pinned: false,
        links: [{ label: "Book & more", url: "https://a.example/?a=1&b=2" }],
      },
    });
  }
  return program;
};

const creates = ["conversations.create", "chat.postMessage", "bookmarks.add"];
/** All reads that can be stale and are made here. */
const reads = [
  "conversations.list",
  "conversations.info",
  "conversations.members",
  "conversations.history",
  "bookmarks.list",
];
/** For so long a stale read may show what was there before, ms. */
const mostLag = 3_000;
const compiled = slackKinds();
const struck: Struck = new Map();
let misled = 0;

const trialOf = (seed: number): Trial => {
  const random = seededRandom(seed);
  const slack = inProcessSlack(seed + 1);
  const program = anyProgram(random);
  // In half of the trials every read is behind; in the others only one that is struck.
  const isBehind = random() < 0.5;
  if (isBehind) slack.lag = () => random() * mostLag;
  slack.longLag = () => random() * mostLag;
  const { kinds, strike } = faultsOf(random, {
    kinds: slackFaultKinds,
    aims: [creates, reads],
    aimed: 0.6,
    most: 30,
    struck,
    suits: (kind, method) => kind !== "stale" || isRead(method),
  });
  slack.fault = strike;
  /** Who was seen in a channel. */
  const seen = new Map<string, ReadonlySet<string>>();
  const own = () => slack.workspace.channels().filter(({ creator }) => creator === users.bot.id);

  return engineTrial({
    clock: slack.clock,
    random,
    configuration: { slackToken: slack.token, slackApiUrl: slack.url },
    token: slack.token,
    kinds: (callsOf) =>
      withSchemasOf(compiled, slackKinds({ clock: slack.clock, fetch: callsOf(slack.fetch) })),
    program,
    // What a killed run has made a moment ago, and nobody knows of, must be shown to the next one.
    gapMs: (end) => (end === "killed" && (isBehind || kinds.includes("stale")) ? mostLag : 0),
    refreshes: 0.3,
    settlesWithin: mostLag,
    mend: () => {
      slack.fault = () => undefined;
      slack.lag = () => 0;
      misled += slack.misled;
    },
    /** Nothing stands in Slack twice, and nobody was taken out of a channel. */
    judge: () => {
      const doubly = own().flatMap(({ id, name, bookmarks }) => {
        const titles = bookmarks.map(({ title }) => title);
        const messages = slack.workspace
          .messages(id)
          .map(({ metadata }) => JSON.stringify(metadata?.event_payload));
        return [...titles, ...messages]
          .filter((item, index, all) => all.indexOf(item) !== index)
          .map((item) => `${name}: ${item}`);
      });
      const takenOut = own().flatMap(({ id, members }) => {
        const before = seen.get(id) ?? new Set();
        seen.set(id, new Set(members));
        return [...before].filter((person) => !members.has(person));
      });
      expect({ doubly, takenOut, isMore: own().length > channelNames.length }).toEqual({
        doubly: [],
        takenOut: [],
        isMore: false,
      });
    },
    expectInLine: () => {
      const each = own().map(({ id, bookmarks }) => [bookmarks.length, slack.workspace.messages(id).length]);
      expect({ each, all: each.length * 3 }).toEqual({ each: each.map(() => [1, 1]), all: program.size });
    },
    expectGone: () => {
      const left = own().map(({ id, isArchived, bookmarks, pins }) => [
        isArchived,
        bookmarks.length,
        pins.size,
        slack.workspace.messages(id).length,
      ]);
      expect(left).toEqual(left.map(() => [true, 0, 0, 0]));
    },
  });
};

it(`survives ${runs} runs with faults at any call, some of them killed`, async () => {
  const plan = { runs, rounds: [1, 3], kills: { share: 0.25, mostCalls: 16 } } as const;
  const { failed, killed } = await runTrials(plan, trialOf);
  expectStruck(
    struck,
    creates,
    slackFaultKinds.filter((kind) => kind !== "stale"),
  );
  expectStruck(struck, reads, slackFaultKinds);
  // Reads that told something else than what was there.
  expect(misled).toBeGreaterThan(runs);
  expect(failed).toBeGreaterThan(runs / 50);
  expect(killed).toBeGreaterThan(runs / 20);
});
