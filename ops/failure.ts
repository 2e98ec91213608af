import { Refusal } from "../infra/model/diagnostics";
import type { ExitCode } from "./exit-codes";
import { exitCodes } from "./exit-codes";

/** The end of a command for a reason that its message tells completely: what happened and how to mend it. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }
}

/** Ctrl-C or SIGTERM. */
export const interrupted = (): Failure => new Failure(exitCodes.interrupted, "Interrupted.");

/** What was thrown, as an error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error("something was thrown that is no error", { cause: thrown });

const isToolchainMissing = (error: Error): boolean =>
  "exitCode" in error && error.exitCode === exitCodes.toolchain;

/** What an error means for the user: the exit code, and the text on standard error. */
export const explain = (error: unknown, debug: boolean): { exitCode: ExitCode; text: string } => {
  if (!(error instanceof Error)) return { exitCode: exitCodes.unexpected, text: String(error) };
  const told = (exitCode: ExitCode) => ({ exitCode, text: (debug && error.stack) || error.message });
  if (error instanceof Failure) return told(error.exitCode);
  if (error instanceof Refusal) return told(exitCodes.refused);
  if (isToolchainMissing(error)) return told(exitCodes.toolchain);
  return {
    exitCode: exitCodes.unexpected,
    text:
      debug && error.stack !== undefined
        ? error.stack
        : `Unexpected failure: ${error.message}\nRun again with FLYMON_DEBUG=1 to see where it comes from.`,
  };
};
