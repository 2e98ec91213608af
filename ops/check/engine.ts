import { execa } from "execa";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

/** What an engine answered: its verdict, and all that it wrote. */
export interface Answer {
  readonly accepted: boolean;
  readonly output: string;
}

/** These judge files within milliseconds; longer means that it hangs. */
const timeout = 60_000;

/** Runs an engine's own checker. An engine that ends without a verdict is a Failure. */
export const ask = async (program: string, args: readonly string[], cwd: string): Promise<Answer> => {
  const { exitCode, all, timedOut, shortMessage } = await execa(program, args, {
    cwd,
    all: true,
    stdin: "ignore",
    reject: false,
    timeout,
  });
  if (exitCode !== undefined) return { accepted: exitCode === 0, output: all };
  throw new Failure(
    exitCodes.unexpected,
    `${program} gave no verdict${timedOut ? ` within ${timeout / 1_000} s` : `: ${shortMessage}`}.\n${all}`.trim(),
  );
};
