import { loopback, serveHttp, type BreakableServer, type Servable } from "../net/breakable-server";
import { down, hang } from "./common";
import type { Fault } from "./fault";
import { faultBoard, type FaultBoard } from "./fault-board";

/** The server of a service: its switches need it, its routes need them, and it needs its routes. */
export interface HttpService {
  readonly faults: FaultBoard;
  /** "http://127.0.0.1:PORT", once it is served. */
  readonly url: () => string;
  /** Serves the routes. `port` 0 takes a free one. Rejects with EADDRINUSE when the wanted port is taken. */
  readonly serve: (routes: Servable, port: number) => Promise<void>;
  readonly listening: () => boolean;
  readonly stop: () => Promise<void>;
}

/** A service with these switches; `down` and `hang` bring themselves about. */
export const httpService = (known: readonly Fault[]): HttpService => {
  let server: BreakableServer | undefined;
  return {
    faults: faultBoard(known, async (name, on) => {
      if (name === down.name) await (on ? server?.takeDown() : server?.bringUp());
      if (name === hang.name && !on) server?.dropConnections();
    }),
    url: () => `http://${loopback}:${server?.port}`,
    serve: async (routes, port) => {
      server = await serveHttp(routes, port);
    },
    listening: () => server?.listening ?? false,
    stop: async () => {
      await server?.takeDown();
    },
  };
};
