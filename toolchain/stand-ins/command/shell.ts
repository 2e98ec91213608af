import { spawn } from "node:child_process";
import type { Context } from "../provider/resource-type";

/** What to run and how; the fields are those of the vendor's schema. */
export interface ShellCommand {
  readonly command: string;
  /** The program that takes the command as its last argument, and its other arguments. */
  readonly interpreter: readonly [string, ...string[]];
  readonly dir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string | undefined;
  /** Which of the streams are shown to the user as they come. */
  readonly shown: readonly ("stdout" | "stderr")[];
}

export interface Captured {
  readonly stdout: string;
  readonly stderr: string;
}

const withoutLastNewline = (text: string): string => text.replace(/\r?\n$/, "");

/** Calls `line` for each whole line of a stream, and for what is left at its end. */
const byLine = (line: (text: string) => void): { write(text: string): void; end(): void } => {
  let rest = "";
  return {
    write(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(line);
    },
    end() {
      if (rest !== "") line(rest);
    },
  };
};

/**
 * Runs a command to its end and returns what it wrote. A failing command's error holds how it ended, the command and
 * all of its output in the order written, in the vendor's form.
 */
export const runShell = (
  { command, interpreter, dir, environment, stdin, shown }: ShellCommand,
  { log, cancelled }: Context,
): Promise<Captured> =>
  new Promise((resolve, reject) => {
    const [file, ...args] = interpreter;
    const child = spawn(file, [...args, command], {
      cwd: dir,
      env: { ...process.env, ...environment },
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      // Its own process group, so that cancelling ends whatever the command itself has started.
      detached: true,
    });
    const written = { stdout: "", stderr: "", both: "" };
    const collectors = (["stdout", "stderr"] as const).map((name) => {
      const lines = byLine(shown.includes(name) ? log : () => undefined);
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        written[name] += text;
        written.both += text;
        lines.write(text);
      });
      return lines;
    });

    const stop = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    };
    cancelled.addEventListener("abort", stop);
    if (cancelled.aborted) stop();

    // A command that does not read all of its input is no failure.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
    child.once("error", (error) => {
      reject(new Error(`${error.message}: running "${command}" in ${dir}`));
    });
    child.once("close", (code, signal) => {
      cancelled.removeEventListener("abort", stop);
      collectors.forEach((lines) => {
        lines.end();
      });
      if (code === 0) {
        resolve({ stdout: withoutLastNewline(written.stdout), stderr: withoutLastNewline(written.stderr) });
      } else {
        const end = signal === null ? `exit status ${String(code)}` : `signal: ${signal}`;
        reject(new Error(`${end}: running ${JSON.stringify(command)}:\n${written.both}`));
      }
    });
  });
