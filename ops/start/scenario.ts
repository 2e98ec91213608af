import { setTimeout as sleep } from "node:timers/promises";
import { alertWords } from "../../infra/render/gatus";
import type { SummaryRow } from "../../infra/model/summary";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { Message, Sandbox } from "./sandbox";

/** What is broken, and how long it took to be told, in seconds between the sandbox's own times. */
export interface TimelineRow {
  readonly app: string;
  readonly fault: string;
  readonly channel: string;
  /** From the fault to the critical message in the channel. */
  readonly faultToMessage: number;
  /** From the mend to the message of recovery. */
  readonly mendToRecovery: number;
}

/** One app that is down, and one that looks well by its status. */
const faults = [
  { app: "hotdash-production", fault: "down" },
  { app: "hotdash-chatwoot", fault: "redis-gone" },
] as const;

type Fault = (typeof faults)[number];

export interface Scenario {
  readonly sandbox: Sandbox;
  readonly summary: readonly SummaryRow[];
  readonly signal: AbortSignal;
}

const messageWithin = 60_000;
const pollEvery = 100;

/** Slack's ts of a moment, which orders messages. */
const tsOf = (ms: number): string => (ms / 1_000).toFixed(6);

const about = (app: string, words: readonly string[]) => (message: Message) =>
  [app, ...words].every((word) => message.plain.includes(word));

/** The first message of that kind; refuses to wait longer than its bound. */
const messageOf = async (
  { sandbox, signal }: Scenario,
  channel: string,
  { app, fault }: Fault,
  words: readonly string[],
  since: number,
): Promise<Message> => {
  const deadline = Date.now() + messageWithin;
  for (;;) {
    const messages = await sandbox.messages(channel, tsOf(since));
    const found = messages.find(about(app, words));
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      const came = messages.map(({ plain }) => `  ${plain.split("\n")[0] ?? ""}`);
      throw new Failure(
        exitCodes.unexpected,
        [
          `No message "${words.join(" ")}" about ${app} (${fault}) came to #${channel} within ${String(messageWithin / 1_000)} s.`,
          ...(came.length === 0 ? ["Nothing came there."] : ["There came:", ...came]),
        ].join("\n"),
      );
    }
    await sleep(pollEvery, undefined, { signal });
  }
};

const channelOf = (summary: readonly SummaryRow[], app: string): string =>
  summary.find((row) => row.app === app)?.channel.replace(/^#/, "") ?? "";

interface Broken {
  readonly fault: Fault;
  readonly channel: string;
  readonly faultToMessage: number;
}

const secondsBetween = (from: number, to: Date): number => Math.round((to.getTime() - from) / 100) / 10;

/** Breaks the apps and waits for the critical messages. */
export const breakApps = (scenario: Scenario): Promise<readonly Broken[]> =>
  Promise.all(
    faults.map(async (fault) => {
      const channel = channelOf(scenario.summary, fault.app);
      const since = Date.now();
      await scenario.sandbox.breakApp(fault.app, fault.fault);
      const { at } = await messageOf(scenario, channel, fault, [alertWords.triggered, "critical"], since);
      return { fault, channel, faultToMessage: secondsBetween(since, at) };
    }),
  );

/** Mends them and waits for the recoveries. */
export const mendApps = (scenario: Scenario, broken: readonly Broken[]): Promise<readonly TimelineRow[]> =>
  Promise.all(
    broken.map(async ({ fault, channel, faultToMessage }) => {
      const since = Date.now();
      await scenario.sandbox.mendApp(fault.app, fault.fault);
      const { at } = await messageOf(scenario, channel, fault, [alertWords.resolved, "critical"], since);
      return { ...fault, channel, faultToMessage, mendToRecovery: secondsBetween(since, at) };
    }),
  );
