import { spawn } from "node:child_process";
import os from "node:os";
import {
  chooseBackend,
  ensureToolchain,
  stackConfigFile,
  ToolchainMissing,
  type Backend,
} from "./setup/index";

/** The commands that read a stack's settings; `config` is left to write into the repository's file. */
const READS_SETTINGS = new Set(["preview", "pre", "up", "update", "refresh", "destroy", "down", "dn"]);

const stackOf = (args: readonly string[]): string | undefined => {
  const at = args.findIndex((argument) => argument === "--stack" || argument === "-s");
  return at === -1 ? args.find((argument) => argument.startsWith("--stack="))?.slice(8) : args[at + 1];
};

/** Keeps the repository's stack files clean of salts, where the command names its stack. */
const withConfigFile = (args: readonly string[], backend: Backend): readonly string[] => {
  const stack = stackOf(args);
  const named = args.some((argument) => argument.startsWith("--config-file"));
  if (backend.kind === "chosen" || stack === undefined || named || !READS_SETTINGS.has(args[0] ?? ""))
    return args;
  return [...args, "--config-file", stackConfigFile(stack, { backend })];
};

/** `npm run pulumi -- ARGS`: the Pulumi CLI with this project's toolchain and backend. */
const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  const toolchain = await ensureToolchain({ only: ["pulumi"] });
  // Logging in is how a user chooses a backend: ours must not be in the way.
  const choosing = args[0] === "login" || args[0] === "logout";
  const backend: Backend = choosing ? { kind: "chosen", env: {} } : chooseBackend(process.env);
  const child = spawn(toolchain.pulumi, withConfigFile(args, backend), {
    stdio: "inherit",
    env: { ...toolchain.env, ...backend.env },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // Ctrl-C on a terminal reaches the CLI by itself, and a second interrupt would make it give up at once.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once("error", (error) => {
    process.stderr.write(`cannot start ${toolchain.pulumi}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once("close", (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + os.constants.signals[signal];
  });
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ToolchainMissing ? error.exitCode : 1;
});
