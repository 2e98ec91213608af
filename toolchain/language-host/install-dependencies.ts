import { existsSync } from "node:fs";
import path from "node:path";
import type { handleServerStreamingCall } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import {
  InstallDependenciesResponse,
  type InstallDependenciesRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { startChild } from "./children";

/** The command that installs a folder's packages: the lockfile tells which manager the folder is kept with. */
const installCommand = (folder: string): string[] => {
  const has = (file: string): boolean => existsSync(path.join(folder, file));
  if (has("pnpm-lock.yaml")) return ["pnpm", "install"];
  if (has("yarn.lock")) return ["yarn", "install"];
  if (has("bun.lock") || has("bun.lockb")) return ["bun", "install"];
  return ["npm", "install", "--loglevel=error"];
};

/** InstallDependencies: `pulumi install`, with the package manager's output streamed to the user. */
export const installDependencies: handleServerStreamingCall<
  InstallDependenciesRequest,
  InstallDependenciesResponse
> = (call) => {
  const folder = call.request.getDirectory();
  const [file = "npm", ...args] = installCommand(folder);
  const fail = (details: string): void => void call.emit("error", { code: status.UNKNOWN, details });
  const child = startChild(file, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout?.on("data", (chunk: Buffer) => call.write(new InstallDependenciesResponse().setStdout(chunk)));
  child.stderr?.on("data", (chunk: Buffer) => call.write(new InstallDependenciesResponse().setStderr(chunk)));
  child.once("error", (error) => {
    fail(`cannot start ${file}: ${error.message}`);
  });
  child.once("close", (code) => {
    if (code === 0) call.end();
    else fail(`${[file, ...args].join(" ")} failed with exit code ${String(code)} in ${folder}`);
  });
  call.once("cancelled", () => child.kill("SIGTERM"));
};
