import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

const running = new Set<ChildProcess>();

/** Starts a process that must not outlive this host. */
export const startChild = (file: string, args: readonly string[], options: SpawnOptions): ChildProcess => {
  const child = spawn(file, args, options);
  running.add(child);
  child.once("close", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
};

/** Ends whatever still runs: at cancellation and at the host's own end. */
export const endChildren = (): void => {
  for (const child of running) child.kill("SIGTERM");
};
