import { setTimeout as sleep } from "node:timers/promises";
import { alertWords } from "../../infra/render/gatus";
import type { UptimeBackend } from "../../infra/model/uptime-names";
import { backendTitles } from "../../infra/model/uptime-names";
import type { SummaryRow } from "../../infra/model/summary";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { Message, Sandbox } from "./sandbox";

/** What is broken, and how long it took to be told, in seconds between the sandbox's own times. */
export interface TimelineRow {
  readonly app: string;
  readonly fault: string;
  /** Who asks from outside, or the rule that fired. */
  readonly toldBy: string;
  readonly channel: string;
  /** From the fault to the critical message in the channel. */
  readonly faultToMessage: number;
  /** From the mend to the message of recovery. */
  readonly mendToRecovery: number;
}

interface Fault {
  readonly app: string;
  readonly fault: string;
  /** Who must tell it, and what that message says between FAILING or RECOVERED and its end. */
  readonly tellings: readonly { readonly toldBy: string; readonly words: RegExp }[];
}

/** Who watches from outside names the monitor behind the app, Alertmanager what fails. */
const fromOutside = (app: string, backend: UptimeBackend) => ({
  toldBy: backendTitles[backend],
  words: new RegExp(`\\*${app} [\\w-]+\\* \\(SEV-1, critical\\)`),
});

/** One app that is down, and one that looks well by its status: what that one answers a rule sees as well. */
const faultsFor = (backend: UptimeBackend): readonly Fault[] => [
  { app: "hotdash-production", fault: "down", tellings: [fromOutside("hotdash-production", backend)] },
  {
    app: "hotdash-chatwoot",
    fault: "redis-gone",
    tellings: [
      fromOutside("hotdash-chatwoot", backend),
      {
        toldBy: "AppDependencyFailing",
        words: /\*hotdash-chatwoot\* \(SEV-1, critical\): (?:queue_services|AppDependencyFailing)/,
      },
    ],
  },
];

export interface Scenario {
  readonly sandbox: Sandbox;
  readonly summary: readonly SummaryRow[];
  readonly uptime: UptimeBackend;
  readonly signal: AbortSignal;
}

const messageWithin = 60_000;
const pollEvery = 100;

/** Slack's ts of a moment, which orders messages. */
const tsOf = (ms: number): string => (ms / 1_000).toFixed(6);

const headline = ({ plain }: Message): string => plain.split("\n")[0] ?? "";

/** The first message with these words; refuses to wait longer than its bound. */
const messageOf = async (
  { sandbox, signal }: Scenario,
  channel: string,
  { word, words, since }: { readonly word: string; readonly words: RegExp; readonly since: number },
): Promise<Message> => {
  const deadline = Date.now() + messageWithin;
  for (;;) {
    const messages = await sandbox.messages(channel, tsOf(since));
    const found = messages.find(
      (message) => headline(message).includes(word) && words.test(headline(message)),
    );
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      throw new Failure(
        exitCodes.unexpected,
        [
          `No message "${word} ... ${words.source}" came to #${channel} within ${String(messageWithin / 1_000)} s.`,
          ...(messages.length === 0
            ? ["Nothing came there."]
            : ["There came:", ...messages.map((message) => `  ${headline(message)}`)]),
        ].join("\n"),
      );
    }
    await sleep(pollEvery, undefined, { signal });
  }
};

const channelOf = (summary: readonly SummaryRow[], app: string): string =>
  summary.find((row) => row.app === app)?.channel.replace(/^#/, "") ?? "";

const secondsBetween = (from: number, to: Date): number => Math.round((to.getTime() - from) / 100) / 10;

/** Seconds from `since` until each telling of a fault has come, in their order. */
const told = (scenario: Scenario, { app, tellings }: Fault, word: string, since: number): Promise<number[]> =>
  Promise.all(
    tellings.map(async ({ words }) => {
      const { at } = await messageOf(scenario, channelOf(scenario.summary, app), { word, words, since });
      return secondsBetween(since, at);
    }),
  );

interface Broken {
  readonly fault: Fault;
  readonly faultToMessage: readonly number[];
}

/** Breaks the apps and waits for the critical messages. */
export const breakApps = (scenario: Scenario): Promise<readonly Broken[]> =>
  Promise.all(
    faultsFor(scenario.uptime).map(async (fault) => {
      const since = Date.now();
      await scenario.sandbox.breakApp(fault.app, fault.fault);
      return { fault, faultToMessage: await told(scenario, fault, alertWords.triggered, since) };
    }),
  );

/** Mends them and waits for the recoveries. */
export const mendApps = async (
  scenario: Scenario,
  broken: readonly Broken[],
): Promise<readonly TimelineRow[]> => {
  const rows = await Promise.all(
    broken.map(async ({ fault, faultToMessage }) => {
      const since = Date.now();
      await scenario.sandbox.mendApp(fault.app, fault.fault);
      const mendToRecovery = await told(scenario, fault, alertWords.resolved, since);
      return fault.tellings.map(({ toldBy }, index): TimelineRow => ({
        app: fault.app,
        fault: fault.fault,
        toldBy,
        channel: channelOf(scenario.summary, fault.app),
        faultToMessage: faultToMessage[index] ?? 0,
        mendToRecovery: mendToRecovery[index] ?? 0,
      }));
    }),
  );
  return rows.flat();
};
