import { ok, refused, type Answer } from "../answer";
import { isMember, text, visibleChannel, type Call, type Method } from "../method";
import { rules } from "../rules";
import { users, type Channel } from "../workspace";
import { messageObject } from "./message-object";

const onMessage = (call: Call, run: (channel: Channel, ts: string) => Answer): Answer => {
  const channel = visibleChannel(call, text(call.args, "channel"));
  if (channel === undefined) return refused("channel_not_found");
  const ts = text(call.args, "timestamp");
  if (ts === "") return refused("no_item_specified");
  if (!/^\d+\.\d{6}$/.test(ts)) return refused("bad_timestamp");
  if (!isMember(channel)) return refused("not_in_channel");
  if (call.workspace.message(channel.id, ts) === undefined) return refused("message_not_found");
  return run(channel, ts);
};

/** The page shows a message's pin beside it. */
const marked = (call: Call, channel: Channel, ts: string): Answer => {
  const message = call.workspace.message(channel.id, ts);
  if (message !== undefined) call.workspace.edited(message);
  call.workspace.changed(channel);
  return ok();
};

const add = (call: Call): Answer =>
  onMessage(call, (channel, ts) => {
    if (channel.pins.has(ts)) return refused("already_pinned");
    if (channel.pins.size >= rules.pins) return refused("too_many_pins");
    channel.pins.add(ts);
    return marked(call, channel, ts);
  });

const remove = (call: Call): Answer =>
  onMessage(call, (channel, ts) => {
    if (!channel.pins.delete(ts)) return refused("no_pin");
    return marked(call, channel, ts);
  });

const list = (call: Call): Answer => {
  const channel = visibleChannel(call, text(call.args, "channel"));
  if (channel === undefined) return refused("channel_not_found");
  const items = [...channel.pins].flatMap((ts) => {
    const message = call.workspace.message(channel.id, ts);
    return message === undefined
      ? []
      : [
          {
            type: "message",
            created: Math.floor(Number(ts)),
            created_by: users.bot.id,
            channel: channel.id,
            message: { ...messageObject(message), pinned_to: [channel.id] },
          },
        ];
  });
  return ok({ items });
};

/** What is pinned in a channel. docs.slack.dev/reference/methods/pins.add and its neighbours */
export const pinMethods: Readonly<Record<string, Method>> = {
  "pins.add": { tier: 2, json: true, scopes: ["pins:write"], run: add },
  "pins.remove": { tier: 2, json: true, scopes: ["pins:write"], run: remove },
  "pins.list": { tier: 2, json: false, scopes: ["pins:read"], isRead: true, run: list },
};
