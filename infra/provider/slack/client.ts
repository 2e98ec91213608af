import type { FetchFunction, Logger, LogLevel, WebClient } from "@slack/web-api";
import { slackBotScopes, slackCallsPerMinute } from "../../model/slack-limits";
import { systemClock, type Clock } from "../clock";
import type { Configuration } from "../configuration";
import { ProviderError } from "../errors";
import { createPacer, type Pacer } from "../http/pacer";
import { createKeyedLock, type KeyedLock } from "../keyed-lock";
import { callRemote, defaultRetryPolicy, type Pace } from "../remote-call";
import type { ResourceContext } from "../resource";
import { readForSure } from "./behind";
import { explain, judge } from "./failures";

/** What Slack is reached by; tests put their own in its place. */
export interface SlackWorld {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

// Looked up at each call: whoever replaces the global one later is heard.
export const systemSlackWorld: SlackWorld = { fetch: (...request) => fetch(...request), clock: systemClock };

export interface CallOptions<Answer> {
  /** Slack's name of the method; its rate limit goes by it. */
  readonly method: string;
  /** For messages: "creating the channel #incidents". */
  readonly attempted: string;
  readonly send: (web: WebClient) => Promise<Answer>;
  /** A create: never sent again after its answer was lost, and not torn by an interrupt. */
  readonly isCreate?: boolean;
  /** Codes that a read may answer because it is behind: they count once they have come for some seconds. */
  readonly unsure?: readonly string[];
}

/** Slack's Web API for one operation of one resource. */
export interface SlackClient {
  readonly host: string;
  readonly shared: SharedByToken;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: ResourceContext["log"];
  /** @throws the error of @slack/web-api as it came; {@link explained} makes it a message */
  readonly raw: <Answer>(options: CallOptions<Answer>) => Promise<Answer>;
  /** @throws ProviderError with a complete message */
  readonly call: <Answer>(options: CallOptions<Answer>) => Promise<Answer>;
  readonly explained: (error: unknown, attempted: string) => Error;
}

/** What all calls with one token share: Slack counts per token, and names are unique in its workspace. */
export interface SharedByToken {
  readonly pace: Pace;
  readonly pacer: Pacer;
  readonly lock: KeyedLock;
  /** Ids of people by their e-mail. */
  readonly people: Map<string, Promise<string | undefined>>;
  readonly listings: Map<"public_channel" | "private_channel", Listing>;
}

/** All channels of one kind, archived ones too, as they were listed at a time (in ms since 1970). */
export interface Listing {
  readonly at: number;
  readonly byName: Promise<ReadonlyMap<string, SlackChannel>>;
}

/** What is used of Slack's channel object. */
export interface SlackChannel {
  readonly id?: string;
  readonly name?: string;
  readonly is_archived?: boolean;
  readonly is_member?: boolean;
  readonly is_private?: boolean;
  readonly topic?: { readonly value?: string };
  readonly purpose?: { readonly value?: string };
}

const sharedByToken = new WeakMap<SlackWorld, Map<string, SharedByToken>>();

const sharedFor = (world: SlackWorld, { slackApiUrl, slackToken }: Configuration): SharedByToken => {
  const known = sharedByToken.get(world) ?? new Map<string, SharedByToken>();
  sharedByToken.set(world, known);
  const key = `${slackApiUrl} ${slackToken}`;
  const shared = known.get(key) ?? {
    pace: new Map(),
    pacer: createPacer(world.clock),
    lock: createKeyedLock(),
    people: new Map(),
    listings: new Map(),
  };
  known.set(key, shared);
  return shared;
};

const missingToken = (attempted: string): ProviderError =>
  new ProviderError({
    service: "Slack",
    attempted,
    answer: "no bot token is configured",
    mend: `Set it with \`pulumi config set --secret flymon:slackToken xoxb-...\` or \`export SLACK_BOT_TOKEN=...\`; the bot needs the scopes ${slackBotScopes.join(", ")}.`,
  });

const shortestToldWaitMs = 2_000;
// The slowest tier that is called here, for a method of which nothing is known.
const slowestPerMinute = 20;

/** @throws ProviderError when no token is configured */
export const connectSlack = (world: SlackWorld, context: ResourceContext, attempted: string): SlackClient => {
  const { slackToken, slackApiUrl } = context.configuration;
  if (slackToken === undefined) throw missingToken(attempted);
  const host = new URL(slackApiUrl).host;
  const shared = sharedFor(world, context.configuration);
  const { clock } = world;
  const { signal } = context;
  const explained = (error: unknown, what: string): Error => explain(error, what, host);

  const sent: SlackClient["raw"] = async ({ method, attempted: what, send, isCreate = false }) => {
    const { WebClient, LogLevel } = await import("@slack/web-api");
    const waiting = (ms: number, why: string): void => {
      if (ms < shortestToldWaitMs) return;
      context.log("info", `Slack's rate limit: ${what} waits ${Math.ceil(ms / 1000)} s${why}.`);
    };
    return callRemote({
      method,
      turn: async (ended) => {
        const perMinute = slackCallsPerMinute[method] ?? slowestPerMinute;
        const pause = shared.pacer(method, { perSecond: perMinute / 60, burst: perMinute });
        waiting(pause, "");
        await clock.sleep(pause, ended);
      },
      attempt: (bound) =>
        send(
          new WebClient(slackToken, {
            slackApiUrl,
            logger: silentLogger(LogLevel.ERROR),
            rejectRateLimitedCalls: true,
            retryConfig: { retries: 0 },
            fetch: boundFetch(world, bound),
          }),
        ),
      judge: judge(!isCreate),
      onWait: (ms) => {
        waiting(ms, ", as Slack asked");
      },
      pace: shared.pace,
      policy: defaultRetryPolicy,
      clock,
      signal,
      isUninterruptible: isCreate,
    });
  };

  const raw: SlackClient["raw"] = (options) =>
    readForSure({ clock, signal }, options.unsure ?? [], () => sent(options));
  const call: SlackClient["call"] = async (options) => {
    try {
      return await raw(options);
    } catch (error) {
      throw explained(error, options.attempted);
    }
  };
  return { host, shared, clock, signal, log: context.log, raw, call, explained };
};

const nothing = (): void => undefined;

// The package logs requests to the console, which is the wrong place twice: the engine reads this process' output,
// and a request carries the token.
const silentLogger = (level: LogLevel): Logger => ({
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => level,
});

const defaultRetryAfterSeconds = "10";

/** fetch that ends with `signal`, reads the whole body before it returns, and lets no 429 be without a time. */
const boundFetch =
  ({ fetch: send }: SlackWorld, signal: AbortSignal): FetchFunction =>
  async (url, init) => {
    const response = await send(url, { ...(init as RequestInit | undefined), signal });
    const body = await response.text();
    const headers = new Headers(response.headers);
    headers.delete("content-encoding"); // the body is decoded already
    if (response.status === 429 && !/^\d+$/.test(headers.get("retry-after") ?? "")) {
      headers.set("retry-after", defaultRetryAfterSeconds);
    }
    return new Response(body === "" ? null : body, { status: response.status, headers });
  };
