import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/** Machines' private addresses: the whole of 127.0.0.0/8 is loopback on Linux, so each can have the same port. */
export interface Addresses {
  /** An address that no machine of this or another sandbox has. */
  take(): Promise<string>;
  give(address: string): void;
  stop(): Promise<void>;
}

// A block of 253 addresses belongs to the sandbox that holds this port of its last one: so several do not meet.
const claimPort = 4_280;
const claimTries = 50;

const claim = (host: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else
        reject(new Error(`cannot listen on ${host}: 127.0.0.0/8 has to be loopback here (${error.message})`));
    });
    server.listen(claimPort, host, () => {
      server.unref();
      resolve(server);
    });
  });

/** Begins with no block; the first address claims one. */
export const addresses = (): Addresses => {
  const claims: Server[] = [];
  const free: string[] = [];

  const addBlock = async (): Promise<void> => {
    for (let attempt = 0; attempt < claimTries; attempt += 1) {
      const block = `127.${randomInt(16, 250)}.${randomInt(0, 256)}`;
      const server = await claim(`${block}.254`);
      if (server === undefined) continue;
      claims.push(server);
      free.push(...Array.from({ length: 253 }, (_, index) => `${block}.${index + 1}`));
      return;
    }
    throw new Error("no free block of addresses in 127.0.0.0/8");
  };

  let adding: Promise<void> | undefined;
  return {
    take: async () => {
      while (free.length === 0) {
        adding ??= addBlock().finally(() => (adding = undefined));
        await adding;
      }
      return free.shift() ?? "";
    },
    // To the end of the queue: an address is not used again while its last connections fade.
    give: (address) => free.push(address),
    stop: async () => {
      await Promise.all(
        claims.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => {
                resolve();
              });
            }),
        ),
      );
    },
  };
};
