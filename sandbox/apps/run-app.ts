import { Hono } from "hono";
import { down, hang } from "../faults/common";
import { faultBoard, type FaultBoard } from "../faults/fault-board";
import { loopback, serveHttp, serveTcp, type BreakableServer } from "../net/breakable-server";
import type { App } from "./catalogue";
import { everyAppsFaults } from "./faults";
import { gate } from "./gate";
import type { Listener } from "./product";

/** An app of the fleet, answering on loopback. */
export interface RunningApp {
  readonly name: string;
  /** The app's address; `tcp://` for one whose first port speaks no HTTP. */
  readonly url: string;
  /** Port by name, the first being the address's. */
  readonly ports: Readonly<Record<string, number>>;
  /** Paths that are answered, by port name. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  readonly faults: FaultBoard;
  listening(): boolean;
  stop(): Promise<void>;
  /** Takes no more connections and resolves when those in flight have their answers. */
  drain(): Promise<void>;
}

type HttpListener = Extract<Listener, { kind: "http" }>;

const guarded = (
  listener: HttpListener,
  faults: Pick<FaultBoard, "read">,
  checkPaths: readonly string[],
): Hono => {
  const app = new Hono();
  if (listener.observe !== undefined) app.use(listener.observe);
  app.use(gate(faults, checkPaths));
  app.notFound((c) => c.text("Not Found", 404));
  app.route("/", listener.routes);
  return app;
};

/** The paths that a listener answers to GET. */
export const pathsOf = (listener: Listener): readonly string[] =>
  listener.kind === "tcp"
    ? []
    : [...new Set(listener.routes.routes.filter(({ method }) => method === "GET").map(({ path }) => path))];

/** Starts an app on `host`. `wantedPort` gives the port of its n-th listener, 0 a free one. */
export const runApp = async (
  app: App,
  wantedPort: (index: number) => number,
  host: string = loopback,
): Promise<RunningApp> => {
  const servers: BreakableServer[] = [];
  const known = [...everyAppsFaults, ...app.product.faults, ...app.placeFaults];
  const faults = faultBoard(known, async (name, on) => {
    if (name === down.name)
      await Promise.all(servers.map((server) => (on ? server.takeDown() : server.bringUp())));
    // What hung has no answer to come: cut, so that no client waits for its own timeout.
    if (name === hang.name && !on)
      servers.forEach((server) => {
        server.dropConnections();
      });
  });

  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.takeDown()));
  };
  const listeners = app.product.listeners({ faults, startedAt: Date.now() });
  try {
    for (const [index, listener] of listeners.entries()) {
      const server =
        listener.kind === "http"
          ? await serveHttp(guarded(listener, faults, app.product.checkPaths), wantedPort(index), host)
          : await serveTcp(
              (socket) => {
                if (faults.read(hang) === undefined) listener.onConnection(socket);
              },
              wantedPort(index),
              host,
            );
      servers.push(server);
    }
  } catch (error) {
    await stop();
    throw error;
  }

  const scheme = listeners[0].kind === "http" ? "http" : "tcp";
  return {
    name: app.name,
    url: `${scheme}://${host}:${servers[0]?.port}`,
    ports: Object.fromEntries(listeners.map(({ port }, index) => [port, servers[index]?.port ?? 0])),
    paths: Object.fromEntries(listeners.map((listener) => [listener.port, pathsOf(listener)])),
    faults,
    listening: () => servers.every((server) => server.listening),
    stop,
    drain: async () => {
      await Promise.all(servers.map((server) => server.drain()));
    },
  };
};
