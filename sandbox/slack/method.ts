import type { Answer } from "./answer";
import type { RateLimits } from "./rate-limits";
import type { Tier } from "./rules";
import type { Channel, Workspace } from "./workspace";
import { users } from "./workspace";
import { refused } from "./answer";

/** Arguments as they came: texts from a form or query, any JSON value from a JSON body. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One call of a Web API method by the bot. */
export interface Call {
  readonly args: Arguments;
  readonly workspace: Workspace;
  readonly limits: RateLimits;
  /** Scopes of the token. */
  readonly scopes: readonly string[];
  /** The workspace's address, as auth.test tells it. */
  readonly workspaceUrl: string;
}

/** A Web API method: who may call it how often, and what it does. */
export interface Method {
  readonly tier: Tier;
  /** Whether a JSON body is read. Where false, one is ignored and forms or queries only are read, as in Slack. */
  readonly json: boolean;
  /** Any one of these scopes is enough to call at all; what kinds of channel need is checked by `run`. */
  readonly scopes: readonly string[];
  /** Whether it only tells what is there, and so may be behind. */
  readonly isRead?: true;
  run(call: Call): Answer | HttpRefusal;
}

/** A refusal by HTTP status, which Slack keeps for rate limits. */
export interface HttpRefusal {
  readonly retryAfter: number;
}

export const text = (args: Arguments, name: string): string => {
  const value = args[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};
export const flag = (args: Arguments, name: string): boolean =>
  ["true", "1", "True"].includes(String(args[name]));

/** The answer when none of `needed` is among the token's scopes. */
export const lacking = (call: Call, needed: readonly string[]): Answer | undefined =>
  needed.length === 0 || needed.some((scope) => call.scopes.includes(scope))
    ? undefined
    : refused("missing_scope", { needed: needed.join(","), provided: call.scopes.join(",") });

/** The channel by id, as the bot sees it: a private channel that it is not in does not exist. */
export const visibleChannel = (call: Call, id: string): Channel | undefined => {
  const channel = call.workspace.find(id);
  if (channel === undefined || channel.id !== id) return undefined;
  return channel.isPrivate && !isMember(channel) ? undefined : channel;
};
export const isMember = (channel: Channel): boolean => channel.members.has(users.bot.id);
