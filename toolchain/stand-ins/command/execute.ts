import type { Context } from "../provider/resource-type";
import { archiveOf, type Value, type Values } from "../provider/values";
import { assetsOf } from "./globs";
import { runShell, type Captured, type ShellCommand } from "./shell";

/** The inputs that `local.Command` and `local.run` have in common. */
export const COMMON_KINDS = {
  addPreviousOutputInEnv: "boolean",
  archivePaths: "strings",
  assetPaths: "strings",
  dir: "string",
  environment: "string map",
  interpreter: "strings",
  logging: "string",
  stdin: "string",
} as const;

export const LOGGING: Readonly<Record<string, readonly ("stdout" | "stderr")[]>> = {
  stdout: ["stdout"],
  stderr: ["stderr"],
  stdoutAndStderr: ["stdout", "stderr"],
  none: [],
};

const DEFAULT_INTERPRETER: ShellCommand["interpreter"] =
  process.platform === "win32" ? ["cmd", "/C"] : ["/bin/sh", "-c"];

const text = (value: Value | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
const texts = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const textMap = (value: Value | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );

const previousOutput = (inputs: Values, previous: Captured | undefined): Record<string, string> => {
  if (!previous || inputs["addPreviousOutputInEnv"] === false) return {};
  return {
    ...(previous.stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr === "" ? {} : { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
};

/** What an earlier run left in the state. */
export const captured = (state: Values): Captured => ({
  stdout: text(state["stdout"]) ?? "",
  stderr: text(state["stderr"]) ?? "",
});

const directory = (inputs: Values): string => text(inputs["dir"]) ?? process.cwd();

/**
 * The assets and the archive that `assetPaths` and `archivePaths` ask for, from the files as they are now. The engine
 * leaves the files' places out of the state it sends, so they cannot be copied from there.
 */
export const selectedFiles = (inputs: Values): Values => {
  const assetPaths = texts(inputs["assetPaths"]);
  const archivePaths = texts(inputs["archivePaths"]);
  return {
    ...(assetPaths.length > 0 ? { assets: assetsOf(directory(inputs), assetPaths) } : {}),
    ...(archivePaths.length > 0 ? { archive: archiveOf(assetsOf(directory(inputs), archivePaths)) } : {}),
  };
};

/**
 * Runs `command` with the settings in `inputs` and returns the outputs it gives: stdout, stderr, and the assets and
 * archive asked for.
 */
export const execute = async (
  command: string,
  inputs: Values,
  previous: Captured | undefined,
  context: Context,
): Promise<Values> => {
  const [interpreter, ...interpreterArguments] = texts(inputs["interpreter"]);
  const stdin = text(inputs["stdin"]);
  const output = await runShell(
    {
      command,
      dir: directory(inputs),
      interpreter: interpreter === undefined ? DEFAULT_INTERPRETER : [interpreter, ...interpreterArguments],
      environment: { ...textMap(inputs["environment"]), ...previousOutput(inputs, previous) },
      stdin: stdin === "" ? undefined : stdin,
      shown: LOGGING[text(inputs["logging"]) ?? "stdoutAndStderr"] ?? [],
    },
    context,
  );
  return { ...output, ...selectedFiles(inputs) };
};
