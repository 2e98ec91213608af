import { invalidArguments, ok, okWithWarning, refused, type Answer } from "../answer";
import { flag, isMember, lacking, text, visibleChannel, type Call, type Method } from "../method";
import { nameFault, rules } from "../rules";
import { stated, users, type Channel } from "../workspace";
import { channelObject } from "./channel-object";

const manage = (channel: { readonly isPrivate: boolean }, narrower?: string): readonly string[] => {
  const whole = channel.isPrivate ? "groups:write" : "channels:manage";
  return narrower === undefined ? [whole] : [whole, `${whole.split(":")[0]}:${narrower}`];
};
const anyManage = ["channels:manage", "groups:write"] as const;

/** Finds the channel that the call names and checks the scopes that its kind needs. */
const onChannel = (
  call: Call,
  needed: (channel: Channel) => readonly string[],
  run: (channel: Channel) => Answer,
): Answer => {
  const id = text(call.args, "channel");
  if (id === "") return invalidArguments("missing required field: channel");
  const channel = visibleChannel(call, id);
  if (channel === undefined) return refused("channel_not_found");
  return lacking(call, needed(channel)) ?? run(channel);
};

const setStatement =
  (field: "topic" | "purpose") =>
  (call: Call): Answer =>
    onChannel(
      call,
      (channel) => manage(channel, "write.topic"),
      (channel) => {
        if (call.args[field] === undefined) return invalidArguments(`missing required field: ${field}`);
        const value = text(call.args, field);
        if (channel.isArchived) return refused("is_archived");
        if (!isMember(channel)) return refused("not_in_channel");
        if (Array.from(value).length > rules.topicLength) return refused("too_long");
        if (channel[field].value !== value) {
          channel[field] = stated(value, users.bot.id);
          call.workspace.changed(channel);
        }
        return ok({ channel: channelObject(channel) });
      },
    );

const create = (call: Call): Answer => {
  const isPrivate = flag(call.args, "is_private");
  const missing = lacking(call, manage({ isPrivate }));
  if (missing !== undefined) return missing;
  const name = text(call.args, "name");
  const fault = nameFault(name);
  if (fault !== undefined) return refused(fault);
  // An archived channel still holds its name.
  if (call.workspace.named(name) !== undefined) return refused("name_taken");
  return ok({ channel: channelObject(call.workspace.create({ name, isPrivate, creator: users.bot.id })) });
};

const join = (call: Call): Answer =>
  onChannel(
    call,
    () => ["channels:join"],
    (channel) => {
      if (channel.isPrivate) return refused("method_not_supported_for_channel_type");
      if (channel.isArchived) return refused("is_archived");
      if (isMember(channel)) return okWithWarning("already_in_channel", { channel: channelObject(channel) });
      channel.members.add(users.bot.id);
      call.workspace.changed(channel);
      return ok({ channel: channelObject(channel) });
    },
  );

const archive = (call: Call): Answer =>
  onChannel(call, manage, (channel) => {
    if (channel.isGeneral) return refused("cant_archive_general");
    if (channel.isArchived) return refused("already_archived");
    if (!isMember(channel)) return refused("not_in_channel");
    channel.isArchived = true;
    // Slack takes apps out of a channel when it is archived (elastic/connectors issue 1972).
    channel.members.delete(users.bot.id);
    call.workspace.changed(channel);
    return ok();
  });

// A bot cannot: archiving took it out, it cannot join what is archived, and Slack wants a member (slack-go issue 1066).
const unarchive = (call: Call): Answer =>
  onChannel(call, manage, (channel) => refused(channel.isArchived ? "not_in_channel" : "not_archived"));

const rename = (call: Call): Answer =>
  onChannel(call, manage, (channel) => {
    const name = text(call.args, "name");
    const fault = nameFault(name);
    if (fault !== undefined) return refused(fault);
    if (channel.isArchived) return refused("is_archived");
    if (!isMember(channel)) return refused("not_in_channel");
    // Only who made a channel, or an administrator, may rename it.
    if (channel.creator !== users.bot.id) return refused("not_authorized");
    const holder = call.workspace.named(name);
    if (holder !== undefined && holder !== channel) return refused("name_taken");
    if (holder === undefined) {
      channel.previousNames.unshift(channel.name);
      channel.name = name;
      call.workspace.changed(channel);
    }
    return ok({ channel: channelObject(channel) });
  });

/** Methods that make and change channels. */
export const channelMethods: Readonly<Record<string, Method>> = {
  "conversations.create": { tier: 2, json: true, scopes: anyManage, run: create },
  "conversations.join": { tier: 3, json: true, scopes: ["channels:join"], run: join },
  "conversations.archive": { tier: 2, json: true, scopes: anyManage, run: archive },
  "conversations.unarchive": { tier: 2, json: true, scopes: anyManage, run: unarchive },
  "conversations.rename": { tier: 2, json: true, scopes: anyManage, run: rename },
  "conversations.setTopic": {
    tier: 2,
    json: true,
    scopes: [...anyManage, "channels:write.topic", "groups:write.topic"],
    run: setStatement("topic"),
  },
  "conversations.setPurpose": {
    tier: 2,
    json: true,
    scopes: [...anyManage, "channels:write.topic", "groups:write.topic"],
    run: setStatement("purpose"),
  },
};
