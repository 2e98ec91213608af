import type { Ask, WaitFor } from "../monitoring/client";
import type { HookCall, Mail } from "./store";
import type { CallQuery, MailQuery } from "./views";

export type { HookCall, Mail } from "./store";
export type { CallQuery, MailQuery } from "./views";

/** What has arrived in the inbox, whatever is broken there. */
export interface InboxClient {
  /** Mails, oldest first. */
  mails(query?: MailQuery): Promise<readonly Mail[]>;
  /** The first mail that satisfies the predicate, waiting at most `timeoutMs`. Rejects when the time is up. */
  waitForMail(predicate: (mail: Mail) => boolean, timeoutMs: number, query?: MailQuery): Promise<Mail>;
  /** Calls of a webhook by its name, oldest first; those that were taken, unless others are asked for, too. */
  calls(hook?: string, query?: CallQuery): Promise<readonly HookCall[]>;
  /** The same as for mails, of calls. */
  waitForCall(
    hook: string,
    predicate: (call: HookCall) => boolean,
    timeoutMs: number,
    query?: CallQuery,
  ): Promise<HookCall>;
}

const search = (values: Readonly<Record<string, string | number | boolean | undefined>>): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString();
};

export const inboxClient = (ask: Ask, wait: WaitFor): InboxClient => {
  const mails = async (query: MailQuery = {}): Promise<readonly Mail[]> =>
    (await ask<{ mails: readonly Mail[] }>("GET", `/inbox/mails?${search({ ...query })}`)).mails;
  const calls = async (hook?: string, query: CallQuery = {}): Promise<readonly HookCall[]> =>
    (await ask<{ calls: readonly HookCall[] }>("GET", `/inbox/calls?${search({ hook, ...query })}`)).calls;
  return {
    mails,
    calls,
    waitForMail: (predicate, timeoutMs, query) =>
      wait(
        `mail${query?.to === undefined ? "" : ` to ${query.to}`}`,
        () => mails(query),
        predicate,
        timeoutMs,
        ({ to, subject }) => `${to.join(", ")}: ${subject}`,
      ),
    waitForCall: (hook, predicate, timeoutMs, query) =>
      wait(
        `call of ${hook}`,
        () => calls(hook, query),
        predicate,
        timeoutMs,
        ({ method, body }) => `${method} ${body.slice(0, 120)}`,
      ),
  };
};
