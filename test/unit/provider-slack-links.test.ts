import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PartialFailure } from "../../infra/provider/errors";
import { bookmarkKind, type BookmarkInputs } from "../../infra/provider/slack/bookmark";
import { contentOf, digestOf } from "../../infra/provider/slack/message-content";
import { messageKind, type MessageInputs } from "../../infra/provider/slack/message";
import { startSlackKit, type SlackKit } from "../support/slack-kit";

let kit: SlackKit;
let channelId: string;
beforeEach(async () => {
  kit = await startSlackKit();
  channelId = (await kit.web.conversations.create({ name: "incidents" })).channel?.id ?? "";
});
afterEach(() => kit.stop());

const failing = async (attempt: Promise<unknown>): Promise<string> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).not.toContain(kit.token);
  return (error as Error).message;
};

describe("a bookmark", () => {
  const kind = () => bookmarkKind(kit.world);
  const declare = (change: Partial<BookmarkInputs> = {}): BookmarkInputs => ({
    channelId,
    title: "Runbook",
    link: "https://a.example/?a=1&b=2",
    ...change,
  });
  const add = (link: string, title = "Runbook") =>
    kit.web.bookmarks.add({ channel_id: channelId, title, type: "link", link });
  const all = async () => (await kit.channel("incidents")).bookmarks;

  it("is added, and is what was declared", async () => {
    const { id, state } = await kind().create(declare({ emoji: ":book:" }), kit.context());
    const [bookmark] = await all();
    expect(bookmark).toMatchObject({ title: "Runbook", link: "https://a.example/?a=1&b=2", emoji: ":book:" });
    expect(id).toBe(`${channelId}/${bookmark?.id ?? ""}`);
    expect((await kind().read(id, state, kit.context()))?.state).toEqual(state);
  });

  it("is adopted where exactly one has its title, and brought in line", async () => {
    await add("https://old.example");
    await add("https://other.example", "Other");
    const { state } = await kind().create(declare(), kit.context());
    expect((await all()).map(({ link }) => link)).toEqual([state.link, "https://other.example"]);
  });

  it("of several takes the one that leads where it should, and otherwise touches none", async () => {
    await add("https://old.example");
    await add(declare().link);
    const { state } = await kind().create(declare(), kit.context());
    expect((await all())[1]?.id).toBe(state.bookmarkId);
    expect(await failing(kind().create(declare({ link: "https://third.example" }), kit.context()))).toContain(
      "there are 2 of that title, and nothing tells which is meant",
    );
    expect(await all()).toHaveLength(2);
  });

  it.each(["lost-answer", "reset-before", "bad-gateway", "server-error"])(
    "is there once after %s",
    async (fault) => {
      await kit.break(fault, { calls: 1, method: "bookmarks.add" });
      const { state } = await kind().create(declare(), kit.context());
      expect((await all()).map(({ id }) => id)).toEqual([state.bookmarkId]);
    },
  );

  it("waits as a 429 says", async () => {
    await kit.break("rate-limited", { calls: 1, method: "bookmarks.add", retryAfter: 1 });
    const started = kit.world.clock.now();
    await kind().create(declare(), kit.context());
    expect(kit.world.clock.now() - started).toBeGreaterThanOrEqual(1_000);
    expect(await all()).toHaveLength(1);
  });

  it("names the scope that is missing", async () => {
    await kit.lack("bookmarks:read");
    expect(await failing(kind().create(declare(), kit.context()))).toContain(
      "missing_scope (needed: bookmarks:read",
    );
  });

  it("that is gone is forgotten by a read, told of by an update, and nothing to remove", async () => {
    const { id, state } = await kind().create(declare(), kit.context());
    await kit.web.bookmarks.remove({ channel_id: channelId, bookmark_id: state.bookmarkId });
    expect(await kind().read(id, state, kit.context())).toBeUndefined();
    expect(await failing(kind().update(id, state, declare({ title: "B" }), kit.context()))).toContain(
      "pulumi refresh",
    );
    await kind().delete(id, state, kit.context());
  });

  it("is refused before the call where Slack would not take it", () => {
    const reasons = (change: object): string[] =>
      kind()
        .inputs.safeParse({ ...declare(), ...change })
        .error?.issues.map(({ message }) => message) ?? [];
    expect(reasons({ link: "ftp://x" })).toEqual([expect.stringContaining("https://")]);
    expect(reasons({ link: `https://a.example/${"x".repeat(2_048)}` })).toEqual([
      "must have at most 2048 characters",
    ]);
    expect(reasons({ title: "x".repeat(257) })).toEqual(["must have at most 256 characters"]);
    expect(reasons({ emoji: "book" })).toEqual([expect.stringContaining(":book:")]);
    expect(reasons({ channelId: "#incidents" })).toEqual([expect.stringContaining("not its name")]);
  });
});

