import { Hono } from "hono";
import { z } from "zod";
import type { LoggedCall } from "../monitoring/api";
import { chosen } from "../monitoring/notifications";
import type { Account } from "./account";
import type { Engine } from "./engine";
import { incidentView, stateOf } from "./views";

const number = z.coerce.number().int().optional();

/** Routes below `/uptimerobot` of the control server: what became of all. */
export const controlRoutes = (account: Account, engine: Engine, calls: LoggedCall[]): Hono => {
  const app = new Hono();
  app.get("/state", (c) => c.json(stateOf(account, engine)));
  app.get("/incidents", (c) => c.json({ incidents: engine.incidents.all.list().map(incidentView) }));
  app.get("/notifications", (c) =>
    c.json({
      notifications: chosen(engine.notifications.all, {
        incident: number.parse(c.req.query("incident")),
        after: number.parse(c.req.query("after")),
      }),
    }),
  );
  app.get("/calls", (c) => c.json({ calls }));
  app.delete("/calls", (c) => {
    calls.length = 0;
    return c.json({ ok: true });
  });
  return app;
};
