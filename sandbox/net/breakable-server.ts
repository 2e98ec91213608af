import { createServer as createHttpServer, Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";

/** Everything of the sandbox listens here, machines of Fly elsewhere in 127.0.0.0/8. */
export const loopback = "127.0.0.1";

const patience = { tries: 20, pause: 50 } as const;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A listener on loopback that can vanish and come back on the same port, as a dead process does. */
export interface BreakableServer {
  readonly port: number;
  /** True while connections are accepted. */
  readonly listening: boolean;
  /** From now on connections are refused; open ones are cut. */
  takeDown(): Promise<void>;
  /** Listens again on the same port. */
  bringUp(): Promise<void>;
  /** Cuts the open connections without closing the listener. */
  dropConnections(): void;
  /** Takes no more connections and resolves when the open ones have ended by themselves. */
  drain(): Promise<void>;
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });

// A port given up by `takeDown` is free for a moment: whoever took it may hand it back.
const listenPatiently = async (server: Server, port: number, host: string): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await listen(server, port, host);
      return;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (!taken || attempt === patience.tries) throw error;
      await pause(patience.pause);
    }
  }
};

/** Listens with a server of any kind. `wantedPort` 0 takes a free one. */
export const breakable = async (
  server: Server,
  wantedPort: number,
  host: string,
): Promise<BreakableServer> => {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy()); // a client that goes away is no concern of the server
  });
  const dropConnections = (): void => {
    sockets.forEach((socket) => socket.destroy());
  };

  await listen(server, wantedPort, host);
  const { port } = server.address() as AddressInfo;

  // Switching is a queue: down, up, down in quick succession ends as asked for last.
  let queue: Promise<void> = Promise.resolve();
  const enqueue = (step: () => Promise<void>): Promise<void> => {
    const done = queue.then(step);
    queue = done.catch(() => undefined);
    return done;
  };
  return {
    port,
    get listening() {
      return server.listening;
    },
    takeDown: () =>
      enqueue(async () => {
        if (!server.listening) return;
        const closed = new Promise<void>((resolve) =>
          server.close(() => {
            resolve();
          }),
        );
        dropConnections();
        await closed;
      }),
    bringUp: () =>
      enqueue(() => (server.listening ? Promise.resolve() : listenPatiently(server, port, host))),
    dropConnections,
    drain: () =>
      enqueue(async () => {
        if (!server.listening) return;
        const closed = new Promise<void>((resolve) =>
          server.close(() => {
            resolve();
          }),
        );
        // A connection kept alive would hold the end up after its last answer.
        const idle = setInterval(() => {
          if (server instanceof HttpServer) server.closeIdleConnections();
        }, 20);
        await closed;
        clearInterval(idle);
      }),
  };
};

/** As much of a hono app as serving takes. */
export interface Servable {
  readonly fetch: Parameters<typeof getRequestListener>[0];
}

/** Serves a hono app. `port` 0 takes a free one. Rejects with EADDRINUSE when the wanted port is taken. */
export const serveHttp = (app: Servable, port = 0, host: string = loopback): Promise<BreakableServer> => {
  const listener = getRequestListener(app.fetch, { hostname: host });
  const server = createHttpServer({ keepAliveTimeout: 5_000 }, (request, response) => {
    void listener(request, response);
  });
  return breakable(server, port, host);
};

/** Serves plain request listeners, for what must see the raw streams. */
export const serveRaw = (
  onRequest: RequestListener,
  port = 0,
  host: string = loopback,
): Promise<BreakableServer> =>
  breakable(createHttpServer({ keepAliveTimeout: 5_000 }, onRequest), port, host);

/** Serves raw connections. `port` 0 takes a free one. */
export const serveTcp = (
  onConnection: (socket: Socket) => void,
  port = 0,
  host: string = loopback,
): Promise<BreakableServer> => breakable(createTcpServer(onConnection), port, host);
