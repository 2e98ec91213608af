import type { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Access } from "../http/guard";
import { guarded } from "../http/guard";
import { say } from "../http/serve";
import type { Book } from "./book";
import { readNotification } from "./notification";

/** Some thousand alerts. */
const longestBody = 8_000_000;

/** The journal's address: Alertmanager's webhook, and the page. */
export const journalRoutes = (book: Book, access: Access): Hono => {
  const app = guarded(access);
  app.post("/alerts", bodyLimit({ maxSize: longestBody }), async (c) => {
    const alerts = readNotification(await c.req.json<unknown>().catch(() => undefined));
    if (alerts === undefined) return c.json({ error: "not a notification of Alertmanager, version 4" }, 400);
    try {
      return c.json({ written: await book.write(alerts) });
    } catch (error) {
      // Alertmanager sends again what is answered with 5xx.
      say(`not written: ${error instanceof Error ? error.message : String(error)}`);
      return c.json({ error: "not written" }, 503);
    }
  });
  app.get("/reliability.md", async (c) =>
    c.body(await book.read(), 200, { "Content-Type": "text/markdown; charset=utf-8" }),
  );
  return app;
};
