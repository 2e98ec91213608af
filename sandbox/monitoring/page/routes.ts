import { Hono } from "hono";
import { html } from "hono/html";
import type { Bindings } from "../../faults/call-fault";
import { answerPage, type Markup } from "../../page/document";
import { live, style } from "./style";

/** What a page shows, and what its buttons do. */
export interface Page {
  readonly title: string;
  readonly subtitle: () => string;
  readonly parts: () => Markup;
  /** What a button does with a thing; false where that cannot be. */
  readonly act?: (what: string, id: number) => boolean;
}

/** The page at `/`: complete without a script, and live with one. */
export const pageRoutes = ({ title, subtitle, parts, act }: Page): Hono<Bindings> => {
  const app = new Hono<Bindings>();
  app.get("/", (c) =>
    answerPage(c, {
      title,
      styles: ["/page/style.css"],
      script: "/page/live.js",
      hasForms: act !== undefined,
      body: html`<header>
          <div>
            <h1>${title}</h1>
            <p>${subtitle()}</p>
          </div>
          <span class="live" id="live">as of now</span>
        </header>
        <main id="parts">${parts()}</main>`,
    }),
  );
  app.get("/page/parts", (c) => {
    c.header("Cache-Control", "no-store");
    return c.html(parts());
  });
  app.get("/page/style.css", (c) => c.body(style, 200, { "Content-Type": "text/css; charset=utf-8" }));
  app.get("/page/live.js", (c) => c.body(live, 200, { "Content-Type": "text/javascript; charset=utf-8" }));
  // A page of somewhere else must not press a button by a hidden form.
  app.post("/page/:act/:id", (c) => {
    const origin = c.req.header("origin");
    if (origin !== undefined && origin !== new URL(c.req.url).origin) return c.text("from another page", 403);
    act?.(c.req.param("act"), Number(c.req.param("id")));
    return c.redirect("/", 303);
  });
  return app;
};

/** A button of the page. */
export const button = (act: string, id: number, label: string): Markup =>
  html`<form method="post" action="/page/${act}/${id}"><button>${label}</button></form>`;