describe("a message", () => {
  const kind = () => messageKind(kit.world);
  const declare = (change: Partial<MessageInputs> = {}): MessageInputs => ({
    channelId,
    name: "guide",
    title: "Alerts & more",
    text: "*SEV-1*: <https://a.example|the runbook>",
    links: [{ label: "Runbook", url: "https://a.example/?a=1&b=2" }],
    pinned: true,
    ...change,
  });
  const all = async () =>
    (await kit.web.conversations.history({ channel: channelId, include_all_metadata: true })).messages ?? [];

  it("is posted, pinned, and is what was declared", async () => {
    const { id, state } = await kind().create(declare(), kit.context());
    expect(await all()).toMatchObject([{ ts: state.ts, text: "Alerts & more", pinned_to: [channelId] }]);
    expect(state).toMatchObject(declare());
    expect((await kind().read(id, state, kit.context()))?.state).toEqual(state);
    const imported = await kind().read("#incidents/guide", undefined, kit.context());
    expect(imported).toEqual({ id, state });
  });

  it.each(["lost-answer", "reset-before", "bad-gateway", "server-error"])(
    "is there once after %s",
    async (fault) => {
      await kit.break(fault, { calls: 1, method: "chat.postMessage" });
      const { state } = await kind().create(declare(), kit.context());
      expect((await all()).map(({ ts }) => ts)).toEqual([state.ts]);
    },
  );

  it("is found where a killed run has left it, among others, and changed in place", async () => {
    const { state } = await kind().create(declare({ text: "old" }), kit.context());
    for (let count = 0; count < 3; count++)
      await kit.web.chat.postMessage({ channel: channelId, text: "an alert" });
    const again = await kind().create(declare(), kit.context());
    expect(again.state.ts).toBe(state.ts);
    expect(await all()).toHaveLength(4);
    expect(again.state).toMatchObject(declare());
  });

  it("makes the bot join, which posting alone would not need", async () => {
    await kit.person("/channels", { name: "theirs" });
    const { id } = await kit.channel("theirs");
    await kind().create(declare({ channelId: id }), kit.context());
    expect((await kit.channel("theirs")).pins).toHaveLength(1);
  });

  it("is kept when it cannot be pinned, and pinned by the next run", async () => {
    await kit.lack("pins:write");
    const error: unknown = await kind()
      .create(declare(), kit.context())
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PartialFailure);
    const { id, state, reasons } = error as PartialFailure;
    expect(state["pinned"]).toBe(false);
    expect(reasons[0]).toContain("missing_scope (needed: pins:write");
    await kit.mend();
    const now = await kind().update(id, state as never, declare(), kit.context());
    expect(now.pinned).toBe(true);
    expect(await all()).toHaveLength(1);
  });

  it("changes only where it differs", async () => {
    const { id, state } = await kind().create(declare(), kit.context());
    kit.calls.length = 0;
    const same = await kind().update(id, state, declare(), kit.context());
    expect(kit.calls).toEqual(["conversations.history"]);
    const { links: _, ...without } = declare({ pinned: false });
    const changed = await kind().update(id, same, without, kit.context());
    expect(changed.links).toBeUndefined();
    expect((await all())[0]).not.toHaveProperty("pinned_to");
    expect(kit.calls.slice(1)).toEqual(["conversations.history", "chat.update", "pins.remove"]);
  });

  it("of which Slack spells the same otherwise is no difference", async () => {
    const { id, state } = await kind().create(declare(), kit.context());
    // As though Slack had stored it so from the start: what counts is what it showed after the last write.
    const stored = { ...state, text: "https://a.example" };
    expect((await kind().read(id, stored, kit.context()))?.state.text).toBe("https://a.example");
    expect((await kind().read(id, { ...stored, digest: "" }, kit.context()))?.state.text).toBe(state.text);
    const escapedTitle = { type: "header", text: { type: "plain_text", text: "Alerts &amp; more" } };
    expect(digestOf(contentOf([escapedTitle]))).toBe(digestOf({ title: "Alerts & more", text: "" }));
  });

  it("is left alone in an archived channel", async () => {
    const { id, state } = await kind().create(declare(), kit.context());
    await kit.person(`/channels/${channelId}/archive`);
    expect(await kind().read(id, state, kit.context())).toEqual({ id, state });
    await kind().delete(id, state, kit.context());
    expect(kit.logged.join("\n")).toContain("its channel is archived");
  });

  it("goes with its pin, and is content when it is gone", async () => {
    const { id, state } = await kind().create(declare(), kit.context());
    await kind().delete(id, state, kit.context());
    expect(await all()).toEqual([]);
    expect((await kit.channel("incidents")).pins).toEqual([]);
    await kind().delete(id, state, kit.context());
    expect(await kind().read(id, state, kit.context())).toBeUndefined();
    expect(await failing(kind().update(id, state, declare({ text: "b" }), kit.context()))).toContain(
      "pulumi refresh",
    );
  });

  it("is refused before the call where Slack would not take it", () => {
    const reasons = (change: object): string[] =>
      kind()
        .inputs.safeParse({ ...declare(), ...change })
        .error?.issues.map(({ message }) => message) ?? [];
    expect(reasons({ text: "x".repeat(3_001) })).toEqual(["must have at most 3000 characters"]);
    expect(reasons({ title: "x".repeat(151) })).toEqual(["must have at most 150 characters"]);
    expect(reasons({ text: "x\n" })).toEqual(["must not begin or end with spaces or empty lines"]);
    expect(reasons({ name: "Guide" })).toEqual([expect.stringContaining("a-z, 0-9")]);
    const link = { label: "a", url: `https://a.example/${"x".repeat(1_600)}` };
    expect(reasons({ links: [link, link] })).toEqual([
      "must have at most 3000 characters, all links together",
    ]);
    expect(reasons({ links: [{ label: "a|b", url: "https://a.example" }] })).toHaveLength(1);
  });
});
