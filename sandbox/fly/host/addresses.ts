import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";
import type { PrivateName } from "./rewriting";

/**
 * Machines' private addresses: the whole of 127.0.0.0/8 is loopback on Linux, so each can have the same port. Names of
 * the private network are addresses from the start: the one of a process group is kept for it whether it has a machine
 * yet, or still, so that configurations may speak of each other in a circle.
 */
export interface Addresses {
  /** An address that no machine of this or another sandbox has: the group's own where no other machine has that. */
  take(app: string, group: string): Promise<string>;
  give(address: string): void;
  /** What a private name stands for. Of several machines it is the first one's, where on Fly it is all of theirs. */
  addressOf(name: Omit<PrivateName, "name">): Promise<string>;
  /** Whether the group's own address is with a machine. */
  isTaken(app: string, group: string): boolean;
  stop(): Promise<void>;
}

// A block of 253 addresses belongs to the sandbox that holds this port of its last one: so several do not meet.
const claimPort = 4_280;
const claimTries = 50;
/** A new block is claimed before the last addresses are gone, for calls that come at the same time. */
const spare = 32;

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
  const ready = async (): Promise<void> => {
    while (free.length < spare) {
      adding ??= addBlock().finally(() => (adding = undefined));
      await adding;
    }
  };
  const next = (): string => free.shift() ?? "";

  /** By group and app, and by app alone. */
  const kept = new Map<string, string>();
  const taken = new Set<string>();
  const keyOf = (app: string, group: string): string => `${group}.process.${app}`;
  /** The group's own address. An app's name that was asked for first is its first group's. */
  const keep = (app: string, group: string): string => {
    const key = keyOf(app, group);
    const ofApp = kept.get(app);
    const isFirst = ![...kept.keys()].some((other) => other.endsWith(`.process.${app}`));
    const address = kept.get(key) ?? (isFirst ? ofApp : undefined) ?? next();
    kept.set(key, address);
    if (ofApp === undefined) kept.set(app, address);
    return address;
  };

  return {
    take: async (app, group) => {
      await ready();
      const own = keep(app, group);
      if (taken.has(own)) await ready();
      const address = taken.has(own) ? next() : own;
      taken.add(address);
      return address;
    },
    give: (address) => {
      taken.delete(address);
      // To the end of the queue: an address is not used again while its last connections fade.
      if (![...kept.values()].includes(address)) free.push(address);
    },
    addressOf: async ({ app, group }) => {
      await ready();
      if (group !== undefined) return keep(app, group);
      const address = kept.get(app) ?? next();
      kept.set(app, address);
      return address;
    },
    isTaken: (app, group) => taken.has(kept.get(keyOf(app, group)) ?? ""),
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
