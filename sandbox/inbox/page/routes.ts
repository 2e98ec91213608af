import { Hono } from "hono";
import { streamArrivals } from "../../feed/stream";
import { answerPage, type Markup } from "../../page/document";
import type { Store } from "../store";
import { entryMarkup } from "./entry";
import { live } from "./live";
import { isIn, pageMarkup, sidebarMarkup, viewOf } from "./page";
import { style } from "./style";

/** A mail's own HTML may look as it likes and do nothing: no script, no picture from elsewhere, no form. */
const mailPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const markup = async (part: Markup): Promise<string> => String(await part);

/** The page at `/`, its parts, its live stream, and the HTML of a mail. */
export const pageRoutes = (store: Store): Hono => {
  const routes = new Hono();
  routes.get("/", (c) => answerPage(c, pageMarkup(store, viewOf(c.req.query()))));
  routes.get("/page/style.css", (c) => c.body(style, 200, { "Content-Type": "text/css; charset=utf-8" }));
  routes.get("/page/live.js", (c) => c.body(live, 200, { "Content-Type": "text/javascript; charset=utf-8" }));
  routes.get("/mails/:id", (c) => {
    const mail = store
      .entries()
      .find((entry) => entry.kind === "mail" && String(entry.id) === c.req.param("id"));
    if (mail?.kind !== "mail" || mail.html === undefined) return c.text("no such mail", 404);
    c.header("Content-Security-Policy", mailPolicy);
    return c.html(mail.html);
  });

  routes.get("/page/events", (c) => {
    const view = viewOf(c.req.query());
    const known = Number(c.req.header("last-event-id") ?? c.req.query("after") ?? 0);
    return streamArrivals(c, {
      missed: () => store.entries().filter(({ id }) => id > known),
      watch: (onArrival) => store.watch(onArrival),
      send: async (stream, entry) => {
        const id = String(entry.id);
        if (isIn(view, entry))
          await stream.writeSSE({
            id,
            event: "entry",
            data: JSON.stringify({ html: await markup(entryMarkup(entry)) }),
          });
        const html = await markup(sidebarMarkup(store, view));
        await stream.writeSSE({ id, event: "sidebar", data: JSON.stringify({ html }) });
      },
    });
  });
  return routes;
};
