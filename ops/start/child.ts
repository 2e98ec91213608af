import { createWriteStream, readFileSync } from "node:fs";
import { execa } from "execa";
import { remember } from "../processes";

/** A process that runs beside this one, in a process group of its own: Ctrl-C reaches it through us alone. */
export interface Child {
  readonly name: string;
  /** Resolves to how it ended, with its last words, when it ends. */
  readonly ended: Promise<string>;
  /** What it has written to standard output up to now, at most 64 KiB. */
  stdout(): string;
  /** Asks it to end, and kills it when it does not within two seconds. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Where its output goes. */
  readonly logFile: string;
  readonly stdin?: "ignore" | "pipe";
}

const endWithin = 2_000;
const kept = 65_536;
const lastLines = 15;

const tail = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lastLines).join("\n");
  } catch {
    return ""; // it said nothing
  }
};

/** Starts a program. Ends of its own are told by `ended`; nothing here throws. */
export const startChild = (
  name: string,
  command: string,
  args: readonly string[],
  { env, logFile, stdin = "ignore" }: ChildOptions,
): Child => {
  const child = execa(command, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdin,
    all: true,
    forceKillAfterDelay: endWithin,
  });
  remember(child.pid, child);
  const log = createWriteStream(logFile);
  child.all.pipe(log);
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    if (stdout.length < kept) stdout += chunk;
  });
  const closed = new Promise<void>((resolve) => {
    log.once("close", resolve);
  });
  return {
    name,
    ended: Promise.all([child, closed]).then(([{ exitCode, signal, originalMessage = "" }]) => {
      const how = signal ?? (exitCode === undefined ? originalMessage : `exit code ${String(exitCode)}`);
      return `${name} ended (${how}).\n${tail(logFile)}`.trimEnd();
    }),
    stdout: () => stdout,
    stop: async () => {
      child.kill("SIGTERM");
      await child;
    },
  };
};
