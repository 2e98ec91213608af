import { readFileSync } from "node:fs";
import { say } from "./serve";

/** A mistake in how a program was started. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}

/** A file's text without the newline that editors put at the end of secrets. */
export const readText = (what: string, file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new StartFailure(
      `${what}: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? "error"})`,
    );
  }
};

/** Runs a program: exit code 0 when it was asked to end, 2 for a wrong start, 1 for anything else. */
export const runProgram = (name: string, main: () => Promise<void>): void => {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      const isStart = error instanceof StartFailure;
      say(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(isStart ? 2 : 1);
    },
  );
};
