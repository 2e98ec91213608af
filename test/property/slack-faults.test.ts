import { expect, it } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { PartialFailure, ProviderError } from "../../infra/provider/errors";
import type { Properties } from "../../infra/provider/properties";
import { slackKinds } from "../../infra/provider/slack/kinds";
import { users } from "../../sandbox/slack/workspace";
import { inProcessSlack, slackFaultKinds, type InProcessSlack } from "../support/in-process-slack";
import { miniEngine, type MiniEngine } from "../support/mini-engine";
import { seededRandom } from "../support/virtual-clock";

// Whatever goes wrong at any call, and wherever a run is killed: never a second channel, bookmark or message, nothing
// that no state knows once a run gets through, nobody taken out of a channel, and no token in a message.

const runs = 250;

interface Declared {
  readonly type: string;
  inputs: Properties;
  readonly later: Properties;
}

const { slackChannel, slackBookmark, slackMessage } = resourceTypes;
const channelNames = ["incidents", "monitoring"] as const;

const declarations = (random: () => number): Map<string, Declared> => {
  const declared = new Map<string, Declared>();
  const isPrivate = random() < 0.3;
  for (const name of channelNames.slice(0, random() < 0.5 ? 1 : 2)) {
    declared.set(name, {
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
    declared.set(`${name} runbook`, {
      type: slackBookmark,
      inputs: { title: "Runbook", link: "https://a.example/?a=1&b=2", emoji: ":book:" },
      later: { title: "Book", link: "https://b.example", emoji: ":fire:" },
    });
    declared.set(`${name} guide`, {
      type: slackMessage,
      inputs: { name: "guide", title: "A & B", text: "*Read* <https://a.example|this>", pinned: true },
      later: {
        name: "guide-2",
        text: "New text",
        pinned: false,
        links: [{ label: "Book & more", url: "https://a.example/?a=1&b=2" }],
      },
    });
  }
  return declared;
};

interface World {
  readonly slack: InProcessSlack;
  readonly random: () => number;
  readonly declared: Map<string, Declared>;
  readonly engine: MiniEngine;
  mortal: { lastCall: number; isSent: boolean; die: () => void } | undefined;
}

const killed = new Error("killed");

const newWorld = (seed: number): World => {
  const random = seededRandom(seed);
  const slack = inProcessSlack(seed + 1);
  const engine = miniEngine(
    () => {
      let calls = 0;
      return slackKinds({
        clock: slack.clock,
        // A killed process takes nothing back: its last call may still arrive, and nothing comes after it.
        fetch: async (...request) => {
          const { mortal } = world;
          calls += 1;
          if (mortal === undefined || calls < mortal.lastCall) return slack.fetch(...request);
          if (calls === mortal.lastCall) {
            if (mortal.isSent) await slack.fetch(...request).catch(() => undefined);
            mortal.die();
          }
          return new Promise(() => undefined);
        },
      });
    },
    { slackToken: slack.token, slackApiUrl: slack.url },
  );
  const world: World = { slack, random, declared: declarations(random), engine, mortal: undefined };
  return world;
};

/** What is declared, with the channel's id where there is one. */
const inputsOf = ({ engine, declared }: World, name: string): Properties | undefined => {
  const { type, inputs } = declared.get(name) ?? { type: "", inputs: {} };
  if (type === slackChannel) return inputs;
  const channel = engine.kept.get(name.split(" ")[0] ?? "");
  return channel && !channel.isPartial ? { channelId: channel.id, ...inputs } : undefined;
};

/** As the engine does: a channel, and when it is there what belongs to it. */
const upAll = async (world: World): Promise<readonly PromiseSettledResult<void>[]> => {
  const { engine, declared } = world;
  const up = async (name: string): Promise<void> => {
    const inputs = inputsOf(world, name);
    if (inputs !== undefined) await engine.up(name, declared.get(name)?.type ?? "", inputs);
  };
  const isChannel = (name: string): boolean => declared.get(name)?.type === slackChannel;
  const names = [...declared.keys()];
  const channels = await Promise.allSettled(names.filter(isChannel).map(up));
  const rest = await Promise.allSettled(names.filter((name) => !isChannel(name)).map(up));
  return [...channels, ...rest];
};

/** @returns whether all went well; failures must be such as are told to the user */
const up = async (world: World): Promise<boolean> => {
  const { slack, engine } = world;
  engine.restart();
  const results = await slack.clock.run(() => upAll(world));
  return results.every((result) => {
    if (result.status === "fulfilled") return true;
    const error: unknown = result.reason;
    if (!(error instanceof PartialFailure || error instanceof ProviderError)) throw error;
    if (error.message.includes(slack.token)) throw new Error("a message tells the token");
    return false;
  });
};

const upUntilKilled = async (world: World): Promise<boolean> => {
  const { random, engine, slack } = world;
  let die: () => void = () => undefined;
  const death = new Promise<never>((_, reject) => {
    die = () => {
      reject(killed);
    };
  });
  engine.restart();
  world.mortal = { lastCall: 1 + Math.floor(random() * 16), isSent: random() < 0.5, die };
  try {
    await slack.clock.run(() => Promise.race([death, upAll(world)]));
    return false;
  } catch (error) {
    if (error !== killed) throw error;
    return true;
  } finally {
    world.mortal = undefined;
  }
};

const own = ({ slack }: World) =>
  slack.workspace.channels().filter(({ creator }) => creator === users.bot.id);

/** Nothing stands in Slack twice. */
const judge = (world: World, seed: number): void => {
  const { slack } = world;
  const doubly = own(world).flatMap(({ id, name, bookmarks }) => {
    const titles = bookmarks.map(({ title }) => title);
    const messages = slack.workspace
      .messages(id)
      .map(({ metadata }) => JSON.stringify(metadata?.event_payload));
    return [...titles, ...messages]
      .filter((item, index, all) => all.indexOf(item) !== index)
      .map((item) => `${name}: ${item}`);
  });
  expect({ seed, doubly, isMore: own(world).length > channelNames.length }).toEqual({
    seed,
    doubly: [],
    isMore: false,
  });
};

const converge = async (world: World, seed: number): Promise<void> => {
  const { slack, engine, declared } = world;
  slack.fault = () => undefined;
  const refreshed = async (): Promise<void> => {
    engine.restart();
    await slack.clock.run(() => Promise.all([...engine.kept.keys()].map((name) => engine.refresh(name))));
  };
  await refreshed();
  const isDone = await up(world);
  judge(world, seed);
  await refreshed();
  const left = [...declared].flatMap(([name, { type }]) => {
    const inputs = inputsOf(world, name);
    if (inputs === undefined) return [`${name} has no channel`];
    const changes = engine.preview(name, type, inputs);
    return changes === "create" ? [`${name} is not there`] : changes.map(({ path }) => `${name}: ${path}`);
  });
  const channels = own(world);
  const each = channels.map(({ id, bookmarks }) => [bookmarks.length, slack.workspace.messages(id).length]);
  expect({ seed, isDone, left, each, all: channels.length * 3 }).toEqual({
    seed,
    isDone: true,
    left: [],
    each: channels.map(() => [1, 1]),
    all: declared.size,
  });

  engine.restart();
  const names = [...declared.keys()];
  await slack.clock.run(async () => {
    await Promise.all(names.filter((name) => name.includes(" ")).map((name) => engine.destroy(name)));
    await Promise.all(names.filter((name) => !name.includes(" ")).map((name) => engine.destroy(name)));
  });
  expect({
    seed,
    left: own(world).map(({ id, isArchived, bookmarks, pins }) => [
      isArchived,
      bookmarks.length,
      pins.size,
      slack.workspace.messages(id).length,
    ]),
  }).toEqual({ seed, left: channels.map(() => [true, 0, 0, 0]) });
};

const pick = <T>(random: () => number, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

/** Only what is in the state changes: what a lost run has left behind is found by its declaration. */
const redeclare = ({ declared, engine, random }: World): void => {
  for (const [name, one] of declared) {
    if (engine.kept.get(name) === undefined || random() < 0.4) continue;
    const [property, value] = pick(random, Object.entries(one.later));
    one.inputs = { ...one.inputs, [property]: value };
  }
};

const creates = ["conversations.create", "chat.postMessage", "bookmarks.add"];

it(`survives ${runs} runs with faults at any call, some of them killed`, async () => {
  const struck = new Set<string>();
  let failed = 0;
  let cutOff = 0;
  for (let seed = 0; seed < runs; seed++) {
    const world = newWorld(seed);
    const { random, slack } = world;
    const isAimed = random() < 0.5;
    const share = 0.05 + random() * 0.45;
    let left = isAimed ? 1 + Math.floor(random() * 3) : 30;
    slack.fault = (method) => {
      if (left <= 0 || (isAimed ? !creates.includes(method) : random() > share)) return undefined;
      left -= 1;
      const kind = pick(random, slackFaultKinds);
      struck.add(`${method} ${kind}`);
      return kind;
    };
    for (let rounds = 1 + Math.floor(random() * 3); rounds > 0; rounds--) {
      if (random() < 0.25) {
        if (await upUntilKilled(world)) cutOff += 1;
      } else if (!(await up(world))) failed += 1;
      judge(world, seed);
      redeclare(world);
    }
    await converge(world, seed);
  }
  for (const method of creates) {
    for (const kind of slackFaultKinds) expect(struck, `${method} ${kind}`).toContain(`${method} ${kind}`);
  }
  expect(failed).toBeGreaterThan(runs / 50);
  expect(cutOff).toBeGreaterThan(runs / 20);
});
