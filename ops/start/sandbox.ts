import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { UptimeBackend } from "../../infra/model/uptime-names";
import { repositoryRoot } from "../../toolchain/root";
import type { Child } from "./child";
import { startChild } from "./child";

/** The sandbox's one line on standard output: where everything is. */
const announcementSchema = z.object({
  slack: z.object({ apiUrl: z.string(), page: z.string(), token: z.string() }),
  control: z.object({ url: z.string() }),
  fly: z.object({
    apiUrl: z.string(),
    org: z.string(),
    token: z.string(),
    readOnlyToken: z.string(),
    prometheusUrl: z.string(),
  }),
  betterstack: z.object({ apiUrl: z.string(), token: z.string(), page: z.string() }),
  uptimerobot: z.object({ apiUrl: z.string(), token: z.string(), page: z.string() }),
  /** Mails, and calls of the webhooks below `hookUrl`. */
  inbox: z.object({ smtp: z.string(), hookUrl: z.string(), page: z.string() }),
  apps: z.record(z.string(), z.object({ url: z.string() })),
});

const messagesSchema = z.object({
  messages: z.array(z.object({ ts: z.string(), at: z.coerce.date(), plain: z.string() })),
});

const monitorsSchema = z.object({
  monitors: z.array(z.object({ name: z.string(), status: z.string() })),
});

const flyStateSchema = z.object({
  apps: z.array(
    z.object({
      name: z.string(),
      machines: z.array(z.object({ processGroup: z.string(), address: z.string() })),
    }),
  ),
});

/** A service that watches and is no part of the watchtower. */
export type HostedBackend = Exclude<UptimeBackend, "gatus">;

/** A message as it arrived in the sandbox's Slack. */
export type Message = z.output<typeof messagesSchema>["messages"][number];

/** The running sandbox, and its switches. */
export interface Sandbox extends z.output<typeof announcementSchema> {
  readonly child: Child;
  breakApp(app: string, fault: string): Promise<void>;
  mendApp(app: string, fault: string): Promise<void>;
  /** The addresses of an app's machines, by process group. */
  machines(app: string): Promise<ReadonlyMap<string, string>>;
  /** The monitors of a hosted service with what it says of them. */
  monitors(service: HostedBackend): Promise<readonly { readonly name: string; readonly status: string }[]>;
  /** What a person does at Better Stack: takes somebody into the team. */
  invite(email: string): Promise<void>;
  /** What a person does in Slack: makes the channel, and an incoming webhook to it. */
  makeWebhook(channel: string): Promise<string>;
  /** The messages of a channel later than `after` (a ts), oldest first. */
  messages(channel: string, after: string): Promise<readonly Message[]>;
}

/** How much faster than on Fly time runs: an interval of a minute is one of two seconds. */
export const timeDivisor = 30;

/**
 * How long Fly's proxy holds a request that no machine can take, milliseconds: a second, so that a dead app is seen as
 * fast as on Fly where all else is slower. Hosted services ask while `up` still works, and a machine starts slower then.
 */
const holdFor = (uptime: UptimeBackend): number => (uptime === "gatus" ? 1_000 : 5_000);

/** Fly's part of the sandbox: time as fast as the monitors'. */
const flyArguments = (uptime: UptimeBackend): string[] => [
  ...["--fly", "on", "--fly-factor", String(timeDivisor)],
  ...["--fly-hold", String(holdFor(uptime))],
];

const readyWithin = 30_000;
const requestMs = 5_000;

const firstLine = async (child: Child, signal: AbortSignal): Promise<string> => {
  const deadline = Date.now() + readyWithin;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    const [line, rest] = child.stdout().split("\n", 2);
    if (line !== undefined && rest !== undefined) return line;
    await sleep(20);
  }
  throw new Error(`the sandbox was not ready within ${String(readyWithin / 1_000)} s`);
};

/** Starts the sandbox in a process of its own and waits until it answers. */
export const startSandbox = async (
  uptime: UptimeBackend,
  signal: AbortSignal,
  logFile: string,
): Promise<Sandbox> => {
  const child = startChild(
    "the sandbox",
    process.execPath,
    [path.join(repositoryRoot, "sandbox", "main.cjs"), ...flyArguments(uptime)],
    {
      env: process.env,
      logFile,
      // It ends with this process, however that ends: its standard input is closed then.
      stdin: "pipe",
    },
  );
  const lost = new AbortController();
  void child.ended.then((why) => {
    lost.abort(new Error(why));
  });
  const announcement = announcementSchema.parse(
    JSON.parse(await firstLine(child, AbortSignal.any([signal, lost.signal]))),
  );

  const ask = async (method: string, address: string, body?: object): Promise<unknown> => {
    const response = await fetch(new URL(address, announcement.control.url), {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestMs)]),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`the sandbox refused ${method} ${address}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const fault = (app: string, name: string): string =>
    `/apps/${encodeURIComponent(app)}/faults/${encodeURIComponent(name)}`;
  return {
    ...announcement,
    child,
    breakApp: async (app, name) => {
      await ask("PUT", fault(app, name));
    },
    mendApp: async (app, name) => {
      await ask("DELETE", fault(app, name));
    },
    machines: async (app) => {
      const { apps } = flyStateSchema.parse(await ask("GET", "/fly/state"));
      const machines = apps.find(({ name }) => name === app)?.machines ?? [];
      return new Map(machines.map(({ processGroup, address }) => [processGroup, address]));
    },
    monitors: async (service) => monitorsSchema.parse(await ask("GET", `/${service}/state`)).monitors,
    invite: async (email) => {
      await ask("POST", "/betterstack/people", { email });
    },
    makeWebhook: async (channel) => {
      await ask("POST", "/slack/channels", { name: channel, withBot: true });
      const { url } = z.object({ url: z.string() }).parse(await ask("POST", "/slack/webhooks", { channel }));
      return url;
    },
    messages: async (channel, after) =>
      messagesSchema.parse(
        await ask("GET", `/slack/messages?${new URLSearchParams({ channel, after }).toString()}`),
      ).messages,
  };
};
