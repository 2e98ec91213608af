import { setTimeout as pause } from "node:timers/promises";
import type { Duration } from "../infra/model/units";
import type { State } from "./control/state";
import { flyClient, type FlyClient } from "./fly/client";
import { betterStackClient, type BetterStackClient } from "./betterstack/client";
import { uptimeRobotClient, type UptimeRobotClient } from "./uptimerobot/client";
import { inboxClient, type InboxClient } from "./inbox/client";
import type { MessageView } from "./slack/message-view";
import type { Announcement } from "./world";

export type { State } from "./control/state";
export type { HookCall, InboxClient, Mail } from "./inbox/client";
export type { MessageView } from "./slack/message-view";
export type { Announcement } from "./world";

/** How often waiting looks, and how long a single request may take, milliseconds. */
const pollEvery = 100;
const requestTimeout = 30_000;

/** Which messages: of one channel (id or name), later than a ts. */
export interface MessageQuery {
  readonly channel?: string;
  readonly after?: string;
}

/** A channel made as a person would make it. */
export interface PersonsChannel {
  readonly name: string;
  readonly isPrivate?: boolean;
  readonly topic?: string;
  readonly withBot?: boolean;
}

/** Drives a running sandbox over its control server, so that it sees Slack's messages even while Slack is broken. */
export interface SandboxClient {
  state(): Promise<State>;
  /**
   * Switches a fault of an app on, until it is mended or `lasts` is over. Rejects for an unknown app or fault, naming
   * the known ones.
   */
  breakApp(app: string, fault: string, parameters?: object, lasts?: Duration): Promise<void>;
  mendApp(app: string, fault: string): Promise<void>;
  /** The same for an outer service, such as "slack". */
  breakService(service: string, fault: string, parameters?: object, lasts?: Duration): Promise<void>;
  mendService(service: string, fault: string): Promise<void>;
  mendAll(): Promise<void>;
  messages(query?: MessageQuery): Promise<readonly MessageView[]>;
  /**
   * The first message of the channel that satisfies the predicate, waiting at most `timeoutMs`; with `after`, of those
   * later than that ts. Rejects when the time is up, saying what came instead.
   */
  waitForMessage(
    channel: string,
    predicate: (message: MessageView) => boolean,
    timeoutMs: number,
    after?: string,
  ): Promise<MessageView>;
  /** Makes a channel as a person does; the bot is in it only where asked for. */
  createChannel(channel: PersonsChannel): Promise<{ readonly id: string }>;
  archiveChannel(channel: string): Promise<void>;
  unarchiveChannel(channel: string): Promise<void>;
  /** Makes an incoming webhook, which no API of Slack's does. Its address is a secret. */
  createWebhook(channel: string): Promise<{ readonly id: string; readonly url: string }>;
  removeWebhook(id: string): Promise<void>;
  readonly inbox: InboxClient;
  readonly betterstack: BetterStackClient;
  readonly uptimerobot: UptimeRobotClient;
  /** Fly, where it was asked for. */
  readonly fly: FlyClient;
}

const request = async <Answer>(
  base: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> => {
  const response = await fetch(new URL(path, base), {
    method,
    signal: AbortSignal.timeout(requestTimeout),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`sandbox: ${method} ${path}: ${response.status} ${text}`);
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return (isJson ? JSON.parse(text) : text) as Answer;
};

/** Looks until there is what satisfies the predicate. */
const waitFor = async <Thing>(
  what: string,
  look: () => Promise<readonly Thing[]>,
  predicate: (thing: Thing) => boolean,
  timeoutMs: number,
  shown: (thing: Thing) => string,
): Promise<Thing> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    const found = seen.find(predicate);
    if (found !== undefined) return found;
    if (Date.now() >= deadline) {
      const came = seen.length === 0 ? "none" : seen.map((thing) => JSON.stringify(shown(thing))).join(", ");
      throw new Error(`no such ${what} within ${timeoutMs} ms; there came: ${came}`);
    }
    await pause(Math.min(pollEvery, Math.max(1, deadline - Date.now())));
  }
};

/** Connects to the control server of a running sandbox. */
export const connect = ({ control }: Pick<Announcement, "control">): SandboxClient => {
  const ask = <Answer>(method: string, path: string, body?: object): Promise<Answer> =>
    request<Answer>(control.url, method, path, body);
  const breaks = async (path: string, parameters: object = {}, lasts?: Duration): Promise<void> => {
    await ask("PUT", lasts === undefined ? path : `${path}?for=${lasts}`, parameters);
  };
  const remove = async (path: string): Promise<void> => {
    await ask("DELETE", path);
  };
  const post = async (path: string): Promise<void> => {
    await ask("POST", path);
  };
  const at = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join("/")}`;

  const messages = async (query: MessageQuery = {}): Promise<readonly MessageView[]> => {
    const search = new URLSearchParams({ ...query }).toString();
    return (await ask<{ messages: readonly MessageView[] }>("GET", `/slack/messages?${search}`)).messages;
  };

  return {
    state: () => ask("GET", "/state"),
    breakApp: (app, fault, parameters, lasts) => breaks(at("apps", app, "faults", fault), parameters, lasts),
    mendApp: (app, fault) => remove(at("apps", app, "faults", fault)),
    breakService: (service, fault, parameters, lasts) =>
      breaks(at(service, "faults", fault), parameters, lasts),
    mendService: (service, fault) => remove(at(service, "faults", fault)),
    mendAll: () => remove("/faults"),
    messages,
    waitForMessage: (channel, predicate, timeoutMs, after) =>
      waitFor(
        `message in #${channel}`,
        () => messages({ channel, ...(after === undefined ? {} : { after }) }),
        predicate,
        timeoutMs,
        ({ plain }) => plain.slice(0, 120),
      ),
    createChannel: (channel) => ask("POST", "/slack/channels", channel),
    archiveChannel: (channel) => post(`${at("slack", "channels", channel)}/archive`),
    unarchiveChannel: (channel) => post(`${at("slack", "channels", channel)}/unarchive`),
    createWebhook: (channel) => ask("POST", "/slack/webhooks", { channel }),
    removeWebhook: (id) => remove(at("slack", "webhooks", id)),
    inbox: inboxClient(ask, waitFor),
    betterstack: betterStackClient(ask, waitFor),
    uptimerobot: uptimeRobotClient(ask, waitFor),
    fly: flyClient(ask),
  };
};
