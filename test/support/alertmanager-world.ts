import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { SMTPServer } from "smtp-server";
import type { Fleet } from "../../infra/model/fleet";
import { guestFolder, partUrl, watchtowerSecrets } from "../../infra/model/watchtower";
import { alertmanagerArguments } from "../../infra/render/alertmanager/arguments";
import { alertmanagerTexts } from "../../infra/render/alertmanager/texts";
import { freePort } from "./free-port";

// Alertmanager itself with the rendered configuration, and on loopback everybody it talks to.

export interface SlackPost {
  readonly at: number;
  readonly channel: string;
  readonly text: string;
  readonly details: string;
  readonly body: string;
  readonly authorization: string | undefined;
}
export interface Mail {
  readonly at: number;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}
export interface Call {
  readonly at: number;
  readonly hook: string;
  readonly status: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
  readonly authorization: string | undefined;
}
export type Labels = Readonly<Record<string, string>>;

const token = "xoxb-of-the-test";
const smtpPassword = "mail-password-of-the-test";

/** Polls until `read` gives something. */
export const eventually = async <T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  ms = 20_000,
): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`${what} did not come within ${ms} ms`);
    await pause(50);
  }
};

const decoded = (quotedPrintable: string): string =>
  Buffer.from(
    quotedPrintable
      .replaceAll(/=\r?\n/g, "")
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");

const readMail = (to: string, raw: string): Mail => {
  const subject = /^Subject: (.*(?:\r?\n[ \t].*)*)/m.exec(raw)?.[1] ?? "";
  const part = raw
    .split(/\r?\n\r?\n/)
    .slice(2)
    .join("\n\n");
  return {
    at: Date.now(),
    to,
    subject,
    text: decoded(part)
      .replaceAll("\r\n", "\n")
      .replace(/\n--[0-9a-f]+--\s*$/, ""),
  };
};

export interface World {
  readonly url: string;
  readonly posts: SlackPost[];
  readonly mails: Mail[];
  readonly calls: Call[];
  /** What Slack answers next; the usual where nothing is set. */
  slack: (post: SlackPost) => Response | undefined;
  /** Keeps alerts firing, as vmalert does: they are sent again each half second. Gives when they began. */
  fire(labels: Labels | readonly Labels[], annotations?: Labels): Promise<number>;
  /** Ends an alert; vmalert goes on to send the end. */
  recover(labels: Labels): void;
  /** All alerts of now, at once. */
  send(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const isList = (labels: Labels | readonly Labels[]): labels is readonly Labels[] => Array.isArray(labels);
const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort());

/** Starts everybody. `binary` is Alertmanager; its configuration is that of `fleetWith` what is listening. */
export const startWorld = async (
  binary: string,
  fleetWith: (addresses: { slackApiUrl: string; smtp: string }) => Fleet,
): Promise<World> => {
  const folder = mkdtempSync(path.join(tmpdir(), "flymon-alertmanager-"));
  const posts: SlackPost[] = [];
  const mails: Mail[] = [];
  const calls: Call[] = [];

  const routes = new Hono()
    .post("/api/chat.postMessage", async (c) => {
      const body = await c.req.text();
      const {
        channel,
        text = "",
        attachments,
      } = JSON.parse(body) as {
        channel: string;
        text?: string;
        attachments: { text: string }[];
      };
      const post: SlackPost = {
        at: Date.now(),
        channel,
        text,
        details: attachments.map((one) => one.text).join("\n"),
        body,
        authorization: c.req.header("authorization"),
      };
      const refused = world.slack(post);
      if (refused) return refused;
      posts.push(post);
      return c.json({ ok: true });
    })
    .post("/:hook", async (c) => {
      type Body = { status: string; alerts: Call["alerts"] };
      const body = await c.req.json<Body>().catch(() => undefined);
      if (body === undefined) return c.body(null, 400); // Alertmanager was ended amid the call
      const { status, alerts } = body;
      calls.push({
        at: Date.now(),
        hook: c.req.param("hook"),
        status,
        alerts,
        authorization: c.req.header("authorization"),
      });
      return c.body(null, 204);
    });
  const server = await new Promise<ServerType>((resolve) => {
    const listening = serve({ fetch: routes.fetch, port: 0, hostname: "127.0.0.1" }, () => {
      resolve(listening);
    });
  });
  const hooks = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) => {
      if (password === smtpPassword) done(null, { user: "flymon" });
      else done(new Error("wrong password"));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks).toString("utf8");
        for (const { address } of session.envelope.rcptTo) mails.push(readMail(address, raw));
        done();
      });
    },
  });
  smtp.listen(0, "127.0.0.1");
  await once(smtp.server, "listening");
  const smtpAddress = `127.0.0.1:${(smtp.server.address() as AddressInfo).port}`;

  const fleet = fleetWith({ slackApiUrl: `${hooks}/api/`, smtp: smtpAddress });
  const guest = path.join(folder, "guest");
  const local = (text: string): string =>
    text
      .replaceAll(guestFolder, guest)
      .replaceAll(partUrl(fleet.settings.watchtower?.app ?? "watchtower", "journal"), hooks);
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(local(file)), { recursive: true });
    writeFileSync(local(file), text);
  };
  for (const [name, text] of alertmanagerTexts(fleet)) write(`${guestFolder}/${name}`, local(text));
  write(watchtowerSecrets.slackToken, token);
  write(watchtowerSecrets.smtpPassword, smtpPassword);
  write(watchtowerSecrets.partsPassword, "between the parts");
  write(watchtowerSecrets.onCallWebhook, `${hooks}/on-call`);
  write(watchtowerSecrets.heartbeatUrl, `${hooks}/heartbeat\n`);

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const data = path.join(folder, "data");
  let child: ChildProcess | undefined;
  let log = "";

  const active = new Map<
    string,
    { labels: Labels; annotations: Labels; startsAt: string; endsAt?: string }
  >();
  const send = async (): Promise<void> => {
    if (active.size === 0) return;
    const inFour = new Date(Date.now() + 4_000).toISOString();
    const response = await fetch(`${url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([...active.values()].map((alert) => ({ endsAt: inFour, ...alert }))),
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok)
      throw new Error(`Alertmanager took no alerts: ${response.status} ${await response.text()}`);
  };
  const resend = setInterval(() => {
    if (child !== undefined) void send().catch(() => undefined); // while it is down
  }, 500);

  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    if (child === undefined) return;
    const ended = once(child, "exit");
    child.kill(signal);
    child = undefined;
    await ended;
  };
  const start = async (): Promise<void> => {
    const args = alertmanagerArguments(fleet).map((argument) =>
      local(argument)
        .replace(/^--storage\.path=.*/, `--storage.path=${data}`)
        .replace(/^--web\.listen-address=.*/, `--web.listen-address=127.0.0.1:${port}`),
    );
    const started = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
    started.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    child = started;
    await eventually(`Alertmanager, which says\n${log}`, async () => {
      if (started.exitCode !== null) throw new Error(`Alertmanager ended:\n${log}`);
      return fetch(`${url}/-/ready`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      );
    });
  };

  const world: World = {
    url,
    posts,
    mails,
    calls,
    slack: () => undefined,
    fire: async (one, annotations = {}) => {
      const startsAt = new Date().toISOString();
      for (const labels of isList(one) ? one : [one]) {
        const summary = `${labels["alertname"] ?? ""} of ${labels["app"] ?? ""}`;
        active.set(keyOf(labels), { labels, annotations: { summary, ...annotations }, startsAt });
      }
      await send();
      return Date.parse(startsAt);
    },
    recover: (labels) => {
      const alert = active.get(keyOf(labels));
      if (alert) alert.endsAt = new Date().toISOString();
    },
    send,
    stop,
    start,
    close: async () => {
      clearInterval(resend);
      await stop("SIGKILL");
      server.close();
      await new Promise<void>((resolve) => {
        smtp.close(resolve);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await start();
  return world;
};
