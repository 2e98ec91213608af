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

const secret = (part: string): boolean =>
  part.length >= 20 || (part.length >= 10 && /\d/.test(part) && /[a-z]/i.test(part));
const hidden = (part: string): string => (secret(part) ? `${part.slice(0, 3)}…` : part);

/** A path as a page shows it: what looks like a token is not told. */
export const shownPath = (path: string): string => path.replaceAll(/[^/?&=]+/g, hidden);
