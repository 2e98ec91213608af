import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../root";
import type { Backend } from "./backend";
import { stackConfigFile, stackConfigFolder } from "./stack-config";
import type { Toolchain } from "./toolchain";

const projectName = (root: string): string =>
  /^name:\s*["']?([^\s"'#]+)/m.exec(readFileSync(path.join(root, "Pulumi.yaml"), "utf8"))?.[1] ?? "";

/**
 * Makes the stack where there is none yet, and returns its configuration file (see stackConfigFile). On our own
 * backend an existing stack costs one file look-up.
 */
export const ensureStack = async (
  stack: string,
  { toolchain, backend, root = repositoryRoot }: { toolchain: Toolchain; backend: Backend; root?: string },
): Promise<string> => {
  const own = backend.kind === "own";
  const file = path.join(root, ".flymon", "state", ".pulumi", "stacks", projectName(root), `${stack}.json`);
  if (!(own && existsSync(file))) {
    const { execa } = await import("execa");
    const result = await execa(
      toolchain.pulumi,
      ["stack", "init", stack, "--no-select", "--non-interactive"],
      {
        cwd: own ? stackConfigFolder(root) : root,
        env: { ...toolchain.env, ...backend.env },
        extendEnv: false,
        reject: false,
        stdin: "ignore",
      },
    );
    if (result.exitCode !== 0 && !result.stderr.includes("already exists")) {
      throw new Error(`stack ${stack} cannot be made:\n${result.stderr.trim()}`);
    }
  }
  return stackConfigFile(stack, { backend, root });
};
