import { team, users, type Message } from "../workspace";

/** A message as the API's answers show it; metadata comes only where it is asked for. */
export const messageObject = (message: Message): Readonly<Record<string, unknown>> => ({
  type: "message",
  ...(message.username === undefined ? {} : { subtype: "bot_message", username: message.username }),
  user: message.user,
  bot_id: users.bot.botId,
  app_id: users.bot.appId,
  team: team.id,
  ts: message.ts,
  text: message.text,
  ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
  ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
  ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
  ...(message.editedTs === undefined ? {} : { edited: { user: message.user, ts: message.editedTs } }),
});
