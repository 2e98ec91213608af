import { Hono } from "hono";
import { z } from "zod";
import type { LoggedCall } from "../monitoring/api";
import { watchedRoutes } from "../monitoring/control";
import type { Account } from "./account";
import type { Engine } from "./engine";
import { incidentView, stateOf } from "./views";

const slackSchema = z.strictObject({
  channel: z.string().min(1),
  channelId: z.string().default(""),
  /** The incoming webhook that messages go to. */
  webhookUrl: z.url(),
});
const bySchema = z.strictObject({ by: z.string().min(1).default("a person") });
const inviteSchema = z.strictObject({ email: z.email({ pattern: /^[^\s@]+@[^\s@]+$/ }) });

/** Routes below `/betterstack` of the control server: what a person does there, and what became of all. */
export const controlRoutes = (account: Account, engine: Engine, calls: LoggedCall[]): Hono => {
  const { incidents, notifications } = engine;
  const app = new Hono();
  app.onError((error, c) =>
    error instanceof z.ZodError
      ? c.json({ error: z.prettifyError(error) }, 400)
      : c.json({ error: error.message }, 500),
  );

  app.route(
    "/",
    watchedRoutes({
      state: () => stateOf(account, engine),
      incidents: () => incidents.all.list().map(incidentView),
      notifications,
      calls,
    }),
  );
  app.post("/incidents/:id/:act{acknowledge|resolve}", async (c) => {
    const { by } = bySchema.parse(await c.req.json().catch(() => ({})));
    const id = Number(c.req.param("id"));
    const done =
      c.req.param("act") === "acknowledge" ? incidents.acknowledge(id, by) : incidents.resolve(id, by);
    if (done === undefined) return c.json({ error: "no such incident, or it was so before" }, 409);
    return c.json(incidentView(incidents.all.get(id) ?? done));
  });
  // OAuth in a browser, which no API does.
  app.post("/slack-integrations", async (c) => {
    const { channel, channelId, webhookUrl } = slackSchema.parse(await c.req.json().catch(() => undefined));
    const { id } = account.add("slack-integrations", {
      slack_team_id: "T0HOTDASH",
      slack_team_name: "Hotdash",
      slack_channel_id: channelId,
      slack_channel_name: `#${channel.replace(/^#/, "")}`,
      slack_status: "active",
      integration_type: "verbose",
      on_call_notifications: true,
      notify_alongside_primary_responder: true,
      notify_on_resolve: true,
      alert_options: [],
      webhookUrl,
    });
    return c.json({ id });
  });
  app.delete("/slack-integrations/:id", (c) =>
    account.remove("slack-integrations", Number(c.req.param("id")))
      ? c.json({ ok: true })
      : c.json({ error: "no such integration" }, 404),
  );
  app.post("/people", async (c) =>
    c.json(account.invite(inviteSchema.parse(await c.req.json().catch(() => undefined)).email).person),
  );
  return app;
};
