import { Hono, type Context } from "hono";
import { streamSSE } from "hono/streaming";
import { viewMessages } from "../message-view";
import type { Workspace, WorkspaceEvent } from "../workspace";
import { live } from "./live";
import type { Markup } from "./mrkdwn";
import { headingMarkup, messageMarkup, pageMarkup, sidebarMarkup, type View } from "./page";
import { style } from "./style";

/** The page may load its own parts only. */
const policy =
  "default-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A comment now and then keeps the stream from being taken for dead, milliseconds. */
const keepAlive = 15_000;

const markup = async (part: Markup): Promise<string> => String(await part);

const viewOf = (workspace: Workspace, channelId: string): View | undefined => {
  if (channelId === "") return { kind: "all" };
  const channel = workspace.find(channelId);
  return channel === undefined ? undefined : { kind: "channel", channel };
};

/** The page at `/` and `/channels/<id or name>`, its parts, its live stream, and the messages as JSON. */
export const pageRoutes = (workspace: Workspace): Hono => {
  const routes = new Hono();

  const page = async (c: Context, view: View | undefined): Promise<Response> => {
    if (view === undefined) return c.text("no such channel", 404);
    c.header("Content-Security-Policy", policy);
    c.header("Cache-Control", "no-store");
    return c.html(pageMarkup(workspace, view));
  };
  routes.get("/", (c) => page(c, { kind: "all" }));
  routes.get("/channels/:channel", (c) => page(c, viewOf(workspace, c.req.param("channel"))));
  routes.get("/page/style.css", (c) => c.body(style, 200, { "Content-Type": "text/css; charset=utf-8" }));
  routes.get("/page/live.js", (c) => c.body(live, 200, { "Content-Type": "text/javascript; charset=utf-8" }));
  routes.get("/api/page/messages", (c) =>
    c.json({
      messages: viewMessages(workspace, { channel: c.req.query("channel"), after: c.req.query("after") }),
    }),
  );

  routes.get("/api/page/events", (c) => {
    const view = viewOf(workspace, c.req.query("channel") ?? "");
    if (view === undefined) return c.text("no such channel", 404);
    const known = Number(c.req.header("last-event-id") ?? c.req.query("after") ?? workspace.sequence());
    return streamSSE(c, async (stream) => {
      const send = async (event: WorkspaceEvent): Promise<void> => {
        const id = String(event.sequence);
        if (event.kind !== "channel" && (view.kind === "all" || event.message.channel === view.channel.id)) {
          const isGone = event.kind === "message_deleted";
          const html = isGone ? "" : await markup(messageMarkup(workspace, event.message, view.kind));
          const data = JSON.stringify({ id: `m${event.message.ts.replace(".", "-")}`, html });
          await stream.writeSSE({ id, event: isGone ? "gone" : "message", data });
        }
        const [channels, heading] = await Promise.all(
          [sidebarMarkup(workspace, view), headingMarkup(view)].map(markup),
        );
        await stream.writeSSE({ id, event: "frame", data: JSON.stringify({ channels, heading }) });
      };
      // One after the other, so that messages keep their order.
      let queue = Promise.resolve();
      const enqueue = (step: () => Promise<unknown>): void => {
        queue = queue.then(step).then(
          () => undefined,
          () => undefined,
        );
      };
      const unwatch = workspace.watch((event) => {
        enqueue(() => send(event));
      });
      workspace.eventsAfter(known).forEach((event) => {
        enqueue(() => send(event));
      });
      enqueue(() => stream.write(": here\n\n"));
      const beat = setInterval(() => {
        enqueue(() => stream.write(": still here\n\n"));
      }, keepAlive);
      await new Promise<void>((resolve) => {
        stream.onAbort(resolve);
      });
      clearInterval(beat);
      unwatch();
    });
  });
  return routes;
};
