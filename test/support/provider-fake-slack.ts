import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { AddressInfo } from "node:net";

export interface FakeChannel {
  id: string;
  name: string;
  is_private: boolean;
  is_archived: boolean;
  is_member: boolean;
  topic: { value: string };
  purpose: { value: string };
}

type Answer = { readonly [key: string]: unknown };
/** A fault for one call of a method: an answer in its place, or `lost`: done, but the connection is cut. */
export type Fault =
  | {
      readonly kind: "answer";
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly body: Answer | string;
    }
  | { readonly kind: "lost" }
  | { readonly kind: "slow"; readonly ms: number };

export interface FakeSlack {
  readonly url: string;
  readonly token: string;
  readonly channels: FakeChannel[];
  /** Methods called, in order. */
  readonly calls: string[];
  /** The next calls of a method meet these faults, one each. */
  readonly fail: (method: string, ...faults: Fault[]) => void;
  readonly add: (channel: Partial<FakeChannel> & { readonly name: string }) => FakeChannel;
  readonly close: () => Promise<void>;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Slack's Web API as far as channels need it, with Slack's own error bodies. Pages hold two channels and some none. */
export const startFakeSlack = async (token = "xoxb-1111-2222-secretsecret"): Promise<FakeSlack> => {
  const channels: FakeChannel[] = [];
  const calls: string[] = [];
  const faults = new Map<string, Fault[]>();
  let made = 0;

  const add: FakeSlack["add"] = (channel) => {
    const whole = {
      id: `C${String(++made).padStart(8, "0")}`,
      is_private: false,
      is_archived: false,
      is_member: false,
      topic: { value: "" },
      purpose: { value: "" },
      ...channel,
    };
    channels.push(whole);
    return whole;
  };

  const withChannel = (args: Answer, act: (channel: FakeChannel) => Answer): Answer => {
    const channel = channels.find(({ id }) => id === args["channel"]);
    return channel === undefined ? { ok: false, error: "channel_not_found" } : act(channel);
  };
  const setText = (key: "topic" | "purpose") => (args: Answer) =>
    withChannel(args, (channel) => {
      const text = String(args[key]);
      if (channel.is_archived) return { ok: false, error: "is_archived" };
      if (!channel.is_member) return { ok: false, error: "not_in_channel" };
      if (text.length > 250) return { ok: false, error: "too_long" };
      channel[key] = { value: escape(text) };
      return { ok: true, channel };
    });

  const methods: { readonly [method: string]: (args: Answer) => Answer } = {
    "conversations.create": ({ name, is_private }) => {
      if (channels.some((channel) => channel.name === name)) return { ok: false, error: "name_taken" };
      return {
        ok: true,
        channel: add({ name: String(name), is_private: is_private === "true", is_member: true }),
      };
    },
    "conversations.list": ({ types, cursor, exclude_archived }) => {
      // Slack cuts the page first and filters then, so that pages can be short or empty with more to come.
      const start = Number(cursor ?? 0);
      const page = channels
        .slice(start, start + 2)
        .filter(({ is_private }) => is_private === (types === "private_channel"))
        .filter(({ is_archived }) => !(is_archived && exclude_archived === "true"));
      const next = start + 2 < channels.length ? String(start + 2) : "";
      return { ok: true, channels: page, response_metadata: { next_cursor: next } };
    },
    "conversations.info": (args) => withChannel(args, (channel) => ({ ok: true, channel })),
    "conversations.join": (args) =>
      withChannel(args, (channel) => {
        if (channel.is_archived) return { ok: false, error: "is_archived" };
        channel.is_member = true;
        return { ok: true, channel };
      }),
    "conversations.setTopic": setText("topic"),
    "conversations.setPurpose": setText("purpose"),
    "conversations.rename": (args) =>
      withChannel(args, (channel) => {
        if (channels.some(({ name }) => name === args["name"])) return { ok: false, error: "name_taken" };
        channel.name = String(args["name"]);
        return { ok: true, channel };
      }),
    "conversations.archive": (args) =>
      withChannel(args, (channel) => {
        if (channel.is_archived) return { ok: false, error: "already_archived" };
        if (!channel.is_member) return { ok: false, error: "not_in_channel" };
        channel.is_archived = true;
        return { ok: true };
      }),
  };

  const app = new Hono<{
    Bindings: { readonly outgoing: { readonly socket: { readonly destroy: () => void } | null } };
  }>();
  app.post("/api/:method", async (context) => {
    const name = context.req.param("method");
    calls.push(name);
    const fault = faults.get(name)?.shift();
    if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === "answer") {
      const body = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
      return new Response(body, { status: fault.status ?? 200, headers: fault.headers ?? {} });
    }
    if (context.req.header("authorization") !== `Bearer ${token}`)
      return context.json({ ok: false, error: "invalid_auth" });
    const method = methods[name];
    if (method === undefined) return context.json({ ok: false, error: "unknown_method" });
    const answer = method(Object.fromEntries(new URLSearchParams(await context.req.text())));
    if (fault?.kind === "lost") context.env.outgoing.socket?.destroy();
    return context.json(answer);
  });

  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => {
      resolve(started);
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/`,
    token,
    channels,
    calls,
    fail: (method, ...more) => faults.set(method, [...(faults.get(method) ?? []), ...more]),
    add,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
};

export const slackAnswer = (error: string, more: Answer = {}): Fault => ({
  kind: "answer",
  body: { ok: false, error, ...more },
});
