import { timingSafeEqual } from "node:crypto";
import PostalMime from "postal-mime";
import { SMTPServer, type SMTPServerDataStream } from "smtp-server";
import type { FaultBoard } from "../faults/fault-board";
import { breakable, loopback, type BreakableServer } from "../net/breakable-server";
import { smtpBusy, smtpHang } from "./faults";
import type { Store } from "./store";

/** The largest mail that is taken, bytes. */
const largest = 5 * 1_048_576;

/** Who may give a name, and with which password. A sender that gives none is taken, too. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const refusal = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });

const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

const bytesOf = async (stream: SMTPServerDataStream): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const entities: Readonly<Record<string, string>> = {
  nbsp: " ",
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#34": '"',
};

/** What an HTML mail says. */
export const textOf = (html: string): string =>
  html
    .replaceAll(/<(style|script|head)\b[^>]*>[\s\S]*?<\/\1>/gi, "")
    .replaceAll(/<(?:br|\/p|\/div|\/tr|\/h\d|\/li)\b[^>]*>/gi, "\n")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replaceAll(/[ \t]+/g, " ")
    .replaceAll(/\s*\n\s*/g, "\n")
    .trim();

/** A mail server on loopback that keeps what it is given. No TLS. */
export const startMailServer = async (
  store: Store,
  faults: FaultBoard,
  { username, password }: Credentials,
  port: number,
): Promise<BreakableServer> => {
  const smtp = new SMTPServer({
    banner: "Mail of the sandbox",
    hideSTARTTLS: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    authOptional: true,
    authMethods: ["PLAIN", "LOGIN"],
    disableReverseLookup: true,
    size: largest,
    onConnect: (_session, ready) => {
      // No answer at all: the client waits for its own timeout.
      if (faults.read(smtpHang) === undefined) ready();
    },
    onAuth: (auth, _session, answer) => {
      if (same(auth.username ?? "", username) && same(auth.password ?? "", password))
        answer(null, { user: username });
      else answer(refusal(535, "5.7.8 Authentication credentials invalid"));
    },
    onData: (stream, session, answer) => {
      const take = async (): Promise<void> => {
        const raw = await bytesOf(stream);
        const busy = faults.read(smtpBusy);
        if (busy !== undefined) {
          faults.spend(smtpBusy);
          throw refusal(busy.parameters.code, "4.3.0 Mail system temporarily not available, try again later");
        }
        const { subject = "", text, html } = await PostalMime.parse(raw);
        const { mailFrom, rcptTo } = session.envelope;
        store.add({
          kind: "mail",
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          subject,
          text: text ?? textOf(html ?? ""),
          html,
          authenticated: session.user !== undefined,
        });
      };
      take().then(
        () => {
          answer(null);
        },
        (error: unknown) => {
          answer(error instanceof Error ? error : new Error(String(error)));
        },
      );
    },
  });
  smtp.on("error", () => undefined); // a client that goes away is no concern of the server
  return breakable(smtp.server, port, loopback);
};
