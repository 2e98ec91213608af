import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../root";
import { cacheFolder } from "./cache";
import { fileStamp, onPath, userPulumiHome } from "./machine";

/** The outcome of a set-up of the Pulumi side, kept so that the next one is a few file look-ups. */
export interface PulumiSetup {
  /** The CLI to run. */
  readonly pulumi: string;
  /** What to add to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** One line for each part: what it is and where it comes from. */
  readonly report: readonly string[];
}

interface Stamp {
  readonly files: Readonly<Record<string, string>>;
  readonly setup: PulumiSetup;
}

const NAMES = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-command", "pulumi-resource-random"];

/** What the machine offers that could lead to another choice: the vendor's programs, and where things are kept. */
const machine = (env: NodeJS.ProcessEnv): string => {
  const found = NAMES.map((name) => {
    const file = onPath(name, env);
    return `${file ?? "-"} ${fileStamp(file)}`;
  });
  const home = userPulumiHome(env);
  return [
    cacheFolder(env),
    home,
    fileStamp(path.join(home, "plugins")),
    env["PULUMI_CREDENTIALS_PATH"],
    ...found,
  ].join("\n");
};

/** One stamp for each checkout and each state of the machine, so that changing between two of them costs nothing. */
const stampFile = (env: NodeJS.ProcessEnv): string => {
  const key = createHash("sha256")
    .update(`${repositoryRoot}\n${machine(env)}`)
    .digest("hex")
    .slice(0, 16);
  return path.join(cacheFolder(env), "stamps", `${key}.json`);
};
const absolute = (file: string): string => path.resolve(repositoryRoot, file);

/** The kept outcome, if nothing that it rests on has changed. */
export const keptSetup = (env: NodeJS.ProcessEnv): PulumiSetup | undefined => {
  try {
    const { files, setup } = JSON.parse(readFileSync(stampFile(env), "utf8")) as Stamp;
    return Object.entries(files).every(([file, was]) => fileStamp(absolute(file)) === was)
      ? setup
      : undefined;
  } catch {
    return undefined; // none yet, or of another age: set up again
  }
};

/** Keeps an outcome together with the files it rests on (relative ones from the repository's root). */
export const keepSetup = (env: NodeJS.ProcessEnv, setup: PulumiSetup, files: readonly string[]): void => {
  const stamp: Stamp = {
    files: Object.fromEntries(files.map((file) => [file, fileStamp(absolute(file))])),
    setup,
  };
  const file = stampFile(env);
  mkdirSync(path.dirname(file), { recursive: true });
  const aside = `${file}.${String(process.pid)}`;
  writeFileSync(aside, JSON.stringify(stamp));
  renameSync(aside, file);
};
