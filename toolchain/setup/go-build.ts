import { existsSync } from "node:fs";
import path from "node:path";
import { cacheFolder, makeOnce } from "./cache";
import { engineFolder, engineVersion, type Engine } from "./engines";
import { ToolchainMissing } from "./failure";
import { onPath } from "./machine";
import type { Note } from "../progress";

const platform = `${process.platform}-${process.arch}`;

/** Where an engine lies once built. */
export const enginePath = (engine: Engine, env: NodeJS.ProcessEnv): string =>
  path.join(cacheFolder(env), engine.name, `${engineVersion(engine)}-${platform}`, engine.name);

/**
 * Builds an engine from its pinned module, every download checked against the committed go.sum, unless the cache has
 * it. Returns the executable's path.
 */
export const buildEngine = async (engine: Engine, env: NodeJS.ProcessEnv, note: Note): Promise<string> => {
  const file = enginePath(engine, env);
  if (existsSync(file)) return file;
  const version = engineVersion(engine);
  const go = onPath("go", env);
  if (go === undefined) {
    throw new ToolchainMissing(
      engine.name === "pulumi"
        ? "The Pulumi CLI is neither on PATH nor downloadable, and there is no Go to build it with.\n" +
            "Install either: the CLI (https://www.pulumi.com/docs/install/) or Go 1.21 or newer (https://go.dev/dl/)."
        : `${engine.name} ${version} is built from source, and there is no Go on PATH.\n` +
            "Install Go 1.21 or newer: https://go.dev/dl/",
    );
  }
  note(`building ${engine.name} ${version} from source, about ${engine.buildTime}`);
  const { execa } = await import("execa");
  await makeOnce(path.dirname(file), async (aside) => {
    const flags = ["-s", "-w", engine.linkerFlags?.(version) ?? ""].join(" ").trim();
    const result = await execa(
      go,
      ["build", "-ldflags", flags, "-o", path.join(aside, engine.name), engine.goPackage],
      {
        cwd: engineFolder(engine),
        // A user's own Go settings must not change what is built.
        env: { ...env, GOFLAGS: "", GOWORK: "off" },
        extendEnv: false,
        reject: false,
        stdin: "ignore",
      },
    );
    if (result.exitCode !== 0) {
      const tail = result.stderr.split("\n").slice(-15).join("\n");
      throw new ToolchainMissing(`${engine.name} ${version} could not be built from source:\n${tail}`);
    }
  });
  return file;
};
