import { accessSync, constants, realpathSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const SUFFIX = process.platform === "win32" ? ".exe" : "";

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** An executable in a folder. */
export const executableIn = (folder: string, name: string): string | undefined => {
  const file = path.join(folder, name + SUFFIX);
  return isExecutable(file) ? file : undefined;
};

/** An executable on PATH. */
export const onPath = (name: string, env: NodeJS.ProcessEnv): string | undefined => {
  for (const folder of (env["PATH"] ?? "").split(path.delimiter)) {
    const found = folder === "" ? undefined : executableIn(folder, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Beside the real file, where the CLI itself looks for what ships with it. */
export const besideReal = (file: string, name: string): string | undefined =>
  executableIn(path.dirname(realpathSync(file)), name);

/** The user's own PULUMI_HOME: plugins and credentials of the vendor's CLI. */
export const userPulumiHome = (env: NodeJS.ProcessEnv): string =>
  env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi");

/**
 * The environment as the machine has it: what an outer command of ours has put in front (its CLI, its PULUMI_HOME) is
 * taken off again, or a set-up within a set-up would mistake our own parts for the vendor's.
 */
export const machineEnvironment = (env: NodeJS.ProcessEnv, cache: string): NodeJS.ProcessEnv => {
  const isOurs = (folder: string | undefined): boolean => folder?.startsWith(cache + path.sep) === true;
  const PATH = (env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => !isOurs(folder))
    .join(path.delimiter);
  const { PULUMI_HOME: home, PULUMI_CREDENTIALS_PATH: credentials, ...rest } = env;
  if (isOurs(home))
    return { ...rest, PATH, ...(credentials === undefined ? {} : { PULUMI_HOME: credentials }) };
  return { ...env, PATH };
};

/** A file's identity for "has it changed since": time and size, or "-" where there is none. */
export const fileStamp = (file: string | undefined): string => {
  if (file === undefined) return "-";
  try {
    const { mtimeMs, size } = statSync(file);
    return `${String(mtimeMs)}:${String(size)}`;
  } catch {
    return "-";
  }
};
