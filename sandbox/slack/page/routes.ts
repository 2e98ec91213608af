import { Hono, type Context } from "hono";
import { streamArrivals } from "../../feed/stream";
import { answerPage, type Markup } from "../../page/document";
import { viewMessages } from "../message-view";
import type { Workspace } from "../workspace";
import { live } from "./live";
import { headingMarkup, messageMarkup, pageMarkup, sidebarMarkup, type View } from "./page";
import { style } from "./style";

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
    return answerPage(c, pageMarkup(workspace, view));
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
    return streamArrivals(c, {
      missed: () => workspace.eventsAfter(known),
      watch: (onArrival) => workspace.watch(onArrival),
      send: async (stream, event) => {
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
      },
    });
  });
  return routes;
};
