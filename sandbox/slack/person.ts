import { Hono } from "hono";
import { z } from "zod";
import { viewMessages } from "./message-view";
import { nameFault } from "./rules";
import type { Webhooks } from "./webhooks";
import { stated, users, type Workspace } from "./workspace";

const channelSchema = z.strictObject({
  name: z.string(),
  isPrivate: z.boolean().default(false),
  topic: z.string().default(""),
  /** Whether the bot is invited at once. */
  withBot: z.boolean().default(false),
});
const leaveSchema = z.strictObject({ user: z.string() });
const webhookSchema = z.strictObject({ channel: z.string() });

/** What a person can do in Slack's own window and a bot cannot; and a look at all messages, whatever is broken. */
export const personRoutes = (workspace: Workspace, webhooks: Webhooks, serverUrl: () => string): Hono => {
  const routes = new Hono();

  routes.get("/messages", (c) =>
    c.json({
      messages: viewMessages(workspace, { channel: c.req.query("channel"), after: c.req.query("after") }),
    }),
  );
  routes.get("/channels", (c) =>
    c.json({
      channels: workspace.channels().map((channel) => ({
        id: channel.id,
        name: channel.name,
        isPrivate: channel.isPrivate,
        isArchived: channel.isArchived,
        topic: channel.topic.value,
        purpose: channel.purpose.value,
        members: [...channel.members],
        bookmarks: channel.bookmarks,
        pins: [...channel.pins],
      })),
    }),
  );
  routes.post("/channels", async (c) => {
    const asked = channelSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!asked.success) return c.json({ error: z.prettifyError(asked.error) }, 400);
    const { name, isPrivate, topic, withBot } = asked.data;
    const fault = nameFault(name) ?? (workspace.named(name) === undefined ? undefined : "name_taken");
    if (fault !== undefined) return c.json({ error: fault }, 409);
    const channel = workspace.create({ name, isPrivate, creator: users.admin.id });
    if (withBot) channel.members.add(users.bot.id);
    if (topic !== "") channel.topic = stated(topic, users.admin.id);
    workspace.changed(channel);
    return c.json({ id: channel.id, name });
  });
  routes.post("/channels/:channel/:act{archive|unarchive}", (c) => {
    const channel = workspace.find(c.req.param("channel"));
    if (channel === undefined) return c.json({ error: "no such channel" }, 404);
    channel.isArchived = c.req.param("act") === "archive";
    if (channel.isArchived) channel.members.delete(users.bot.id);
    workspace.changed(channel);
    return c.json({ id: channel.id, isArchived: channel.isArchived });
  });
  routes.post("/channels/:channel/leave", async (c) => {
    const asked = leaveSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!asked.success) return c.json({ error: z.prettifyError(asked.error) }, 400);
    const channel = workspace.find(c.req.param("channel"));
    if (channel?.members.delete(asked.data.user) !== true) return c.json({ error: "no such member" }, 404);
    workspace.changed(channel);
    return c.json({ id: channel.id, members: [...channel.members] });
  });
  routes.post("/webhooks", async (c) => {
    const asked = webhookSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!asked.success) return c.json({ error: z.prettifyError(asked.error) }, 400);
    const channel = workspace.find(asked.data.channel);
    if (channel === undefined) return c.json({ error: "no such channel" }, 404);
    const hook = webhooks.add(channel.id);
    return c.json({ id: hook.id, url: `${serverUrl()}${hook.path}` });
  });
  routes.delete("/webhooks/:id", (c) =>
    webhooks.remove(c.req.param("id")) ? c.json({ ok: true }) : c.json({ error: "no such webhook" }, 404),
  );
  return routes;
};
