import { invalidArguments, ok, refused, type Answer } from "../answer";
import { text, visibleChannel, type Call, type Method } from "../method";
import { rules } from "../rules";
import { slackId, type Bookmark, type Channel } from "../workspace";

/** Finds the channel once nothing is wrong with the arguments. */
const onChannel = (call: Call, required: readonly string[], run: (channel: Channel) => Answer): Answer => {
  const mistakes = required
    .filter((name) => text(call.args, name) === "")
    .map((name) => `missing required field: ${name}`);
  if (text(call.args, "title").length > rules.bookmarkTitle)
    mistakes.push(`must be less than ${rules.bookmarkTitle + 1} characters [json-pointer:/title]`);
  if (text(call.args, "link").length > rules.bookmarkLink)
    mistakes.push(`must be less than ${rules.bookmarkLink + 1} characters [json-pointer:/link]`);
  if (mistakes.length > 0) return invalidArguments(...mistakes);
  const channel = visibleChannel(call, text(call.args, "channel_id"));
  return channel === undefined ? refused("channel_not_found") : run(channel);
};

/** Slack's word for a link or an emoji that it does not take. */
const fault = (link: string, emoji: string): string | undefined => {
  if (!/^https?:\/\//.test(link)) return "invalid_link";
  return emoji === "" || /^:[\w+-]+:$/.test(emoji) ? undefined : "invalid_emoji";
};

const now = (): number => Math.floor(Date.now() / 1_000);

const add = (call: Call): Answer =>
  onChannel(call, ["channel_id", "title", "type"], (channel) => {
    if (text(call.args, "type") !== "link") return refused("invalid_bookmark_type");
    const link = text(call.args, "link");
    const emoji = text(call.args, "emoji");
    const wrong = fault(link, emoji);
    if (wrong !== undefined) return refused(wrong);
    if (channel.isArchived) return refused("permission_denied");
    if (channel.bookmarks.length >= rules.bookmarks) return refused("too_many_bookmarks");
    // Two of one title and link are two bookmarks: Slack knows no natural key.
    const bookmark: Bookmark = {
      id: slackId("Bk0"),
      channel_id: channel.id,
      title: text(call.args, "title"),
      link,
      emoji,
      type: "link",
      date_created: now(),
      date_updated: 0,
    };
    channel.bookmarks.push(bookmark);
    call.workspace.changed(channel);
    return ok({ bookmark });
  });

const onBookmark = (call: Call, run: (channel: Channel, bookmark: Bookmark) => Answer): Answer =>
  onChannel(call, ["channel_id", "bookmark_id"], (channel) => {
    const bookmark = channel.bookmarks.find(({ id }) => id === text(call.args, "bookmark_id"));
    if (bookmark === undefined) return refused("not_found");
    return channel.isArchived ? refused("permission_denied") : run(channel, bookmark);
  });

const edit = (call: Call): Answer =>
  onBookmark(call, (channel, bookmark) => {
    const given = (name: "title" | "link" | "emoji"): string =>
      call.args[name] === undefined ? bookmark[name] : text(call.args, name);
    const wrong = fault(given("link"), given("emoji"));
    if (wrong !== undefined) return refused(wrong);
    Object.assign(bookmark, { title: given("title"), link: given("link"), emoji: given("emoji") });
    bookmark.date_updated = now();
    call.workspace.changed(channel);
    return ok({ bookmark });
  });

const remove = (call: Call): Answer =>
  onBookmark(call, (channel, bookmark) => {
    channel.bookmarks.splice(channel.bookmarks.indexOf(bookmark), 1);
    call.workspace.changed(channel);
    return ok();
  });

const list = (call: Call): Answer =>
  onChannel(call, ["channel_id"], (channel) => ok({ bookmarks: channel.bookmarks }));

const scopes = ["bookmarks:write"];

/** Links above a channel's messages. docs.slack.dev/reference/methods/bookmarks.add and its neighbours */
export const bookmarkMethods: Readonly<Record<string, Method>> = {
  "bookmarks.add": { tier: 2, json: true, scopes, run: add },
  "bookmarks.edit": { tier: 2, json: true, scopes, run: edit },
  "bookmarks.remove": { tier: 2, json: true, scopes, run: remove },
  "bookmarks.list": { tier: 3, json: true, scopes: ["bookmarks:read"], isRead: true, run: list },
};
