import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryRoot } from "../../../toolchain/root";
import type { FaultMessage, GuestReport, GuestStart } from "../guest/protocol";
import type { Command } from "./programs";
import type { Reaper } from "./reaper";

/** How a process ended: as a shell tells it, 128 + n for a signal. */
export interface Exit {
  readonly exitCode: number;
  readonly signal: number;
}

/** A machine's program while it runs. */
export interface GuestProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** MiB that it pretends to use beside its own. */
  ballast(): number;
  apply(fault: FaultMessage): void;
  signal(signal: NodeJS.Signals): void;
  /** Holds it back for so long, milliseconds; resolves to how long it really was. */
  hold(ms: number): Promise<number>;
  /** Stopped in its tracks by SIGSTOP. */
  frozen(): boolean;
}

/** What a process is started with. */
export interface GuestOptions {
  readonly start: GuestStart;
  readonly env: Readonly<Record<string, string>>;
  /** A foreign program instead of the harness. */
  readonly command?: Command | undefined;
  readonly reaper: Reaper;
  readonly log: (line: string) => void;
}

const harness = path.join(repositoryRoot, "sandbox", "fly", "guest", "main.cjs");

const launch = ({ start, env, command }: GuestOptions): ChildProcess => {
  // Nothing of the sandbox's own environment: a machine has what its config says.
  const base = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/" };
  return command === undefined
    ? spawn(process.execPath, [harness], {
        env: { ...base, ...env, FLYMON_GUEST: JSON.stringify(start) },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      })
    : spawn(command.file, command.args, {
        env: { ...base, ...env },
        cwd: command.cwd,
        stdio: ["ignore", "pipe", "pipe"],
      });
};

/** Starts a machine's program; resolves once it runs. */
export const startGuest = async (options: GuestOptions): Promise<GuestProcess> => {
  const child = launch(options);
  const spawned = new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => {
      const number = signal === null ? 0 : constants.signals[signal];
      resolve({ exitCode: code ?? 128 + number, signal: number });
    });
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) createInterface({ input: stream }).on("line", options.log);

  let ballast = 0;
  let frozen = false;
  child.on("message", (message: GuestReport) => {
    ballast = message.ballast ?? ballast;
  });
  child.on("error", () => undefined); // a message to a process that just ended
  await spawned;
  const pid = child.pid ?? 0;
  options.reaper.watch(pid);
  void exited.then(() => {
    options.reaper.forget(pid);
  });
  return {
    pid,
    exited,
    ballast: () => ballast,
    apply: (fault) => {
      if (child.connected) child.send(fault, () => undefined);
    },
    signal: (signal) => {
      if (signal === "SIGSTOP" || signal === "SIGCONT") frozen = signal === "SIGSTOP";
      child.kill(signal);
    },
    hold: async (ms) => {
      if (frozen) return 0;
      const begun = performance.now();
      child.kill("SIGSTOP");
      await sleep(ms);
      // Unless somebody has stopped it for good meanwhile.
      if (!(frozen as boolean)) child.kill("SIGCONT");
      return performance.now() - begun;
    },
    frozen: () => frozen,
  };
};
