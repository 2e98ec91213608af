import { Hono, type Context } from "hono";
import type { Bindings } from "../faults/call-fault";
import type { Account } from "./account";
import type { Engine } from "./engine";
import { takeIncoming } from "./engine/incoming";
import { beatPath } from "./kinds/heartbeat";
import { incomingPath } from "./kinds/incoming-webhook";

/** What is called without a token, by a secret in the address: heartbeats and incoming webhooks. */
export const beatRoutes = (account: Account, { heartbeats, incidents }: Engine): Hono<Bindings> => {
  const app = new Hono<Bindings>();
  const alerts = new Map<number, string>();
  const beat = (c: Context<Bindings>): Response => {
    const result = c.req.param("result");
    const failure =
      result === undefined || result === "0"
        ? undefined
        : result === "fail"
          ? "Heartbeat reported a failure"
          : `Heartbeat reported exit code ${result}`;
    return heartbeats.beat(c.req.param("secret") ?? "", failure) ? c.text("OK") : c.text("Not found", 404);
  };
  app.all(`${beatPath}/:secret`, beat);
  app.all(`${beatPath}/:secret/:result`, beat);
  app.post(`${incomingPath}/:secret`, async (c) => {
    const taken = takeIncoming(account, incidents, alerts, c.req.param("secret"), {
      headers: c.req.header(),
      query: new URL(c.req.url).search.slice(1),
      body: await c.req.text(),
    });
    return taken ? c.text("OK") : c.text("Not found", 404);
  });
  return app;
};
