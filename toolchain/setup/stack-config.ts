import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../root";
import type { Backend } from "./backend";

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** Settings of a stack file that say how its secrets are encrypted: with any of them the file is the user's choice. */
const ENCRYPTION = /^(?:encryptionsalt|secretsprovider|encryptedkey):/m;
const SALT = /^encryptionsalt:.*$/m;

const writeIfChanged = (file: string, text: string): void => {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  const aside = `${file}.${String(process.pid)}`;
  writeFileSync(aside, text);
  renameSync(aside, file);
};

/**
 * A folder that is a project of the same name with nothing in it, for `pulumi stack init`: that command knows no
 * --config-file and writes the new stack's salt into the folder it runs in.
 */
export const stackConfigFolder = (root: string = repositoryRoot): string => {
  const folder = path.join(root, ".flymon", "config");
  mkdirSync(folder, { recursive: true });
  const name = /^name:.*$/m.exec(textOf(path.join(root, "Pulumi.yaml")))?.[0];
  if (name === undefined) throw new Error(`${path.join(root, "Pulumi.yaml")} has no name`);
  writeIfChanged(path.join(folder, "Pulumi.yaml"), `${name}\nruntime: nodejs\n`);
  return folder;
};

/**
 * The file to pass as `--config-file` for a stack. On our own backend the CLI would write a salt into the
 * repository's stack file, which is to hold settings only; so it gets a working copy (`.flymon/config/`), made anew
 * from the repository's file at each call, with the salt kept in it. Elsewhere, and where the repository's file
 * chooses an encryption itself, it is the repository's file.
 */
export const stackConfigFile = (
  stack: string,
  { backend, root = repositoryRoot }: { readonly backend: Backend; readonly root?: string },
): string => {
  // A stack's full name is organization/project/stack; its file has the last part.
  const name = `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
  const own = path.join(root, name);
  const text = textOf(own);
  if (backend.kind === "chosen" || ENCRYPTION.test(text)) return own;

  const copy = path.join(stackConfigFolder(root), name);
  const salt = SALT.exec(textOf(copy))?.[0];
  const settings = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  writeIfChanged(copy, salt === undefined ? settings : `${settings}${salt}\n`);
  return copy;
};
