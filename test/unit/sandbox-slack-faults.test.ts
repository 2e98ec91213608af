import { LogLevel, WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { rateLimits } from "../../sandbox/slack/rate-limits";
import { callsPerMinute, posting } from "../../sandbox/slack/rules";
import { startWorld, type World } from "../../sandbox/world";

let world: World;
let client: SandboxClient;
beforeEach(async () => {
  world = await startWorld({ apps: [] });
  client = connect(world.announcement);
});
afterEach(() => world.stop());

const call = (method: string, fields: Record<string, string> = {}): Promise<Response> =>
  fetch(`${world.announcement.slack.apiUrl}${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.announcement.slack.token}` },
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(4_000),
  });
const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "answered",
    (error: unknown) => {
      const { cause, name } = error as Error & { cause?: { code?: string } };
      return cause?.code ?? name;
    },
  );
const cut = /UND_ERR_SOCKET|ECONNRESET/;

describe("rate limits", () => {
  test("a method's tier is a minute's worth at once, then 429 with Retry-After, others being free", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < callsPerMinute[2]; i += 1) statuses.push((await call("conversations.list")).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const refused = await call("conversations.list");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toEqual({ ok: false, error: "ratelimited" });
    expect((await call("auth.test")).status).toBe(200);
  });

  test("posting is limited a channel, and a refused message is not kept", async () => {
    const statuses: number[] = [];
    for (let i = 0; i <= posting.burst; i += 1)
      statuses.push((await call("chat.postMessage", { channel: "#random", text: String(i) })).status);
    expect(statuses.at(-1)).toBe(429);
    expect(await client.messages({ channel: "random" })).toHaveLength(posting.burst);
    expect((await call("chat.postMessage", { channel: "#general", text: "x" })).status).toBe(200);
  });

  test("buckets fill again with time, and by a factor", () => {
    let now = 0;
    const limits = rateLimits(2, () => now);
    const tries = (count: number): number =>
      Array.from({ length: count }, () => limits.call("m", 2)).filter((result) => result === undefined)
        .length;
    expect(tries(60)).toBe(40);
    now += 1_500;
    expect(tries(5)).toBe(1);
    expect(limits.call("m", 2)).toEqual({ retryAfter: 2 });
    expect(rateLimits(Infinity).post("x")).toBeUndefined();
  });
});

