import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";
import { z } from "zod";
import { gatusEnvironment } from "../../infra/render/gatus";
import type { Child } from "./child";
import { startChild } from "./child";

/** The running Gatus. */
export interface Gatus {
  readonly child: Child;
  readonly url: string;
  /** What is watched and not seen healthy yet; empty when all is well. */
  unhealthy(): Promise<readonly string[]>;
}

/** Gatus' answer to /api/v1/endpoints/statuses: the newest result is the last. */
const statusesSchema = z.array(
  z.object({
    group: z.string(),
    name: z.string(),
    results: z.array(z.object({ success: z.boolean() })).default([]),
  }),
);

export interface GatusOptions {
  /** The program. */
  readonly program: string;
  readonly configFile: string;
  readonly slackToken: string;
  /** Folder for its database and log. */
  readonly folder: string;
}

const loopback = "127.0.0.1";
const requestMs = 2_000;

/** A port that was free a moment ago: Gatus takes a number only. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no free port"));
      });
    });
  });

/** Starts Gatus on the file that `up` has written. */
export const startGatus = async ({
  program,
  configFile,
  slackToken,
  folder,
}: GatusOptions): Promise<Gatus> => {
  const port = await freePort();
  const url = `http://${loopback}:${String(port)}/`;
  const child = startChild("Gatus", program, [], {
    env: {
      PATH: process.env["PATH"],
      GATUS_CONFIG_PATH: configFile,
      [gatusEnvironment.slackToken]: slackToken,
      [gatusEnvironment.storagePath]: path.join(folder, "gatus.db"),
      [gatusEnvironment.address]: "127.0.0.1",
      [gatusEnvironment.port]: String(port),
    },
    logFile: path.join(folder, "gatus.log"),
  });
  return {
    child,
    url,
    unhealthy: async () => {
      try {
        const response = await fetch(new URL("api/v1/endpoints/statuses", url), {
          signal: AbortSignal.timeout(requestMs),
        });
        const statuses = statusesSchema.parse(await response.json());
        if (statuses.length === 0) return ["every endpoint"];
        return statuses
          .filter(({ results }) => results.at(-1)?.success !== true)
          .map(({ group, name }) => `${group} ${name}`);
      } catch {
        return ["Gatus itself"]; // it is not listening yet
      }
    },
  };
};

const pollEvery = 100;

/** Waits until Gatus sees all healthy; rejects when the time is up, with what is not. */
export const untilHealthy = async (gatus: Gatus, timeoutMs: number, signal: AbortSignal): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const unhealthy = await gatus.unhealthy();
    if (unhealthy.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`not healthy after ${String(timeoutMs / 1_000)} s: ${unhealthy.join(", ")}`);
    }
    await sleep(pollEvery, undefined, { signal });
  }
};
