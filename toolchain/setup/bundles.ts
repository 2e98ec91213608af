import { createHash } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { repositoryRoot } from "../root";

interface TypeScriptRunner {
  readonly bundle: (entry: string, options: { packages: "bundle"; minify: boolean }) => string;
}

/** What the runner keeps beside each bundle: the files it was made from, relative to the repository's root. */
interface Manifest {
  readonly inputs: Readonly<Record<string, string>>;
}

/** A program of this checkout as one self-contained file. */
export interface Bundle {
  readonly contents: Buffer;
  /** SHA-256 of the contents, shortened: names the folder it is installed in. */
  readonly key: string;
  /** The sources it was made from, relative to the repository's root. */
  readonly sources: readonly string[];
}

/** Bundles an entry below toolchain/ with all the packages it needs. */
export const bundleOf = (entry: string): Bundle => {
  const folder = path.join(repositoryRoot, "toolchain");
  // Required at run time: inlined into a bundle it would not find its own folder.
  const { bundle } = createRequire(path.join(folder, "setup", "bundles.ts"))(
    "../typescript.cjs",
  ) as TypeScriptRunner;
  const file = bundle(path.join(folder, entry), { packages: "bundle", minify: true });
  const { inputs } = JSON.parse(readFileSync(file.replace(/\.cjs$/, ".inputs.json"), "utf8")) as Manifest;
  const contents = readFileSync(file);
  return {
    contents,
    key: createHash("sha256").update(contents).digest("hex").slice(0, 16),
    sources: Object.keys(inputs),
  };
};

/** Writes a bundle as an executable that needs nothing but Node.js. */
export const installBundle = (folder: string, name: string, { contents }: Bundle): void => {
  const file = path.join(folder, name);
  writeFileSync(file, Buffer.concat([Buffer.from("#!/usr/bin/env node\n"), contents]));
  chmodSync(file, 0o755);
  // A package.json further up must not turn it into an ES module.
  writeFileSync(path.join(folder, "package.json"), '{ "type": "commonjs" }\n');
};
