import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";

/** Who may use a part. */
export interface Access {
  readonly user: string;
  readonly password: string;
}

/** A part's routes behind basic auth; /health is open: it tells nothing, and Fly's checks ask it. */
export const guarded = ({ user, password }: Access): Hono => {
  const app = new Hono();
  app.get("/health", (c) => c.json({ status: "ok" }));
  app.use(basicAuth({ username: user, password, realm: "flymon" }));
  return app;
};
