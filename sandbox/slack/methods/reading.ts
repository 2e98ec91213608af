import { invalidArguments, ok, refused, type Answer } from "../answer";
import { flag, isMember, lacking, text, visibleChannel, type Call, type Method } from "../method";
import type { Channel } from "../workspace";
import { channelObject } from "./channel-object";
import { pageOf } from "./paging";

const readScope = (channel: Channel): readonly string[] => [
  channel.isPrivate ? "groups:read" : "channels:read",
];
const scopeOfType: Readonly<Record<string, string>> = {
  public_channel: "channels:read",
  private_channel: "groups:read",
  mpim: "mpim:read",
  im: "im:read",
};

// The page is cut first and filtered after, so that short and even empty pages with a cursor are normal.
const list = (call: Call): Answer => {
  const types = (text(call.args, "types") || "public_channel").split(",").map((type) => type.trim());
  const needed = types.map((type) => scopeOfType[type]);
  if (needed.includes(undefined)) return refused("invalid_types");
  const missing = needed.filter((scope) => scope !== undefined && !call.scopes.includes(scope));
  if (missing.length > 0)
    return refused("missing_scope", { needed: missing.join(","), provided: call.scopes.join(",") });

  const page = pageOf(call.workspace.channels(), call.args);
  if ("ok" in page) return page;
  const shown = page.items.filter(
    (channel) =>
      types.includes(channel.isPrivate ? "private_channel" : "public_channel") &&
      (!channel.isPrivate || isMember(channel)) &&
      !(flag(call.args, "exclude_archived") && channel.isArchived),
  );
  return ok({
    channels: shown.map((channel) => ({ ...channelObject(channel), num_members: channel.members.size })),
    response_metadata: { next_cursor: page.nextCursor },
  });
};

const onChannel = (call: Call, run: (channel: Channel) => Answer): Answer => {
  const id = text(call.args, "channel");
  if (id === "") return invalidArguments("missing required field: channel");
  const channel = visibleChannel(call, id);
  if (channel === undefined) return refused("channel_not_found");
  return lacking(call, readScope(channel)) ?? run(channel);
};

const info = (call: Call): Answer =>
  onChannel(call, (channel) => {
    const count = flag(call.args, "include_num_members") ? { num_members: channel.members.size } : {};
    return ok({ channel: { ...channelObject(channel), ...count } });
  });

const members = (call: Call): Answer =>
  onChannel(call, (channel) => {
    const page = pageOf([...channel.members], call.args);
    if ("ok" in page) return page;
    return ok({ members: page.items, response_metadata: { next_cursor: page.nextCursor } });
  });

/** Methods that read channels. They take a form or a query; a JSON body is ignored. */
export const readingMethods: Readonly<Record<string, Method>> = {
  "conversations.list": { tier: 2, json: false, scopes: [], isRead: true, run: list },
  "conversations.info": {
    tier: 3,
    json: false,
    scopes: ["channels:read", "groups:read"],
    isRead: true,
    run: info,
  },
  "conversations.members": {
    tier: 4,
    json: false,
    scopes: ["channels:read", "groups:read"],
    isRead: true,
    run: members,
  },
};
