import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import type { Listen } from "./listen";

/** After so long open connections are cut. */
const drainMs = 2_000;

/** Serves until `signal` is aborted, then lets the answers under way end. Rejects where it cannot listen. */
export const serveUntil = (app: Hono, listen: Listen, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, ...listen }, ({ address, family, port }) => {
      say(`listening on ${family === "IPv6" ? `[${address}]` : address}:${port}`);
    }) as Server;
    server.once("error", reject);
    signal.addEventListener(
      "abort",
      () => {
        const cut = setTimeout(() => {
          server.closeAllConnections();
        }, drainMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      },
      { once: true },
    );
  });

/** One line on standard error, where Fly's logs pick it up. */
export const say = (words: string): void => {
  process.stderr.write(`${words}\n`);
};

/** Aborted when the machine is asked to stop. */
export const untilStopped = (): AbortSignal => {
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      stopping.abort();
    });
  }
  return stopping.signal;
};
