import { LogLevel, WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { startWorld, type World } from "../../sandbox/world";

let world: World;
let client: SandboxClient;
let slack: WebClient;
beforeEach(async () => {
  world = await startWorld({ apps: [], slackLimits: Infinity });
  client = connect(world.announcement);
  slack = webClient(world.announcement.slack.token);
});
afterEach(() => world.stop());

const webClient = (token: string): WebClient =>
  new WebClient(token, {
    slackApiUrl: world.announcement.slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });
type Body = Record<string, unknown> & { ok: boolean; error?: string };
interface CallInit {
  readonly body?: string | URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
}
/** A bare call, for what the official client would not send. */
const call = async (
  method: string,
  init: CallInit = {},
  token: string | undefined = world.announcement.slack.token,
) => {
  const response = await fetch(`${world.announcement.slack.apiUrl}${method}`, {
    method: "POST",
    ...init,
    headers: { ...(token === "" ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Body;
};
const form = (fields: Record<string, string>): CallInit => ({ body: new URLSearchParams(fields) });
const json = (body: unknown, type = "application/json; charset=utf-8"): CallInit => ({
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": type },
});
const create = async (name: string, isPrivate = false): Promise<string> =>
  (await slack.conversations.create({ name, is_private: isPrivate })).channel?.id ?? "";
const idOf = async (name: string): Promise<string> =>
  (await slack.conversations.list({ types: "public_channel" })).channels?.find(
    (channel) => channel.name === name,
  )?.id ?? "";
/** Slack's error word of a call by the official client. */
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "ok",
    (error: unknown) => (error as { data?: { error?: string } }).data?.error,
  );

describe("tokens, scopes, bodies", () => {
  test("auth.test tells who the token speaks for", async () => {
    expect(await slack.auth.test()).toMatchObject({
      ok: true,
      user: "flymon",
      bot_id: expect.stringMatching(/^B0/) as unknown,
    });
  });

  test("a missing and a wrong token are told apart", async () => {
    expect(await call("auth.test", {}, "")).toEqual({ ok: false, error: "not_authed" });
    expect(await call("auth.test", {}, "xoxb-wrong")).toEqual({ ok: false, error: "invalid_auth" });
    expect(await call("auth.test", form({ token: world.announcement.slack.token }), "")).toMatchObject({
      ok: true,
    });
    expect(await call("auth.test", json({ token: world.announcement.slack.token }), "")).toMatchObject({
      error: "not_authed",
    });
  });

  test("a missing scope says what is needed and what there is", async () => {
    await client.breakService("slack", "scopes-missing", { scopes: ["channels:manage", "groups:read"] });
    const answer = await call("conversations.create", form({ name: "x" }));
    expect(answer).toMatchObject({ error: "missing_scope", needed: "channels:manage" });
    expect(answer.provided).toContain("chat:write");
    expect(answer.provided).not.toContain("channels:manage");
    expect(await call("conversations.list", form({ types: "public_channel,private_channel" }))).toMatchObject(
      {
        error: "missing_scope",
        needed: "groups:read",
      },
    );
  });

  test("an unknown method is named", async () => {
    expect(await call("conversations.delete")).toEqual({
      ok: false,
      error: "unknown_method",
      req_method: "conversations.delete",
    });
  });

  test("methods that read take forms and queries, and ignore a JSON body", async () => {
    const channel = await create("incidents");
    expect(await call("conversations.info", form({ channel }))).toMatchObject({ ok: true });
    expect(await call("conversations.info", json({ channel }))).toMatchObject({ error: "invalid_arguments" });
    const listed = await call("conversations.list", json({ limit: 1 }));
    expect(listed.channels).toHaveLength(3);
  });

  test("a broken body has Slack's word for it, and JSON without a charset its warning", async () => {
    expect((await call("chat.postMessage", json("{"))).error).toBe("invalid_json");
    expect((await call("chat.postMessage", json("[]"))).error).toBe("json_not_object");
    expect((await call("chat.postMessage", json("a", "text/plain"))).error).toBe("invalid_post_type");
    expect(await call("conversations.create", json({ name: "x" }, "application/json"))).toMatchObject({
      ok: true,
      warning: "missing_charset",
      response_metadata: { warnings: ["missing_charset"] },
    });
  });
});

describe("channels", () => {
  test.each([
    { name: "", error: "invalid_name_required" },
    { name: "a".repeat(81), error: "invalid_name_maxlength" },
    { name: "Incidents", error: "invalid_name_specials" },
    { name: "on call", error: "invalid_name_specials" },
    { name: "a.b", error: "invalid_name_specials" },
    { name: "-_-", error: "invalid_name_punctuation" },
    { name: "a".repeat(80), error: "ok" },
  ])("name $name: $error", async ({ name, error }) => {
    expect(await errorOf(slack.conversations.create({ name }))).toBe(error);
  });

  test("a name is taken by an archived channel, too", async () => {
    const channel = await create("incidents");
    expect(await errorOf(slack.conversations.create({ name: "incidents" }))).toBe("name_taken");
    await slack.conversations.archive({ channel });
    expect(await errorOf(slack.conversations.create({ name: "incidents" }))).toBe("name_taken");
  });

  test("archiving takes the bot out, and it can neither come back nor unarchive", async () => {
    const channel = await create("incidents");
    await slack.conversations.archive({ channel });
    expect((await slack.conversations.info({ channel })).channel).toMatchObject({
      is_archived: true,
      is_member: false,
    });
    expect(await errorOf(slack.conversations.archive({ channel }))).toBe("already_archived");
    expect(await errorOf(slack.conversations.unarchive({ channel }))).toBe("not_in_channel");
    expect(await errorOf(slack.conversations.join({ channel }))).toBe("is_archived");
    expect(await errorOf(slack.conversations.setTopic({ channel, topic: "x" }))).toBe("is_archived");
    await client.unarchiveChannel("incidents");
    expect(await errorOf(slack.conversations.unarchive({ channel }))).toBe("not_archived");
    expect(await errorOf(slack.conversations.join({ channel }))).toBe("ok");
  });

  test("topic and purpose: 250 characters at most, by a member only", async () => {
    const channel = await create("incidents");
    const topic = "🚨".repeat(250);
    expect((await slack.conversations.setTopic({ channel, topic })).channel).toMatchObject({
      topic: { value: topic },
    });
    expect(await errorOf(slack.conversations.setTopic({ channel, topic: `${topic}x` }))).toBe("too_long");
    await slack.conversations.setPurpose({ channel, purpose: "alerts" });
    expect((await slack.conversations.info({ channel })).channel?.purpose?.value).toBe("alerts");
    expect(await errorOf(slack.conversations.setPurpose({ channel, purpose: "x".repeat(251) }))).toBe(
      "too_long",
    );
    expect(await errorOf(slack.conversations.setTopic({ channel: await idOf("random"), topic: "x" }))).toBe(
      "not_in_channel",
    );
    expect(await errorOf(slack.conversations.setTopic({ channel: "C0NONE", topic: "x" }))).toBe(
      "channel_not_found",
    );
    expect(await call("conversations.setTopic", form({ channel }))).toMatchObject({
      error: "invalid_arguments",
      response_metadata: { messages: ["[ERROR] missing required field: topic"] },
    });
  });

  test("rename: only by the maker, not to a name that is held", async () => {
    const channel = await create("incidents");
    await client.createChannel({ name: "people", withBot: true });
    const theirs = await idOf("people");
    expect(await errorOf(slack.conversations.rename({ channel, name: "people" }))).toBe("name_taken");
    expect(await errorOf(slack.conversations.rename({ channel, name: "A" }))).toBe("invalid_name_specials");
    expect(await errorOf(slack.conversations.rename({ channel: theirs, name: "ours" }))).toBe(
      "not_authorized",
    );
    expect((await slack.conversations.rename({ channel, name: "alerts" })).channel).toMatchObject({
      name: "alerts",
      previous_names: ["incidents"],
    });
  });

  test("join: public only, and twice is a warning", async () => {
    const channel = await idOf("random");
    expect(await slack.conversations.join({ channel })).toMatchObject({
      ok: true,
      channel: { is_member: true },
    });
    expect(await slack.conversations.join({ channel })).toMatchObject({
      ok: true,
      warning: "already_in_channel",
    });
    const ours = await create("ours", true);
    expect(await errorOf(slack.conversations.join({ channel: ours }))).toBe(
      "method_not_supported_for_channel_type",
    );
  });

  test("#general cannot be archived, and nothing that the bot is not in", async () => {
    expect(await errorOf(slack.conversations.archive({ channel: await idOf("general") }))).toBe(
      "cant_archive_general",
    );
    expect(await errorOf(slack.conversations.archive({ channel: await idOf("random") }))).toBe(
      "not_in_channel",
    );
  });

  test("invite: each obstacle by user, and force for the rest", async () => {
    const channel = await create("incidents");
    expect(await errorOf(slack.conversations.invite({ channel, users: "" }))).toBe("no_user");
    expect(await errorOf(slack.conversations.invite({ channel, users: "U0NOBODY" }))).toBe("user_not_found");
    expect(await errorOf(slack.conversations.invite({ channel, users: "U0FLYMONBOT" }))).toBe(
      "cant_invite_self",
    );
    expect(
      await slack.conversations.invite({ channel, users: "U0ONCALL001,U0NOBODY", force: true }),
    ).toMatchObject({
      ok: true,
      errors: [{ user: "U0NOBODY", error: "user_not_found" }],
    });
    expect(await errorOf(slack.conversations.invite({ channel, users: "U0ONCALL001" }))).toBe(
      "already_in_channel",
    );
    expect((await slack.conversations.members({ channel })).members).toEqual(["U0FLYMONBOT", "U0ONCALL001"]);
  });

  test("another's private channel does not exist for the bot", async () => {
    const { id } = await client.createChannel({ name: "secret", isPrivate: true });
    expect(await errorOf(slack.conversations.info({ channel: id }))).toBe("channel_not_found");
    expect(await errorOf(slack.chat.postMessage({ channel: id, text: "x" }))).toBe("channel_not_found");
    const all = await slack.conversations.list({ types: "public_channel,private_channel" });
    expect(all.channels?.map(({ name }) => name)).not.toContain("secret");
  });

  test("list: filters after cutting, so that pages are short or empty though more follow", async () => {
    for (const name of ["one", "two"]) await slack.conversations.archive({ channel: await create(name) });
    await create("three");
    const sizes: (number | undefined)[] = [];
    const names: (string | undefined)[] = [];
    let cursor: string | undefined;
    do {
      const page = await slack.conversations.list({
        limit: 2,
        exclude_archived: true,
        ...(cursor ? { cursor } : {}),
      });
      sizes.push(page.channels?.length);
      names.push(...(page.channels ?? []).map(({ name }) => name));
      cursor = page.response_metadata?.next_cursor;
    } while (cursor);
    expect(sizes).toEqual([2, 0, 1]);
    expect(names).toEqual(["general", "random", "three"]);
    expect(await errorOf(slack.conversations.list({ cursor: "nonsense" }))).toBe("invalid_cursor");
    expect(await errorOf(slack.conversations.list({ limit: 1_000 }))).toBe("invalid_limit");
    expect(await errorOf(slack.conversations.list({ types: "secret_channel" }))).toBe("invalid_types");
  });
});

describe("messages", () => {
  test("are posted by id, by name, and by name with its sign; ts is Slack's and rises", async () => {
    const channel = await create("incidents");
    const stamps: string[] = [];
    for (const place of [channel, "incidents", "#incidents"]) {
      const posted = await slack.chat.postMessage({ channel: place, text: "hello" });
      expect(posted).toMatchObject({ ok: true, channel, message: { text: "hello", user: "U0FLYMONBOT" } });
      stamps.push(posted.ts ?? "");
    }
    expect(stamps.every((ts) => /^\d{10}\.\d{6}$/.test(ts))).toBe(true);
    expect(new Set(stamps).size).toBe(3);
    expect(stamps.toSorted()).toEqual(stamps);
  });

  test("to a channel that the bot is not in: allowed by chat:write.public only", async () => {
    expect(await errorOf(slack.chat.postMessage({ channel: "#random", text: "x" }))).toBe("ok");
    await client.breakService("slack", "scopes-missing", { scopes: ["chat:write.public"] });
    expect(await errorOf(slack.chat.postMessage({ channel: "#random", text: "x" }))).toBe("not_in_channel");
  });

  test("refusals of place and content", async () => {
    const channel = await create("incidents");
    const section = (text: string) => ({ type: "section" as const, text: { type: "mrkdwn" as const, text } });
    const post = (content: object): Promise<unknown> =>
      call("chat.postMessage", json({ channel, ...content })).then(({ error }) => error);
    expect(await post({})).toBe("no_text");
    expect(await post({ text: "  " })).toBe("no_text");
    expect(await post({ blocks: "{" })).toBe("invalid_blocks_format");
    expect(await post({ blocks: [{ type: "nonsense" }] })).toBe("invalid_blocks");
    expect(await post({ blocks: [section("x".repeat(3_001))] })).toBe("invalid_blocks");
    expect(await post({ blocks: Array.from({ length: 51 }, () => ({ type: "divider" })) })).toBe(
      "invalid_blocks",
    );
    expect(await post({ blocks: Array.from({ length: 5 }, () => section("x".repeat(2_900))) })).toBe(
      "msg_blocks_too_long",
    );
    expect(await post({ attachments: Array.from({ length: 101 }, () => ({ text: "x" })) })).toBe(
      "too_many_attachments",
    );
    expect(await post({ text: "x", markdown_text: "y" })).toBe("markdown_text_conflict");
    expect(await post({ blocks: JSON.stringify([section("fine")]) })).toBeUndefined();
    expect(await errorOf(slack.chat.postMessage({ channel: "#nowhere", text: "x" }))).toBe(
      "channel_not_found",
    );
    await slack.conversations.archive({ channel });
    expect(await post({ text: "x" })).toBe("is_archived");
    expect((await client.messages()).length).toBe(1);
  });

  test("a text above 40,000 characters is cut with a warning", async () => {
    const channel = await create("incidents");
    const answer = await call("chat.postMessage", json({ channel, text: "x".repeat(40_001) }));
    expect(answer).toMatchObject({ ok: true, warning: "message_truncated" });
    expect((await client.messages())[0]?.text).toHaveLength(40_000);
  });

  test("update, pin and bookmark", async () => {
    const channel = await create("incidents");
    const ts = (await slack.chat.postMessage({ channel, text: "down" })).ts ?? "";
    await slack.chat.update({ channel, ts, text: "up" });
    expect(await client.messages()).toMatchObject([{ ts, text: "up", edited: true }]);
    expect(await errorOf(slack.chat.update({ channel, ts: "1.000000", text: "x" }))).toBe(
      "message_not_found",
    );
    expect(await errorOf(slack.chat.update({ channel, ts, text: "x".repeat(4_001) }))).toBe("msg_too_long");

    await slack.pins.add({ channel, timestamp: ts });
    expect(await errorOf(slack.pins.add({ channel, timestamp: ts }))).toBe("already_pinned");
    expect(await errorOf(slack.pins.add({ channel, timestamp: "now" }))).toBe("bad_timestamp");
    expect((await call("pins.add", form({ channel }))).error).toBe("no_item_specified");

    const bookmark = {
      channel_id: channel,
      title: "Runbook",
      type: "link",
      link: "https://example.com",
    } as const;
    expect(await slack.bookmarks.add(bookmark)).toMatchObject({
      bookmark: { id: expect.stringMatching(/^Bk/) as unknown, title: "Runbook" },
    });
    expect(await errorOf(slack.bookmarks.add({ ...bookmark, link: "ftp://x" }))).toBe("invalid_link");
    expect(await call("bookmarks.add", form({ channel_id: channel }))).toMatchObject({
      error: "invalid_arguments",
    });
  });

  test("bookmarks are listed, changed and removed, and two of one title are two", async () => {
    const channel_id = await create("incidents");
    const given = { channel_id, title: "Runbook", type: "link", link: "https://example.com/a" } as const;
    const { bookmark } = await slack.bookmarks.add(given);
    await slack.bookmarks.add(given);
    const bookmark_id = bookmark?.id ?? "";
    const link = "https://example.com/b";
    await slack.bookmarks.edit({ channel_id, bookmark_id, link, emoji: ":book:" });
    expect((await slack.bookmarks.list({ channel_id })).bookmarks).toMatchObject([
      { id: bookmark_id, title: "Runbook", link, emoji: ":book:" },
      { title: "Runbook", link: "https://example.com/a", emoji: "" },
    ]);
    expect(await errorOf(slack.bookmarks.edit({ channel_id, bookmark_id, emoji: "book" }))).toBe(
      "invalid_emoji",
    );
    await slack.bookmarks.remove({ channel_id, bookmark_id });
    expect(await errorOf(slack.bookmarks.remove({ channel_id, bookmark_id }))).toBe("not_found");
    expect(await errorOf(slack.bookmarks.edit({ channel_id, bookmark_id, link }))).toBe("not_found");
    expect((await slack.bookmarks.list({ channel_id })).bookmarks).toHaveLength(1);
    const page = await (await fetch(`${world.announcement.slack.url}/channels/${channel_id}`)).text();
    expect(page).toContain('href="https://example.com/a"');
    expect(page).not.toContain('href="https://example.com/b"');
  });

  test("history shows what is pinned and, where asked for, what an app keeps beside a message", async () => {
    const channel = await create("incidents");
    const metadata = { event_type: "kept", event_payload: { name: "guide" } };
    const ts = (await slack.chat.postMessage({ channel, text: "guide", metadata })).ts ?? "";
    const later = (await slack.chat.postMessage({ channel, text: "later" })).ts ?? "";
    await slack.pins.add({ channel, timestamp: ts });
    await slack.chat.update({ channel, ts, text: "guide, new" });
    expect(
      (await slack.conversations.history({ channel, include_all_metadata: true })).messages,
    ).toMatchObject([{ text: "later" }, { text: "guide, new", pinned_to: [channel], metadata }]);
    const one = await slack.conversations.history({ channel, oldest: ts, latest: ts, inclusive: true });
    expect(one.messages).toHaveLength(1);
    expect(one.messages?.[0]).not.toHaveProperty("metadata");
    const first = await slack.conversations.history({ channel, limit: 1 });
    expect([first.messages?.[0]?.ts, first.has_more]).toEqual([later, true]);
    const cursor = first.response_metadata?.next_cursor ?? "";
    expect((await slack.conversations.history({ channel, limit: 1, cursor })).messages?.[0]?.ts).toBe(ts);
    expect((await slack.pins.list({ channel })).items).toMatchObject([{ message: { ts } }]);

    await slack.pins.remove({ channel, timestamp: ts });
    expect(await errorOf(slack.pins.remove({ channel, timestamp: ts }))).toBe("no_pin");
    await slack.pins.add({ channel, timestamp: ts });
    await slack.chat.delete({ channel, ts });
    expect(await errorOf(slack.chat.delete({ channel, ts }))).toBe("message_not_found");
    expect((await slack.pins.list({ channel })).items).toEqual([]);
    expect(await errorOf(slack.conversations.history({ channel: await idOf("general") }))).toBe(
      "not_in_channel",
    );
    expect(await errorOf(slack.chat.postMessage({ channel, text: "x", metadata: { event_type: "x" } }))).toBe(
      "invalid_metadata_format",
    );
  });

  test("people are found by e-mail", async () => {
    expect((await slack.users.lookupByEmail({ email: "ada@hotdash.example" })).user).toMatchObject({
      id: "U0ADAPERSON",
    });
    expect(await errorOf(slack.users.lookupByEmail({ email: "nobody@hotdash.example" }))).toBe(
      "users_not_found",
    );
  });
});
