import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
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
  readonly machine: string;
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

const stampFile = path.join(repositoryRoot, ".flymon", "toolchain.json");
const absolute = (file: string): string => path.resolve(repositoryRoot, file);

/** The kept outcome, if nothing that it rests on has changed. */
export const keptSetup = (env: NodeJS.ProcessEnv): PulumiSetup | undefined => {
  if (!existsSync(stampFile)) return undefined;
  try {
    const { machine: then, files, setup } = JSON.parse(readFileSync(stampFile, "utf8")) as Stamp;
    const same =
      then === machine(env) &&
      Object.entries(files).every(([file, was]) => fileStamp(absolute(file)) === was);
    return same ? setup : undefined;
  } catch {
    return undefined; // unreadable or of another age: set up again
  }
};

/** Keeps an outcome together with the files it rests on (relative ones from the repository's root). */
export const keepSetup = (env: NodeJS.ProcessEnv, setup: PulumiSetup, files: readonly string[]): void => {
  const stamp: Stamp = {
    machine: machine(env),
    files: Object.fromEntries(files.map((file) => [file, fileStamp(absolute(file))])),
    setup,
  };
  mkdirSync(path.dirname(stampFile), { recursive: true });
  const aside = `${stampFile}.${String(process.pid)}`;
  writeFileSync(aside, JSON.stringify(stamp));
  renameSync(aside, stampFile);
};
