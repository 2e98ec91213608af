import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../../infra/provider/configuration";
import { PartialFailure } from "../../infra/provider/errors";
import type { ResourceContext } from "../../infra/provider/resource";
import { channelKind, slackChannel, type ChannelInputs } from "../../infra/provider/slack/channel";
import { hurriedClock } from "../support/hurried-clock";
import { slackAnswer, startFakeSlack, type FakeSlack } from "../support/provider-fake-slack";

let slack: FakeSlack;
const logged: string[] = [];

beforeEach(async () => {
  slack = await startFakeSlack();
  logged.length = 0;
});
afterEach(() => slack.close());

const context = (
  change: Partial<ResourceContext["configuration"]> = {},
  signal?: AbortSignal,
): ResourceContext => ({
  configuration: {
    ...readConfiguration({ slackToken: slack.token, slackApiUrl: slack.url }, {}),
    ...change,
  },
  urn: "urn:pulumi:test::trial::flymon:slack:Channel::incidents",
  projectRoot: "/",
  signal: signal ?? new AbortController().signal,
  log: (severity, message) => logged.push(`${severity}: ${message}`),
});
const declare = (change: Partial<ChannelInputs> = {}): ChannelInputs => ({
  name: "incidents",
  isPrivate: false,
  onDestroy: "archive",
  ...change,
});
const create = (change: Partial<ChannelInputs> = {}, using = context()) =>
  slackChannel.create(declare(change), using);
/** Does not wait for real until it is sure that something is not there. */
const hurried = channelKind({ fetch, clock: hurriedClock() });
const failing = async (attempt: Promise<unknown>): Promise<string> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const message = (error as Error).message;
  expect(message).not.toContain(slack.token);
  return message;
};

