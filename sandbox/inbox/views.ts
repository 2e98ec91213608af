import { isTaken, type HookCall, type Mail, type Store } from "./store";

/** Which mails: to one person, later than an instant (milliseconds since the epoch). */
export interface MailQuery {
  readonly to?: string | undefined;
  readonly after?: number | undefined;
}

/** Which calls: later than an instant, and those that were refused or left to hang, too. */
export interface CallQuery {
  readonly after?: number | undefined;
  readonly refused?: boolean | undefined;
}

export const mailsOf = (store: Store, { to, after = 0 }: MailQuery): readonly Mail[] =>
  store
    .entries()
    .filter((entry): entry is Mail => entry.kind === "mail")
    .filter((mail) => mail.at > after && (to === undefined || mail.to.includes(to)));

export const callsOf = (
  store: Store,
  hook: string | undefined,
  { after = 0, refused = false }: CallQuery,
): readonly HookCall[] =>
  store
    .entries()
    .filter((entry): entry is HookCall => entry.kind === "call")
    .filter(
      (call) => call.at > after && (hook === undefined || call.hook === hook) && (refused || isTaken(call)),
    );

const looksSecret = (part: string): boolean =>
  part.length >= 20 || (part.length >= 10 && /\d/.test(part) && /[a-z]/i.test(part));

/**
 * A webhook's name as a page shows it: who starts the sandbox chooses it, so it is no credential, unless it looks like
 * one.
 */
export const shownHook = (hook: string): string => (looksSecret(hook) ? `${hook.slice(0, 3)}…` : hook);

/** The address that was called as a page shows it: what follows the name may let somebody in, and is never told. */
export const shownPath = ({ hook, path }: Pick<HookCall, "hook" | "path">): string => {
  const [address = "", query] = path.split("?");
  const [, , , ...rest] = address.split("/");
  return `/hooks/${shownHook(hook)}${rest.length === 0 ? "" : "/…"}${query === undefined ? "" : "?…"}`;
};
