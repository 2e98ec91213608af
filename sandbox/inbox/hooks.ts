import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { FaultBoard } from "../faults/fault-board";
import { hooksError, hooksHang } from "./faults";
import type { Store } from "./store";

/** The longest body that is kept, characters. */
const longest = 262_144;

const never = new Promise<never>(() => undefined);

/** Webhooks: whatever comes below /hooks/<name> is kept, by any method. */
export const hookRoutes = (store: Store, faults: FaultBoard): Hono => {
  const routes = new Hono();
  routes.all("/:hook{.+}", async (c) => {
    const url = new URL(c.req.url);
    const [hook = ""] = c.req.param("hook").split("/");
    const body = (await c.req.text()).slice(0, longest);
    const concerns = (wanted: string | undefined): boolean => wanted === undefined || wanted === hook;

    const keep = (status: number | undefined): void => {
      const contentType = c.req.header("content-type");
      const path = `${url.pathname}${url.search}`;
      store.add({ kind: "call", hook, method: c.req.method, path, contentType, body, status });
    };
    const hanging = faults.read(hooksHang);
    if (hanging !== undefined && concerns(hanging.parameters.hook)) {
      keep(undefined);
      return never;
    }
    const failing = faults.read(hooksError);
    if (failing !== undefined && concerns(failing.parameters.hook)) {
      const { status, retryAfter } = failing.parameters;
      faults.spend(hooksError);
      keep(status);
      if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
      return c.json({ error: "not now" }, status as ContentfulStatusCode);
    }
    keep(200);
    return c.json({ ok: true });
  });
  return routes;
};