describe("creating a channel", () => {
  it("creates it, and sets topic and purpose", async () => {
    const { id, state } = await create({ topic: "SEV-1 <now> & here", purpose: "Alarms" });
    expect(state).toEqual({
      ...declare({ topic: "SEV-1 <now> & here", purpose: "Alarms" }),
      channelId: id,
      adopted: false,
      isArchived: false,
    });
    expect(slack.channels).toMatchObject([
      { id, name: "incidents", topic: { value: "SEV-1 &lt;now&gt; &amp; here" } },
    ]);
    expect(slack.calls).toEqual([
      "conversations.create",
      "conversations.setTopic",
      "conversations.setPurpose",
    ]);
  });

  it("adopts a channel of exactly that name behind short and empty pages, joins it and leaves equal texts alone", async () => {
    for (const name of ["a", "b", "incidents-old"]) slack.add({ name });
    for (const name of ["p", "q", "r", "s"]) slack.add({ name, is_private: true });
    slack.add({ name: "c" });
    const existing = slack.add({ name: "incidents", topic: { value: "Alarms" } });
    const { id, state } = await create({ topic: "Alarms" });
    expect(id).toBe(existing.id);
    expect(state).toMatchObject({ adopted: true, topic: "Alarms" });
    expect(existing.is_member).toBe(true);
    expect(slack.calls).not.toContain("conversations.setTopic");
    expect(slack.channels.filter(({ name }) => name === "incidents")).toHaveLength(1);
  });

  it("shares one listing between channels that are adopted together", async () => {
    for (const name of ["incidents", "monitoring"]) slack.add({ name, is_member: true });
    await Promise.all([create(), create({ name: "monitoring" })]);
    expect(slack.calls.filter((call) => call === "conversations.list")).toHaveLength(1);
  });

  it("says of an archived namesake that bots cannot unarchive, and what to do", async () => {
    const { id } = slack.add({ name: "incidents", is_archived: true });
    const message = await failing(create());
    expect(message).toContain(`it is archived (${id}) and still holds its name, and bots cannot unarchive`);
    expect(message).toContain("Let a member unarchive it");
    expect(slack.channels).toHaveLength(1);
  });

  it("does not take a private namesake for the public channel", async () => {
    slack.add({ name: "incidents", is_private: true });
    const attempt = hurried.create(declare(), context());
    expect(await failing(attempt)).toContain("declare isPrivate: true and invite the bot");
  });

  it("looks up the channel after a lost answer instead of creating it again", async () => {
    slack.fail("conversations.create", { kind: "lost" });
    const { id, state } = await create();
    expect(slack.channels).toMatchObject([{ id, name: "incidents" }]);
    expect(state.adopted).toBe(false);
    expect(slack.calls).toEqual(["conversations.create", "conversations.list"]);
  });

  it("looks up the channel after an answer of which only a part came", async () => {
    const { id } = slack.add({ name: "incidents" });
    slack.fail("conversations.create", { kind: "answer", body: '{"ok":true,"channel":{"id":"C0' });
    expect((await create()).id).toBe(id);
  });

  it("creates again only after the look-up has shown that nothing was made", async () => {
    slack.fail("conversations.create", { kind: "answer", status: 503, body: "upstream is gone" });
    await hurried.create(declare(), context());
    // A list may be some seconds behind.
    const looks = Array.from({ length: 3 }, () => "conversations.list");
    expect(slack.calls).toEqual(["conversations.create", ...looks, "conversations.create"]);
    expect(slack.channels).toHaveLength(1);
  });

  it("waits as long as Slack's 429 says, and then goes on", async () => {
    slack.fail("conversations.create", {
      kind: "answer",
      status: 429,
      headers: { "retry-after": "2" },
      body: { ok: false, error: "ratelimited" },
    });
    const started = Date.now();
    await create();
    expect(Date.now() - started).toBeGreaterThanOrEqual(2_000);
    expect(Date.now() - started).toBeLessThan(4_000);
    expect(slack.channels).toHaveLength(1);
    expect(logged).toEqual([
      "info: Slack's rate limit: creating the channel #incidents waits 2 s, as Slack asked.",
    ]);
  });

  it("holds other channels' calls of that method back for the same time", async () => {
    slack.fail("conversations.create", {
      kind: "answer",
      status: 429,
      headers: { "retry-after": "1" },
      body: { ok: false, error: "ratelimited" },
    });
    const first = create();
    await expect.poll(() => slack.calls.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await create({ name: "monitoring" });
    await first;
    expect(slack.calls).toHaveLength(3);
  });

  it("gives up on a wait that is out of proportion", async () => {
    slack.fail("conversations.create", {
      kind: "answer",
      status: 429,
      headers: { "retry-after": "3600" },
      body: { ok: false, error: "ratelimited" },
    });
    expect(await failing(create())).toContain("rate limit is used up");
  });

  it("keeps the channel when Slack refuses its topic", async () => {
    slack.fail(
      "conversations.setTopic",
      slackAnswer("missing_scope", { needed: "channels:write.topic", provided: "chat:write" }),
    );
    const error: unknown = await create({ topic: "t", purpose: "p" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PartialFailure);
    const { id, state, reasons } = error as PartialFailure;
    expect(id).toBe(slack.channels[0]?.id);
    expect(state).toMatchObject({ name: "incidents", topic: "", purpose: "p", channelId: id });
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain("missing_scope (needed: channels:write.topic; provided: chat:write)");
  });

  it("does not lose a channel that is being made when the run is interrupted", async () => {
    const interrupt = new AbortController();
    slack.fail("conversations.create", { kind: "slow", ms: 300 });
    const attempt = create({ topic: "t" }, context({}, interrupt.signal));
    await expect.poll(() => slack.calls.length).toBe(1);
    interrupt.abort(new Error("the run was interrupted"));
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PartialFailure);
    expect((error as PartialFailure).id).toBe(slack.channels[0]?.id);
    expect((error as PartialFailure).reasons).toEqual(["the run was interrupted"]);
  });

  it("makes one channel of two that are declared with one name", async () => {
    const made = await Promise.all([create(), create()]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(slack.channels).toHaveLength(1);
  });
});

describe("failures", () => {
  it.each([
    ["invalid_auth", "flymon:slackToken"],
    ["not_authed", "flymon:slackToken"],
    ["account_inactive", "flymon:slackToken"],
    ["token_revoked", "flymon:slackToken"],
    ["restricted_action", "let a workspace admin allow it"],
    ["name_taken_by_moon", "answered name_taken_by_moon"],
  ])("%s names the mend", async (code, mend) => {
    slack.fail("conversations.create", slackAnswer(code));
    const message = await failing(create());
    expect(message).toContain(`creating the channel #incidents: answered ${code}`);
    expect(message).toContain(mend);
  });

  it("a wrong token is refused by the service, and the message names the key, not the token", async () => {
    const message = await failing(create({}, context({ slackToken: "xoxb-wrong-wrong" })));
    expect(message).toContain("pulumi config set --secret flymon:slackToken");
    expect(message).not.toContain("xoxb-wrong");
  });

  it("no token: says which key to set, how, and which scopes", async () => {
    const message = await failing(create({}, context({ slackToken: undefined })));
    expect(message).toContain("`pulumi config set --secret flymon:slackToken xoxb-...`");
    expect(message).toContain("`export SLACK_BOT_TOKEN=...`");
    expect(message).toContain("channels:manage, channels:read, channels:join, chat:write, chat:write.public");
    expect(slack.calls).toEqual([]);
  });

  it("an answer that is not Slack's points to the address", async () => {
    const portal = { kind: "answer", body: "<html>Welcome to the captive portal</html>" } as const;
    slack.fail("conversations.create", portal);
    slack.fail("conversations.list", portal);
    const message = await failing(create());
    expect(message).toContain("flymon:slackApiUrl");
    expect(message).not.toContain("html");
  });

  it("a dead Slack: service, host and mend, within 20 s", async () => {
    const { host } = new URL(slack.url);
    await slack.close();
    const started = Date.now();
    const message = await failing(create());
    expect(message).toContain(`Slack (${host})`);
    expect(message).toContain("not reachable (ECONNREFUSED)");
    expect(message).toContain("flymon:slackApiUrl");
    expect(Date.now() - started).toBeLessThan(20_000);
    slack = await startFakeSlack();
  });
});

describe("reading a channel", () => {
  it("shows what was changed by hand, and leaves undeclared texts out", async () => {
    const { id, state } = await create({ topic: "mine" });
    Object.assign(slack.channels[0] ?? {}, {
      name: "outages",
      topic: { value: "theirs" },
      purpose: { value: "x" },
    });
    const found = await slackChannel.read(id, state, context());
    expect(found?.state).toEqual({ ...state, name: "outages", topic: "theirs" });
  });

  it("is gone when Slack does not find it", async () => {
    const { id, state } = await create();
    slack.channels.length = 0;
    expect(await hurried.read(id, state, context())).toBeUndefined();
  });

  it("imports by id and by name", async () => {
    const { id } = slack.add({
      name: "incidents",
      topic: { value: "see &lt;here&gt; <https://a.b|a.b>" },
      is_member: true,
    });
    const byId = await slackChannel.read(id, undefined, context());
    expect(byId?.state).toMatchObject({ name: "incidents", topic: "see <here> a.b", adopted: true });
    expect(byId?.state).not.toHaveProperty("purpose");
    expect(await slackChannel.read("#incidents", undefined, context())).toEqual(byId);
    expect(await slackChannel.read("nowhere", undefined, context())).toBeUndefined();
  });

  it("retries a read whose answer was lost", async () => {
    const { id, state } = await create();
    slack.fail("conversations.info", { kind: "lost" }, slackAnswer("internal_error"));
    expect((await slackChannel.read(id, state, context()))?.id).toBe(id);
  });

  it("reports a channel archived by hand as drift, says what to do, and goes on once it is unarchived", async () => {
    const { id, state } = await create();
    const [channel] = slack.channels;
    Object.assign(channel ?? {}, { is_archived: true });
    const found = await slackChannel.read(id, state, context());
    expect(slackChannel.drifted?.(found?.state ?? state)).toEqual(["isArchived"]);
    const update = (): Promise<unknown> =>
      slackChannel.update(id, found?.state ?? state, declare(), context());
    expect(await failing(update())).toContain("bots cannot unarchive");
    Object.assign(channel ?? {}, { is_archived: false });
    expect(await update()).toMatchObject({ isArchived: false });
  });
});

describe("updating a channel", () => {
  it("renames it and changes its texts in place", async () => {
    const { id, state } = await create({ topic: "a", purpose: "b" });
    const updated = await slackChannel.update(id, state, declare({ name: "outages", topic: "c" }), context());
    expect(updated).toEqual({
      ...declare({ name: "outages", topic: "c" }),
      channelId: id,
      adopted: false,
      isArchived: false,
    });
    expect(slack.channels).toMatchObject([
      { id, name: "outages", topic: { value: "c" }, purpose: { value: "" } },
    ]);
  });

  it("asks Slack for nothing but a look when all is as declared", async () => {
    const { id, state } = await create({ topic: "a" });
    slack.calls.length = 0;
    await slackChannel.update(id, state, declare({ topic: "a" }), context());
    expect(slack.calls).toEqual(["conversations.info"]);
  });
});

describe("removing a channel", () => {
  it("archives it, joins first where it must, and is content with one archived already or gone", async () => {
    const { id, state } = await create();
    Object.assign(slack.channels[0] ?? {}, { is_member: false });
    await slackChannel.delete(id, state, context());
    expect(slack.channels).toMatchObject([{ is_archived: true }]);
    await slackChannel.delete(id, state, context());
    slack.channels.length = 0;
    await slackChannel.delete(id, state, context());
  });

  it('keeps it where the declaration says "keep", and needs no token for that', async () => {
    const { id, state } = await create({ onDestroy: "keep" });
    await slackChannel.delete(id, state, context({ slackToken: undefined }));
    expect(slack.channels).toMatchObject([{ is_archived: false }]);
  });

  it("says of the general channel that it must be kept", async () => {
    const { id, state } = await create();
    slack.fail("conversations.archive", slackAnswer("cant_archive_general"));
    expect(await failing(slackChannel.delete(id, state, context()))).toContain('set onDestroy to "keep"');
  });
});
