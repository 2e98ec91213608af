import { Hono } from "hono";
import { z } from "zod";
import type { LoggedCall } from "./api";
import { chosen, type NotificationLog } from "./notifications";

const number = z.coerce.number().int().optional();

/** What became of all at a service that watches. */
export interface Watched {
  readonly state: () => object;
  /** Oldest first. */
  readonly incidents: () => readonly object[];
  readonly notifications: NotificationLog;
  readonly calls: LoggedCall[];
}

/** The routes that a service that watches has below its name on the control server. */
export const watchedRoutes = ({ state, incidents, notifications, calls }: Watched): Hono => {
  const app = new Hono();
  app.get("/state", (c) => c.json(state()));
  app.get("/incidents", (c) => c.json({ incidents: incidents() }));
  app.get("/notifications", (c) =>
    c.json({
      notifications: chosen(notifications.all, {
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
