import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

/** Stands before a service of this computer and gives its calls the latency of a network. */
export interface SlowRelay {
  /** The address here of an address there. */
  readonly urlOf: (address: string) => string;
  /** Calls that came since it was last set. */
  calls: number;
  /** Resolves when so many have come. */
  readonly reached: (calls: number) => Promise<void>;
  /** Resolves when no call is under way. */
  readonly quiet: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What concerns one connection, and not the one behind the relay. */
const ofConnection = [
  "host",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "content-encoding",
];

const passedOn = (headers: IncomingHttpHeaders): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" && !ofConnection.includes(name) ? [[name, value]] : [],
  );

/**
 * @param latencyMs of each way
 * @param isDelivered whether a call gets there whose sender is gone meanwhile
 */
export const startSlowRelay = async (
  origin: string,
  latencyMs: number,
  isDelivered: () => boolean,
): Promise<SlowRelay> => {
  let underWay = 0;
  const server = createServer((request, response) => {
    const carry = async (): Promise<void> => {
      const { method = "GET", url = "/", headers } = request;
      const body = await buffer(request);
      relay.calls += 1;
      await pause(latencyMs);
      if (response.destroyed && !isDelivered()) return;
      const answer = await fetch(new URL(url, origin), {
        method,
        headers: passedOn(headers),
        ...(body.length > 0 && { body }),
      });
      const content = Buffer.from(await answer.arrayBuffer());
      await pause(latencyMs);
      response.writeHead(answer.status, passedOn(Object.fromEntries(answer.headers))).end(content);
    };
    underWay += 1;
    carry()
      .catch(() => response.destroy())
      .finally(() => {
        underWay -= 1;
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo() && server.listening) await pause(5);
  };
  const relay: SlowRelay = {
    urlOf: (address) => address.replace(origin, `http://127.0.0.1:${port}`),
    calls: 0,
    reached: (calls) => until(() => relay.calls >= calls),
    quiet: () => until(() => underWay === 0),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return relay;
};