describe("faults", () => {
  test("down, then up again with all that was there", async () => {
    await call("conversations.create", { name: "incidents" });
    await client.breakService("slack", "down");
    expect(await code(call("auth.test"))).toBe("ECONNREFUSED");
    await client.mendService("slack", "down");
    expect(await (await call("conversations.create", { name: "incidents" })).json()).toMatchObject({
      error: "name_taken",
    });
  });

  test("hang leaves the page and the control server alive", async () => {
    await client.breakService("slack", "hang");
    const { apiUrl, page } = world.announcement.slack;
    expect(await code(fetch(`${apiUrl}auth.test`, { signal: AbortSignal.timeout(300) }))).toBe(
      "TimeoutError",
    );
    expect((await fetch(page)).status).toBe(200);
    await client.mendAll();
    expect((await call("auth.test")).status).toBe(200);
  });

  test.each([
    { retryAfter: 2, header: "2" },
    { retryAfter: null, header: null },
  ])("429 for so many calls, Retry-After $header", async ({ retryAfter, header }) => {
    await client.breakService("slack", "rate-limited", { calls: 2, retryAfter });
    const answers = [await call("auth.test"), await call("auth.test"), await call("auth.test")];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers.get("retry-after")).toBe(header);
    expect((await client.state()).services.slack?.faults).toEqual({});
  });

  test("the official client waits as Retry-After says and gets through", async () => {
    await client.breakService("slack", "rate-limited", { calls: 1, retryAfter: 1 });
    const slack = new WebClient(world.announcement.slack.token, {
      slackApiUrl: world.announcement.slack.apiUrl,
      logLevel: LogLevel.ERROR,
    });
    const begun = performance.now();
    expect((await slack.auth.test()).ok).toBe(true);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
  });

  test("500 is JSON and 502 a proxy's HTML page", async () => {
    await client.breakService("slack", "server-error", { calls: 1 });
    const error = await call("auth.test");
    expect([error.status, await error.json()]).toEqual([500, { ok: false, error: "internal_error" }]);
    await client.breakService("slack", "bad-gateway", { calls: 1 });
    const gateway = await call("auth.test");
    expect(gateway.status).toBe(502);
    expect(gateway.headers.get("content-type")).toContain("text/html");
    expect(await gateway.text()).toContain("502 Bad Gateway");
  });

  test("a connection cut before acting has done nothing, a lost answer has acted", async () => {
    const exists = async (name: string): Promise<boolean> =>
      ((await (await call("conversations.list")).json()) as { channels: { name: string }[] }).channels.some(
        (channel) => channel.name === name,
      );
    await client.breakService("slack", "reset-before", { calls: 1, method: "conversations.create" });
    expect((await call("auth.test")).status).toBe(200);
    expect(await code(call("conversations.create", { name: "one" }))).toMatch(cut);
    expect(await exists("one")).toBe(false);
    await client.breakService("slack", "lost-answer", { calls: 1, method: "conversations.create" });
    expect(await code(call("conversations.create", { name: "two" }))).toMatch(cut);
    expect(await exists("two")).toBe(true);
    expect((await (await call("conversations.create", { name: "three" })).json()) as object).toMatchObject({
      ok: true,
    });
  });

  test("a stale read shows what was there a while ago, and writes are not struck", async () => {
    const names = async (): Promise<string[]> => {
      const { channels } = (await (await call("conversations.list")).json()) as {
        channels: { name: string }[];
      };
      return channels.map(({ name }) => name);
    };
    await client.breakService("slack", "stale-read", { calls: 2, lag: "1h" });
    const made = await (await call("conversations.create", { name: "fresh" })).json();
    expect(made).toMatchObject({ ok: true });
    expect(await names()).toEqual(["general", "random"]);
    const { channel } = made as { channel: { id: string } };
    const sent = { channel: channel.id, text: "x" };
    expect(await (await call("chat.postMessage", sent)).json()).toMatchObject({ ok: true });
    const history = await (await call("conversations.history", { channel: channel.id })).json();
    expect(history).toMatchObject({ error: "channel_not_found" });
    expect(await names()).toEqual(["general", "random", "fresh"]);
    expect((await client.state()).services.slack?.faults).toEqual({});
  });

  test("a refused token says why, in HTTP 200", async () => {
    await client.breakService("slack", "token-refused", { error: "token_revoked" });
    const answer = await call("auth.test");
    expect([answer.status, await answer.json()]).toEqual([200, { ok: false, error: "token_revoked" }]);
  });
});

describe("incoming webhooks", () => {
  const post = async (url: string, body: string, type = "application/json"): Promise<[number, string]> => {
    const response = await fetch(url, { method: "POST", body, headers: { "content-type": type } });
    return [response.status, await response.text()];
  };

  test("answer in text, each failure with its status", async () => {
    await client.createChannel({ name: "alerts" });
    const { url, id } = await client.createWebhook("alerts");
    expect(await post(url, '{"text":"down"}')).toEqual([200, "ok"]);
    expect(
      await post(
        url,
        `payload=${encodeURIComponent('{"text":"form"}')}`,
        "application/x-www-form-urlencoded",
      ),
    ).toEqual([200, "ok"]);
    expect(await client.messages({ channel: "alerts" })).toMatchObject([
      { text: "down", via: "webhook" },
      { text: "form" },
    ]);
    expect(await post(url, "{")).toEqual([400, "invalid_payload"]);
    expect(await post(url, "{}")).toEqual([400, "no_text"]);
    expect(await post(url.replace(/[^/]+$/, "wrong"), '{"text":"x"}')).toEqual([403, "invalid_token"]);
    expect(await post(url.replace(/T0\w+/, "T0OTHER"), '{"text":"x"}')).toEqual([404, "no_team"]);
    await client.archiveChannel("alerts");
    expect(await post(url, '{"text":"x"}')).toEqual([410, "channel_is_archived"]);
    await client.removeWebhook(id);
    expect(await post(url, '{"text":"x"}')).toEqual([404, "no_service"]);
  });

  test("are limited a hook, and can be broken alone", async () => {
    const { url } = await client.createWebhook("random");
    await client.breakService("slack", "rate-limited", { method: "webhook", retryAfter: 3 });
    expect(await post(url, '{"text":"x"}')).toEqual([429, "rate_limited"]);
    expect((await call("auth.test")).status).toBe(200);
    await client.mendAll();
    const answers: number[] = [];
    for (let i = 0; i <= posting.burst; i += 1) answers.push((await post(url, '{"text":"x"}'))[0]);
    expect(answers.at(-1)).toBe(429);
    expect(answers.slice(0, -1).every((status) => status === 200)).toBe(true);
  });
});
