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
