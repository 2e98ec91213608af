import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { repositoryRoot } from "../toolchain/root";
import { connect, type Announcement, type SandboxClient } from "./client";

/** How long the sandbox may take to be ready, and to end when asked, milliseconds. */
const readyWithin = 30_000;
const endWithin = 5_000;

/** A sandbox in a process of its own. */
export interface LaunchedSandbox {
  readonly announcement: Announcement;
  readonly client: SandboxClient;
  readonly pid: number;
  /** Resolves to why, when the process ends by itself or is stopped. */
  readonly ended: Promise<string>;
  /** Ends the process and waits for it. */
  stop(): Promise<void>;
}

const firstLine = (stdout: Readable): Promise<string | undefined> =>
  new Promise((resolve) => {
    const lines = createInterface({ input: stdout });
    lines.once("line", resolve);
    lines.once("close", () => {
      resolve(undefined);
    });
  });

/**
 * Starts `sandbox/main.cjs` with these arguments and waits until it is ready. It ends with this process, however that
 * ends: its standard input is a pipe. Rejects with what it said on standard error when it does not get ready.
 */
export const launchSandbox = async (args: readonly string[] = []): Promise<LaunchedSandbox> => {
  const child = execa(process.execPath, [path.join(repositoryRoot, "sandbox", "main.cjs"), ...args], {
    stdin: "pipe",
    reject: false,
    forceKillAfterDelay: endWithin,
  });
  const late = setTimeout(() => child.kill(), readyWithin);
  const line = await firstLine(child.stdout);
  clearTimeout(late);
  if (line === undefined || child.pid === undefined) {
    const { stderr, exitCode } = await child;
    throw new Error(`the sandbox did not start (exit ${exitCode}): ${stderr}`);
  }
  const announcement = JSON.parse(line) as Announcement;
  return {
    announcement,
    client: connect(announcement),
    pid: child.pid,
    ended: child.then(({ stderr, exitCode, signal }) => `${signal ?? `exit ${exitCode}`}: ${stderr}`),
    stop: async () => {
      child.kill();
      await child;
    },
  };
};
