import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { WatchtowerPartName } from "../model/watchtower";
import { repositoryRoot } from "../../toolchain/root";

interface TypeScriptRunner {
  readonly bundle: (entry: string, options: { packages: "bundle"; minify: boolean }) => string;
}

/** This project's own program of a part, with all its packages, as one file that Node runs. */
export const ownProgram = (part: WatchtowerPartName): string => {
  // Required at run time: inlined into a bundle it would not find its own folder.
  const { bundle } = createRequire(path.join(repositoryRoot, "toolchain", "root.ts"))(
    "./typescript.cjs",
  ) as TypeScriptRunner;
  const entry = path.join(repositoryRoot, "watchtower", part, "main.ts");
  return readFileSync(bundle(entry, { packages: "bundle", minify: true }), "utf8");
};
