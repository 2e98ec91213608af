import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { channelKind, slackChannel, type ChannelInputs } from "../../infra/provider/slack/channel";
import { PartialFailure } from "../../infra/provider/errors";
import { startSlackKit, type SlackKit } from "../support/slack-kit";

let kit: SlackKit;
beforeEach(async () => {
  kit = await startSlackKit();
});
afterEach(() => kit.stop());

const declare = (change: Partial<ChannelInputs> = {}): ChannelInputs => ({
  name: "incidents",
  isPrivate: false,
  onDestroy: "keep",
  ...change,
});
const ada = "ada@hotdash.example";
const [adaId, benId, oncallId] = ["U0ADAPERSON", "U0BENPERSON", "U0ONCALL001"];
const membersOf = async (name = "incidents") => (await kit.channel(name)).members;

describe("members of a channel", () => {
  it("are invited by id and by e-mail, and only those who are absent", async () => {
    const { id, state } = await slackChannel.create(declare({ members: [ada, oncallId] }), kit.context());
    expect(await membersOf()).toEqual(expect.arrayContaining([adaId, oncallId]));
    expect(state.members).toEqual([ada, oncallId]);
    kit.calls.length = 0;
    await slackChannel.update(id, state, declare({ members: [ada, oncallId] }), kit.context());
    expect(kit.calls).not.toContain("conversations.invite");
  });

  it("are never taken out: who is no longer declared stays, and so does who never was", async () => {
    const { id, state } = await slackChannel.create(declare({ members: [ada, oncallId] }), kit.context());
    await kit.web.conversations.invite({ channel: id, users: benId });
    const updated = await slackChannel.update(id, state, declare({ members: [ada] }), kit.context());
    expect(updated.members).toEqual([ada]);
    expect(await membersOf()).toEqual(expect.arrayContaining([adaId, oncallId, benId]));
    expect(kit.logged.join("\n")).toContain(`${oncallId} may stay in #incidents: flymon takes nobody out`);
    await slackChannel.delete(id, updated, kit.context());
    expect(kit.calls.filter((method) => method.includes("kick"))).toEqual([]);
  });

  it("who have left show as a difference, and are invited again", async () => {
    const { id, state } = await slackChannel.create(declare({ members: [ada, oncallId] }), kit.context());
    await kit.leave(id, adaId);
    const found = await slackChannel.read(id, state, kit.context());
    expect(found?.state.members).toEqual([oncallId]);
    await slackChannel.update(
      id,
      found?.state ?? state,
      declare({ members: [ada, oncallId] }),
      kit.context(),
    );
    expect(await membersOf()).toContain(adaId);
  });

  it("who cannot be invited keep nobody else out, and each is named with a mend", async () => {
    const members = ["nobody@hotdash.example", "U0NOBODY999", ada];
    const error: unknown = await slackChannel
      .create(declare({ members }), kit.context())
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PartialFailure);
    const { state, reasons } = error as PartialFailure;
    expect(state["members"]).toEqual([ada]);
    expect(reasons).toHaveLength(2);
    expect(reasons.join("\n")).toContain("nobody in this workspace has the e-mail nobody@hotdash.example");
    expect(reasons.join("\n")).toContain("user_not_found for U0NOBODY999");
    expect(await membersOf()).toContain(adaId);
  });

  it("need a scope only by e-mail, and the message names it", async () => {
    await kit.lack("users:read.email");
    const byId = await slackChannel.create(declare({ members: [adaId] }), kit.context());
    expect(byId.state.members).toEqual([adaId]);
    const error: unknown = await slackChannel
      .create(declare({ name: "monitoring", members: [ada] }), kit.context())
      .catch((reason: unknown) => reason);
    expect((error as Error).message).toContain("missing_scope (needed: users:read.email");
    expect((error as PartialFailure).id).toBe((await kit.channel("monitoring")).id);
  });

  it("are not looked for in an archived channel, which shows as what it is", async () => {
    const { id, state } = await slackChannel.create(declare({ members: [ada] }), kit.context());
    await kit.person(`/channels/${id}/archive`);
    const found = await slackChannel.read(id, state, kit.context());
    expect(found?.state).toMatchObject({ isArchived: true, members: [ada] });
  });
});

describe("a private channel", () => {
  const isPrivate = true;

  it("is made, and found again by name where the bot is in it", async () => {
    const { id } = await slackChannel.create(declare({ isPrivate }), kit.context());
    const again = await slackChannel.create(declare({ isPrivate }), kit.context());
    expect(again).toMatchObject({ id, state: { adopted: true, isPrivate } });
    expect((await slackChannel.read("#incidents", undefined, kit.context()))?.id).toBe(id);
  });

  it("needs groups:write, and the message says so", async () => {
    await kit.lack("groups:write");
    await expect(slackChannel.create(declare({ isPrivate }), kit.context())).rejects.toThrow(
      /missing_scope \(needed: groups:write.*for private channels groups:read and groups:write/,
    );
  });

  it("explains an archived namesake, which no bot sees", async () => {
    const { id } = await slackChannel.create(declare({ isPrivate }), kit.context());
    await kit.person(`/channels/${id}/archive`);
    const hurried = channelKind(kit.world);
    await expect(hurried.create(declare({ isPrivate }), kit.context())).rejects.toThrow(
      "It may be an archived private channel, which keeps its name and which no bot sees",
    );
  });
});
