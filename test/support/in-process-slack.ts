// Loaded beforehand: its loading takes real time, in which virtual time must not pass.
import "@slack/web-api";
import type { SlackWorld } from "../../infra/provider/slack/client";
import { refused } from "../../sandbox/slack/answer";
import { lacking } from "../../sandbox/slack/method";
import { methods } from "../../sandbox/slack/methods";
import { pastOf } from "../../sandbox/slack/past";
import { rateLimits } from "../../sandbox/slack/rate-limits";
import { installedScopes } from "../../sandbox/slack/web-api";
import { createWorkspace, type Workspace } from "../../sandbox/slack/workspace";
import { virtualClock, type VirtualClock } from "./virtual-clock";

/** What can happen to one call; "stale" to a read only: it tells what was there before. */
export const slackFaultKinds = [
  "reset before",
  "reset after",
  "429",
  "429 with Retry-After",
  "500 before",
  "500 after",
  "502 page before",
  "502 page after",
  "truncated after",
  "slow",
  "late",
  "stale",
] as const;
export type SlackFaultKind = (typeof slackFaultKinds)[number];

export const isRead = (method: string): boolean => methods.get(method)?.isRead ?? false;

export interface InProcessSlack {
  readonly url: string;
  readonly token: string;
  readonly workspace: Workspace;
  readonly clock: VirtualClock;
  readonly calls: string[];
  fault: (method: string) => SlackFaultKind | undefined;
  /** How old the state is that a read sees, in ms. */
  lag: () => number;
  /** The same of a read that is struck by "stale". */
  longLag: () => number;
  /** How many reads told something else than a fresh one would have. */
  misled: number;
  readonly fetch: SlackWorld["fetch"];
  /** A new process' connection: it remembers nothing. */
  readonly world: () => SlackWorld;
}

const reset = (): Error =>
  Object.assign(new TypeError("fetch failed"), {
    cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
  });
const page = (): Response =>
  new Response("<html><body>502 Bad Gateway</body></html>", {
    status: 502,
    headers: { "content-type": "text/html" },
  });
const broken = (): Response => Response.json({ ok: false, error: "internal_error" }, { status: 500 });
const tooMany = (headers: Record<string, string>): Response =>
  Response.json({ ok: false, error: "ratelimited" }, { status: 429, headers });
const latencyMs = 50;

/** The sandbox's Slack without sockets, in virtual time, with faults at any call. */
export const inProcessSlack = (seed: number): InProcessSlack => {
  const workspace = createWorkspace();
  const token = "xoxb-in-process-secret";
  const url = "http://slack.test/";
  // Reading the body of an answer takes some turns of the event loop.
  const clock = virtualClock(seed, 4);
  const past = pastOf(workspace, clock.now);
  const calls: string[] = [];
  const limits = rateLimits(Infinity);

  /** What the method answers to a form, without HTTP, whose bodies take most of the time that many runs have. */
  const act = (name: string, init: RequestInit | undefined, seen = workspace): string => {
    const method = methods.get(name);
    const headers = new Headers(init?.headers);
    const isForm = headers.get("content-type")?.startsWith("application/x-www-form-urlencoded") === true;
    if (method === undefined || !isForm || typeof init?.body !== "string")
      throw new Error(`${name} is not called with a form`);
    if (headers.get("authorization") !== `Bearer ${token}`) return JSON.stringify(refused("invalid_auth"));
    const args = Object.fromEntries(new URLSearchParams(init.body));
    const call = { args, workspace: seen, limits, scopes: installedScopes, workspaceUrl: url };
    return JSON.stringify(lacking(call, method.scopes) ?? method.run(call));
  };
  /** The same, where a read sees what was there some time ago. */
  const lagging = (name: string, init: RequestInit | undefined, lag: () => number): string => {
    const now = act(name, init);
    const lagMs = isRead(name) ? lag() : 0;
    if (lagMs === 0) return now;
    const then = act(name, init, past.before(lagMs));
    if (then !== now) slack.misled += 1;
    return then;
  };
  const json = (body: string): Response =>
    new Response(body, { headers: { "content-type": "application/json" } });
  const untilAborted = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    });

  const slack: InProcessSlack = {
    url,
    token,
    workspace,
    clock,
    calls,
    fault: () => undefined,
    lag: () => 0,
    longLag: () => 3_000,
    misled: 0,
    fetch: async (input, init) => {
      const address = input instanceof Request ? input.url : String(input);
      const method = new URL(address).pathname.slice(1);
      const signal = init?.signal ?? new AbortController().signal;
      calls.push(method);
      await clock.sleep(latencyMs, signal);
      const kind = slack.fault(method);
      switch (kind) {
        case "reset before":
          throw reset();
        case "429":
          return tooMany({});
        case "429 with Retry-After":
          return tooMany({ "retry-after": "3" });
        case "500 before":
          return broken();
        case "502 page before":
          return page();
        case "late":
          // It gets there, shortly after nobody waits for it any more.
          return await untilAborted(signal).finally(async () => {
            await clock.sleep(500, new AbortController().signal);
            act(method, init);
          });
        case "stale":
          return json(lagging(method, init, slack.longLag));
        case "slow":
          act(method, init);
          return untilAborted(signal);
        default: {
          const body = lagging(method, init, slack.lag);
          if (kind === "reset after") throw reset();
          if (kind === "500 after") return broken();
          if (kind === "502 page after") return page();
          if (kind === "truncated after") return json(body.slice(0, body.length / 2));
          return json(body);
        }
      }
    },
    world: () => ({ fetch: slack.fetch, clock }),
  };
  return slack;
};
