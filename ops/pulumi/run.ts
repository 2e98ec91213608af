import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { repositoryRoot } from "../../toolchain/root";
import { remember } from "../processes";
import { projectName } from "../stack-files";
import { parseEvents } from "./events";
import { clearAfterKilledRuns } from "./killed-runs";
import type { Verdict } from "./verdict";
import { verdictOf } from "./verdict";

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** One run of Pulumi on a stack. */
export interface Run {
  readonly operation: Operation;
  readonly stack: string;
  /** The Pulumi CLI. */
  readonly pulumi: string;
  /** The whole environment, with the backend's. */
  readonly env: NodeJS.ProcessEnv;
  /** The stack's settings. */
  readonly configFile: string;
  /** Folder for the event log; the system's for temporary files by default. */
  readonly scratch?: string;
  /** More arguments for Pulumi. */
  readonly args: readonly string[];
  /** Passed through to this process' own output, or line by line to a function. */
  readonly output: "inherit" | ((line: string) => void);
  /** Ends the run in order: Pulumi finishes the step it is at and keeps its state. */
  readonly signal?: AbortSignal | undefined;
}

/** Where the policies stand guard: where something may become a resource. */
const isGuarded = (operation: Operation): boolean => operation === "preview" || operation === "up";

const policyPack = path.join(repositoryRoot, "policies");

/**
 * Runs Pulumi with the policy pack and says how it ended. Ctrl-C on a terminal reaches Pulumi by itself; from
 * elsewhere the signal is passed on.
 */
export const runPulumi = async (run: Run): Promise<Verdict> => {
  const { operation, stack, env, output, signal } = run;
  clearAfterKilledRuns(env["PULUMI_BACKEND_URL"], projectName(), stack);
  const folder = await mkdtemp(path.join(run.scratch ?? os.tmpdir(), "flymon-events-"));
  const eventLog = path.join(folder, "events.json");
  try {
    const child = execa(
      run.pulumi,
      [
        operation,
        ...["--stack", stack, "--config-file", run.configFile, "--event-log", eventLog],
        ...(isGuarded(operation) ? ["--policy-pack", policyPack] : []),
        // What a killed run was making is found by its name when it is next declared. Pulumi would ask for its id, or
        // warn of it at each run from then on.
        ...(operation === "refresh" ? ["--clear-pending-creates"] : []),
        ...run.args,
      ],
      {
        cwd: repositoryRoot,
        // The event log's flag is shown only with the commands for debugging.
        env: { ...env, PULUMI_DEBUG_COMMANDS: "true" },
        extendEnv: false,
        reject: false,
        // A terminal's Ctrl-C must not reach Pulumi where somebody else decides on the order of ending.
        detached: output !== "inherit",
        cleanup: output === "inherit",
        all: output !== "inherit",
        stdin: output === "inherit" ? "inherit" : "ignore",
        stdout: output === "inherit" ? "inherit" : "pipe",
        stderr: output === "inherit" ? ["inherit", "pipe"] : "pipe",
        forceKillAfterDelay: false,
      },
    );
    if (output !== "inherit") remember(child.pid, child);
    let interrupted = false;
    const onSignal = (name: NodeJS.Signals): void => {
      interrupted = true;
      if (name !== "SIGINT" || !process.stdin.isTTY) child.kill("SIGINT");
    };
    const onAbort = (): void => {
      interrupted = true;
      child.kill("SIGINT");
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    if (output === "inherit") for (const name of signals) process.on(name, onSignal);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    if (output !== "inherit") for await (const line of child.iterable({ from: "all" })) output(line);
    const { exitCode, stderr } = await child;
    for (const name of signals) process.removeListener(name, onSignal);
    signal?.removeEventListener("abort", onAbort);

    const log = await readFile(eventLog, "utf8").catch(() => "");
    return verdictOf({
      pulumi: exitCode,
      interrupted,
      events: parseEvents(log),
      stderr: typeof stderr === "string" ? stderr : "",
      guarded: isGuarded(operation),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
