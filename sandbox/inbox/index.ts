import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { faultBoard } from "../faults/fault-board";
import { loopback, serveHttp, type BreakableServer } from "../net/breakable-server";
import type { Service, ServiceOptions } from "../service";
import { hooksDown, hooksHang, inboxFaults, smtpDown, smtpHang } from "./faults";
import { hookRoutes } from "./hooks";
import { startMailServer } from "./mail-server";
import { pageRoutes } from "./page/routes";
import { createStore } from "./store";
import { callsOf, mailsOf } from "./views";

/** What the ready line tells of the inbox. */
export interface InboxAnnouncement {
  /** Host and port of the mail server. It speaks no TLS. */
  readonly smtp: string;
  /** For AUTH, which it offers and does not ask for; good for this run only. */
  readonly username: string;
  readonly password: string;
  /** The base of the webhooks: below it, any name is one. */
  readonly hookUrl: string;
  /** The page that shows mails and calls as they arrive. */
  readonly page: string;
}

const instant = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** Starts the inbox on loopback: everybody's mail, and webhooks such as those of a heartbeat or who is on call. */
export const startInbox = async (options: ServiceOptions): Promise<Service<InboxAnnouncement>> => {
  const store = createStore();
  const credentials = { username: "flymon", password: randomUUID() };

  // The switches and the routes need the servers, and the servers need the routes.
  const late: { web?: BreakableServer; mail?: BreakableServer } = {};
  const faults = faultBoard(inboxFaults, async (name, on) => {
    if (name === smtpDown.name) await (on ? late.mail?.takeDown() : late.mail?.bringUp());
    if (name === hooksDown.name) await (on ? late.web?.takeDown() : late.web?.bringUp());
    if (name === smtpHang.name && !on) late.mail?.dropConnections();
    if (name === hooksHang.name && !on) late.web?.dropConnections();
  });

  const app = new Hono();
  app.route("/hooks", hookRoutes(store, faults));
  app.route("/", pageRoutes(store));
  const web = await serveHttp(app, options.port);
  late.web = web;
  const stopWeb = (): Promise<void> => web.takeDown();
  const mail = await startMailServer(store, faults, credentials, options.secondPort).catch(
    async (error: unknown) => {
      await stopWeb();
      throw error;
    },
  );
  late.mail = mail;

  // Below /inbox of the control server: to be asked whatever is broken.
  const control = new Hono();
  control.get("/mails", (c) => {
    const { to, after } = c.req.query();
    return c.json({ mails: mailsOf(store, { to, after: instant(after) }) });
  });
  control.get("/calls", (c) => {
    const { hook, after, refused } = c.req.query();
    return c.json({ calls: callsOf(store, hook, { after: instant(after), refused: refused === "true" }) });
  });

  const url = `http://${loopback}:${web.port}`;
  return {
    announcement: {
      smtp: `${loopback}:${mail.port}`,
      ...credentials,
      hookUrl: `${url}/hooks`,
      page: `${url}/`,
    },
    faults,
    control,
    listening: () => web.listening && mail.listening,
    stop: async () => {
      await Promise.all([stopWeb(), mail.takeDown()]);
    },
  };
};
