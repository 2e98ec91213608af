import { invalidArguments, ok, refused, type Answer } from "../answer";
import { isMember, text, visibleChannel, type Call, type Method } from "../method";
import { rules } from "../rules";
import { slackId, type Bookmark } from "../workspace";

const missing = (call: Call, names: readonly string[]): readonly string[] =>
  names.filter((name) => text(call.args, name) === "").map((name) => `missing required field: ${name}`);

const addBookmark = (call: Call): Answer => {
  const mistakes = [...missing(call, ["channel_id", "title", "type"])];
  if (text(call.args, "title").length > rules.bookmarkTitle)
    mistakes.push(`must be less than ${rules.bookmarkTitle + 1} characters [json-pointer:/title]`);
  if (text(call.args, "link").length > rules.bookmarkLink)
    mistakes.push(`must be less than ${rules.bookmarkLink + 1} characters [json-pointer:/link]`);
  if (mistakes.length > 0) return invalidArguments(...mistakes);
  const channel = visibleChannel(call, text(call.args, "channel_id"));
  if (channel === undefined) return refused("channel_not_found");
  if (text(call.args, "type") !== "link") return refused("invalid_bookmark_type");
  const link = text(call.args, "link");
  if (!/^https?:\/\//.test(link)) return refused("invalid_link");
  const emoji = text(call.args, "emoji");
  if (emoji !== "" && !/^:[\w+-]+:$/.test(emoji)) return refused("invalid_emoji");
  const bookmark: Bookmark = {
    id: slackId("Bk0"),
    channel_id: channel.id,
    title: text(call.args, "title"),
    link,
    emoji,
    type: "link",
    date_created: Math.floor(Date.now() / 1_000),
  };
  channel.bookmarks.push(bookmark);
  call.workspace.changed(channel);
  return ok({ bookmark });
};

const addPin = (call: Call): Answer => {
  const channel = visibleChannel(call, text(call.args, "channel"));
  if (channel === undefined) return refused("channel_not_found");
  const ts = text(call.args, "timestamp");
  if (ts === "") return refused("no_item_specified");
  if (!/^\d+\.\d{6}$/.test(ts)) return refused("bad_timestamp");
  if (!isMember(channel)) return refused("not_in_channel");
  if (call.workspace.message(channel.id, ts) === undefined) return refused("message_not_found");
  if (channel.pins.has(ts)) return refused("already_pinned");
  channel.pins.add(ts);
  call.workspace.changed(channel);
  return ok();
};

/** Methods that mark things in a channel. */
export const markMethods: Readonly<Record<string, Method>> = {
  "bookmarks.add": { tier: 2, json: true, scopes: ["bookmarks:write"], run: addBookmark },
  "pins.add": { tier: 2, json: true, scopes: ["pins:write"], run: addPin },
};
