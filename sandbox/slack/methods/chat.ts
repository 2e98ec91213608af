import { z } from "zod";
import { invalidArguments, ok, okWithWarning, refused, type Answer } from "../answer";
import { readContent, type Content } from "../message-parts";
import { isMember, text, visibleChannel, type Call, type HttpRefusal, type Method } from "../method";
import { rules } from "../rules";
import { users, type Channel, type MessageMetadata } from "../workspace";
import { messageObject } from "./message-object";

const contentRefusal = (content: Extract<Content, { kind: "refused" }>): Answer =>
  refused(
    content.error,
    content.messages === undefined
      ? {}
      : {
          errors: content.messages,
          response_metadata: { messages: content.messages.map((message) => `[ERROR] ${message}`) },
        },
  );

const done = (
  fields: Readonly<Record<string, unknown>>,
  content: Extract<Content, { kind: "content" }>,
): Answer => (content.truncated ? okWithWarning("message_truncated", fields) : ok(fields));

const metadataSchema = z.object({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
});
/** The metadata of a call: none where it has none, "refused" where it is malformed. */
const metadataOf = (call: Call): MessageMetadata | "refused" | undefined => {
  const given = call.args.metadata;
  if (given === undefined || given === null || given === "") return undefined;
  try {
    const parsed = metadataSchema.safeParse(typeof given === "string" ? JSON.parse(given) : given);
    return parsed.success ? parsed.data : "refused";
  } catch {
    return "refused"; // text that is no JSON
  }
};
// Unlike the conversations methods, posting takes a name as well as an id.
const postable = (call: Call, place: string): Channel | undefined => {
  const channel = call.workspace.find(place);
  return channel === undefined ? undefined : visibleChannel(call, channel.id);
};

const postMessage = (call: Call): Answer | HttpRefusal => {
  const place = text(call.args, "channel");
  if (place === "") return invalidArguments("missing required field: channel");
  const channel = postable(call, place);
  if (channel === undefined) return refused("channel_not_found");
  if (channel.isArchived) return refused("is_archived");
  if (!isMember(channel) && !call.scopes.includes("chat:write.public")) return refused("not_in_channel");
  const content = readContent(call.args);
  if (content.kind === "refused") return contentRefusal(content);
  const metadata = metadataOf(call);
  if (metadata === "refused") return refused("invalid_metadata_format");
  const throttled = call.limits.post(channel.id);
  if (throttled !== undefined) return throttled;

  const username = call.scopes.includes("chat:write.customize") ? text(call.args, "username") : "";
  const threadTs = text(call.args, "thread_ts");
  const message = call.workspace.add({
    channel: channel.id,
    user: users.bot.id,
    via: "web-api",
    text: content.text,
    blocks: content.blocks,
    attachments: content.attachments,
    ...(metadata && { metadata }),
    ...(username === "" ? {} : { username }),
    ...(threadTs === "" ? {} : { threadTs }),
  });
  return done({ channel: channel.id, ts: message.ts, message: messageObject(message) }, content);
};

const update = (call: Call): Answer => {
  const missing = ["channel", "ts"].filter((name) => text(call.args, name) === "");
  if (missing.length > 0)
    return invalidArguments(...missing.map((name) => `missing required field: ${name}`));
  const channel = visibleChannel(call, text(call.args, "channel"));
  if (channel === undefined) return refused("channel_not_found");
  if (channel.isArchived) return refused("is_inactive");
  const message = call.workspace.message(channel.id, text(call.args, "ts"));
  if (message === undefined) return refused("message_not_found");
  // A webhook's messages belong to the webhook.
  if (message.via !== "web-api") return refused("cant_update_message");
  if (text(call.args, "text").length > rules.updatedTextLength) return refused("msg_too_long");
  const content = readContent(call.args);
  if (content.kind === "refused") return contentRefusal(content);
  const metadata = metadataOf(call);
  if (metadata === "refused") return refused("invalid_metadata_format");
  if (metadata !== undefined) message.metadata = metadata;
  message.text = content.text;
  message.blocks = content.blocks;
  message.attachments = content.attachments;
  message.editedTs = call.workspace.nextTs();
  call.workspace.edited(message);
  return done(
    { channel: channel.id, ts: message.ts, text: message.text, message: messageObject(message) },
    content,
  );
};

const remove = (call: Call): Answer => {
  const missing = ["channel", "ts"].filter((name) => text(call.args, name) === "");
  if (missing.length > 0)
    return invalidArguments(...missing.map((name) => `missing required field: ${name}`));
  const channel = visibleChannel(call, text(call.args, "channel"));
  if (channel === undefined) return refused("channel_not_found");
  const message = call.workspace.message(channel.id, text(call.args, "ts"));
  if (message === undefined) return refused("message_not_found");
  // Not in the method's page: nothing can be changed in an archived channel.
  if (channel.isArchived) return refused("is_archived");
  if (message.via !== "web-api") return refused("cant_delete_message");
  call.workspace.remove(message);
  call.workspace.changed(channel);
  return ok({ channel: channel.id, ts: message.ts });
};

/** Methods that post. */
export const chatMethods: Readonly<Record<string, Method>> = {
  "chat.postMessage": { tier: "special", json: true, scopes: ["chat:write"], run: postMessage },
  "chat.update": { tier: 3, json: true, scopes: ["chat:write"], run: update },
  "chat.delete": { tier: 3, json: true, scopes: ["chat:write"], run: remove },
};
