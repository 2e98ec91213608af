import { invalidArguments, ok, refused, type Answer } from "../answer";
import { flag, isMember, lacking, text, visibleChannel, type Call, type Method } from "../method";
import { rules } from "../rules";
import { userIds, users, type Channel } from "../workspace";
import { channelObject } from "./channel-object";

const obstacle = (channel: Channel, user: string): string | undefined => {
  if (!userIds.includes(user)) return "user_not_found";
  if (user === users.bot.id) return "cant_invite_self";
  return channel.members.has(user) ? "already_in_channel" : undefined;
};

const invite = (call: Call): Answer => {
  const id = text(call.args, "channel");
  if (id === "") return invalidArguments("missing required field: channel");
  const channel = visibleChannel(call, id);
  if (channel === undefined) return refused("channel_not_found");
  const family = channel.isPrivate
    ? ["groups:write", "groups:write.invites"]
    : ["channels:manage", "channels:write.invites"];
  const missing = lacking(call, family);
  if (missing !== undefined) return missing;
  if (channel.isArchived) return refused("is_archived");
  if (!isMember(channel)) return refused("not_in_channel");

  const invited = text(call.args, "users")
    .split(",")
    .map((user) => user.trim())
    .filter((user) => user !== "");
  if (invited.length === 0) return refused("no_user");
  if (invited.length > rules.usersPerInvite)
    return invalidArguments(`no more than ${rules.usersPerInvite} users`);

  const errors = invited.flatMap((user) => {
    const error = obstacle(channel, user);
    return error === undefined ? [] : [{ user, ok: false, error }];
  });
  const [first] = errors;
  const welcome = invited.filter((user) => !errors.some((error) => error.user === user));
  // One bad name spoils the call unless it is forced.
  if (first !== undefined && (!flag(call.args, "force") || welcome.length === 0))
    return refused(first.error, { errors });

  welcome.forEach((user) => channel.members.add(user));
  call.workspace.changed(channel);
  return ok({ channel: channelObject(channel), ...(errors.length > 0 ? { errors } : {}) });
};

/** Methods that bring people into channels. */
export const inviteMethods: Readonly<Record<string, Method>> = {
  "conversations.invite": {
    tier: 3,
    json: true,
    scopes: ["channels:manage", "channels:write.invites", "groups:write", "groups:write.invites"],
    run: invite,
  },
};
