import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

// Below the ports that Linux (from 32768 on) and macOS (from 49152 on) hand out by themselves: no connection's own
// end takes one of these between this look and the program's start.
const lowest = 20_000;
const above = 32_768;
const tries = 50;

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
};

/** The first of `count` ports in a row that nothing listens on at this moment, chosen anew at each call. */
export const freePorts = async (count: number): Promise<number> => {
  for (let tried = 0; tried < tries; tried += 1) {
    const base = randomInt(lowest, above - count);
    const free = await Promise.all(Array.from({ length: count }, (_, place) => isFree(base + place)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no ${count} free ports in a row between ${lowest} and ${above}`);
};

/** A port that nothing listens on at this moment, for a program that cannot choose one itself. */
export const freePort = (): Promise<number> => freePorts(1);
