import { setTimeout as pause } from "node:timers/promises";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { milliseconds, isDuration } from "../../../infra/model/units";
import { serveHttp, type BreakableServer } from "../../net/breakable-server";
import type { Program } from "./program";

const duration = (text: string | undefined): number | undefined =>
  text !== undefined && isDuration(text) ? milliseconds(text) : undefined;

/**
 * The generic program. `/` and `/health` answer 200 with who answered, `/status/<code>` that status, `/slow?for=2s`
 * late, `/redirect` a 302; all else 404. `/health` answers 401 unless the request carries REQUIRE_HEADER ("name: value").
 * Environment: EXIT_AFTER and EXIT_CODE, LEAK (MiB a 100 ms), IGNORE_SIGNALS, LISTEN_AFTER, LISTEN (false), HEALTH
 * (the status of /health).
 */
export const echo: Program = async ({ address, port, extraPorts, env, report, say }) => {
  const exitAfter = duration(env.EXIT_AFTER);
  if (exitAfter !== undefined)
    setTimeout(() => {
      say(`ending with ${env.EXIT_CODE ?? "1"}`);
      process.exit(Number(env.EXIT_CODE ?? 1));
    }, exitAfter);

  let ballast = 0;
  if (env.LEAK !== undefined)
    setInterval(() => {
      ballast += Number(env.LEAK);
      report({ ballast });
    }, 100);

  const me = {
    app: env.FLY_APP_NAME,
    machine: env.FLY_MACHINE_ID,
    version: env.FLY_MACHINE_VERSION,
    region: env.FLY_REGION,
    group: env.FLY_PROCESS_GROUP,
  };
  const routes = new Hono();
  routes
    .all("/", (c) =>
      c.json({ ...me, method: c.req.method, path: c.req.path, headers: c.req.header(), env: env.ECHO }),
    )
    .get("/health", (c) => {
      const [name = "", value] = (env.REQUIRE_HEADER ?? "").split(": ");
      if (name !== "" && c.req.header(name) !== value) return c.text(`header ${name} is wanted`, 401);
      return c.json({ status: "ok", ...me }, Number(env.HEALTH ?? 200) as ContentfulStatusCode);
    })
    .get("/status/:code", (c) => c.text("as asked", Number(c.req.param("code")) as ContentfulStatusCode))
    .get("/slow", async (c) => {
      await pause(duration(c.req.query("for")) ?? 1_000);
      return c.json(me);
    })
    .get("/redirect", (c) => c.redirect("/health"));

  const servers: BreakableServer[] = [];
  if (env.LISTEN !== "false") {
    await pause(duration(env.LISTEN_AFTER) ?? 0);
    for (const wanted of [port, ...extraPorts]) servers.push(await serveHttp(routes, wanted, address));
    say(`listening on ${address}:${port}`);
  } else setInterval(() => undefined, 60_000);

  return {
    apply: async ({ fault, on }) => {
      if (fault === "down")
        await Promise.all(servers.map((server) => (on ? server.takeDown() : server.bringUp())));
    },
    drain: async () => {
      await Promise.all(servers.map((server) => server.drain()));
    },
  };
};
