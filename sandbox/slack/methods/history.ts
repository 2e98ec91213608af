import { invalidArguments, ok, refused, type Answer } from "../answer";
import { flag, isMember, lacking, text, visibleChannel, type Call, type Method } from "../method";
import { messageObject } from "./message-object";
import { pageOf } from "./paging";

const isTs = (ts: string): boolean => /^\d+(\.\d{1,6})?$/.test(ts);

// Newest first. Messages in threads are not in the history, but there are replies only where somebody asked for them.
const history = (call: Call): Answer => {
  const id = text(call.args, "channel");
  if (id === "") return invalidArguments("missing required field: channel");
  const channel = visibleChannel(call, id);
  if (channel === undefined) return refused("channel_not_found");
  const missing = lacking(call, [channel.isPrivate ? "groups:history" : "channels:history"]);
  if (missing !== undefined) return missing;
  // A bot reads only where it is a member (docs.slack.dev/reference/methods/conversations.history).
  if (!isMember(channel)) return refused("not_in_channel");
  const oldest = text(call.args, "oldest") || "0";
  const latest = text(call.args, "latest") || "99999999999";
  if (!isTs(oldest)) return refused("invalid_ts_oldest");
  if (!isTs(latest)) return refused("invalid_ts_latest");
  const isInclusive = flag(call.args, "inclusive");
  const from = Number(oldest);
  const to = Number(latest);
  const within = call.workspace
    .messages(channel.id)
    .filter(({ ts, threadTs }) => {
      if (threadTs !== undefined && threadTs !== ts) return false;
      const at = Number(ts);
      return (at > from && at < to) || (isInclusive && (at === from || at === to));
    })
    .toReversed();
  const page = pageOf(within, call.args);
  if ("ok" in page) return page;
  return ok({
    messages: page.items.map((message) => ({
      ...messageObject(message),
      ...(channel.pins.has(message.ts) ? { pinned_to: [channel.id] } : {}),
      ...(flag(call.args, "include_all_metadata") && message.metadata ? { metadata: message.metadata } : {}),
    })),
    has_more: page.nextCursor !== "",
    pin_count: channel.pins.size,
    channel_actions_ts: null,
    channel_actions_count: 0,
    response_metadata: { next_cursor: page.nextCursor },
  });
};

/** Methods that read messages. */
export const historyMethods: Readonly<Record<string, Method>> = {
  "conversations.history": {
    tier: 3,
    json: true,
    scopes: ["channels:history", "groups:history"],
    isRead: true,
    run: history,
  },
};
