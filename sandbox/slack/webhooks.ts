import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { breakage, tooManyRequests, type Bindings } from "./breakage";
import type { FaultBoard } from "../faults/fault-board";
import { readContent } from "./message-parts";
import type { RateLimits } from "./rate-limits";
import { slackId, team, users, type Workspace } from "./workspace";

/** An incoming webhook: whoever knows its path may post to its channel. */
export interface Webhook {
  readonly id: string;
  readonly channelId: string;
  /** Path below the server's address. A secret. */
  readonly path: string;
}

/** The workspace's incoming webhooks. In Slack a person makes them; no API does. */
export interface Webhooks {
  add(channelId: string): Webhook;
  /** Removes one; its address then answers `no_service`. */
  remove(id: string): boolean;
  readonly routes: Hono<Bindings>;
}

const parsePayload = (contentType: string, body: string): Readonly<Record<string, unknown>> | undefined => {
  // A form carries the JSON in its field `payload`, as Slack's oldest integrations do.
  const json = contentType.startsWith("application/x-www-form-urlencoded")
    ? (new URLSearchParams(body).get("payload") ?? "")
    : body;
  try {
    const payload: unknown = JSON.parse(json);
    return typeof payload === "object" && payload !== null && !Array.isArray(payload)
      ? (payload as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
};

/** Makes the webhooks' place. Answers are plain text with a telling status, unlike the Web API's. */
export const createWebhooks = (workspace: Workspace, limits: RateLimits, faults: FaultBoard): Webhooks => {
  const hooks = new Map<string, Webhook>();
  const routes = new Hono<Bindings>();
  routes.use(breakage(faults, () => ({ name: "webhook", isRead: false })));

  routes.post("/:team/:id/:secret", async (c) => {
    if (c.req.param("team") !== team.id) return c.text("no_team", 404);
    const hook = hooks.get(c.req.param("id"));
    if (hook === undefined) return c.text("no_service", 404);
    if (!hook.path.endsWith(`/${c.req.param("secret")}`)) return c.text("invalid_token", 403);

    const payload = parsePayload(c.req.header("content-type") ?? "", await c.req.text());
    if (payload === undefined) return c.text("invalid_payload", 400);
    const channel = workspace.find(hook.channelId);
    if (channel === undefined) return c.text("channel_not_found", 404);
    if (channel.isArchived) return c.text("channel_is_archived", 410);
    const content = readContent(payload);
    if (content.kind === "refused") return c.text(content.error, 400);
    const throttled = limits.post(hook.id);
    if (throttled !== undefined) return tooManyRequests(c, throttled.retryAfter, true);

    // `channel` and `username` of the payload are ignored, as for any webhook of a Slack app.
    workspace.add({
      channel: channel.id,
      user: users.bot.id,
      via: "webhook",
      text: content.text,
      blocks: content.blocks,
      attachments: content.attachments,
    });
    return c.text("ok");
  });

  return {
    add: (channelId) => {
      const id = slackId("B0");
      const hook = { id, channelId, path: `/services/${team.id}/${id}/${randomBytes(12).toString("hex")}` };
      hooks.set(id, hook);
      return hook;
    },
    remove: (id) => hooks.delete(id),
    routes,
  };
};
