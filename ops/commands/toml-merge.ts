import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { styleText } from "node:util";
import { createTwoFilesPatch } from "diff";
import type { ResolvedApp } from "../../infra/model/app";
import { fleet as declared } from "../../infra/fleet";
import { didYouMean } from "../../infra/model/did-you-mean";
import { parseSettings, resolveFleet } from "../../infra/model/fleet";
import type { Merged } from "../../infra/toml/merge";
import { mergeFlyToml, UnmergeableError } from "../../infra/toml/merge";
import { TomlSyntaxError } from "../../infra/toml/syntax-error";
import { declaredFleet } from "../declared-fleet";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { stackNames } from "../stack-files";
import { print, printJson, say } from "../talk";

export interface TomlMergeOptions {
  readonly app: string;
  readonly stack?: string;
  readonly write?: boolean;
  readonly check?: boolean;
  readonly json?: boolean;
}

const refused = (...lines: readonly string[]): Failure => new Failure(exitCodes.refused, lines.join("\n"));

/** The app as its stack sees it; an app that is in no stack, as it is declared. */
const appOf = (name: string, stack: string | undefined): ResolvedApp => {
  const known = declared.apps.map(({ declaration }) => declaration.name);
  if (!known.includes(name)) {
    throw refused(
      `There is no app "${name}" in infra/fleet.`,
      `Apps: ${known.join(", ")}`,
      ...[didYouMean(name, known) ?? []].flat(),
    );
  }
  const inStack = (each: string): ResolvedApp | undefined =>
    declaredFleet(each).apps.find((app) => app.name === name);
  if (stack !== undefined) {
    const app = inStack(stack);
    if (app === undefined) {
      throw refused(`Pulumi.${stack}.yaml does not name ${name}.`, `    mend:    add it under hotdash:apps`);
    }
    return app;
  }
  const found = stackNames().flatMap((each) => {
    const app = inStack(each);
    return app === undefined ? [] : [{ stack: each, app }];
  });
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw refused(
      `${name} is in several stacks: ${found.map((each) => each.stack).join(", ")}.`,
      `    mend:    say whose overrides hold: --stack ${first.stack}`,
    );
  }
  if (first !== undefined) return first.app;
  const settings = parseSettings("none", { environment: "production", apps: [name] });
  const [app] = resolveFleet(declared, settings).apps;
  if (app === undefined) throw new Error(`${name} was declared a moment ago`);
  return app;
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder: name the fly.toml in it",
  EACCES: "you may not read it",
};

const readToml = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw refused(`${file}  ${reasons[code] ?? message}`);
  }
};

const merged = (file: string, text: string, app: ResolvedApp): Merged => {
  try {
    return mergeFlyToml(text, app);
  } catch (error) {
    if (error instanceof UnmergeableError) throw refused(`${file}:${error.line}  ${error.message}`);
    if (!(error instanceof TomlSyntaxError)) throw error;
    throw refused(`${file}:${error.line}:${error.column}  not TOML: ${error.reason}`);
  }
};

/**
 * Whoever reads the file meanwhile sees the old one or the new one. A link stays a link: what it points to is written.
 * The file keeps its mode.
 */
const writeWhole = (file: string, text: string): void => {
  const target = realpathSync(file);
  const aside = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.flymon`);
  try {
    const handle = openSync(aside, "wx", 0o600);
    try {
      fchmodSync(handle, statSync(target).mode & 0o7777);
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw refused(`${file}  cannot be written (${code ?? message})`);
  }
};

const coloured = (line: string): string => {
  if (line.startsWith("+")) return styleText("green", line);
  if (line.startsWith("-")) return styleText("red", line);
  return line.startsWith("@@") ? styleText("cyan", line) : line;
};

const hasColour = (): boolean => process.stdout.isTTY && !process.env["NO_COLOR"];

/** A unified diff that `patch` takes; coloured on a terminal. */
const diffOf = (file: string, before: string, after: string): string => {
  const patch = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, "", "", {
    stripTrailingCr: false,
  });
  const lines = patch.split("\n").filter((line) => !/^=+$/.test(line));
  return (hasColour() ? lines.map(coloured) : lines).join("\n").trimEnd();
};

/**
 * `flymon toml merge FILE --app NAME`: the difference on standard output, what changes and why on standard error.
 * Ends with 7 under `--check` where there is one; `--write` writes the file.
 */
export const tomlMerge = (
  file: string,
  { app: name, stack, write = false, check = false, json = false }: TomlMergeOptions,
): ExitCode => {
  const app = appOf(name, stack);
  const before = readToml(file);
  const { text, changes } = merged(file, before, app);
  const inLine = text === before;

  if (json) printJson({ file, app: name, inLine, changes, diff: inLine ? "" : diffOf(file, before, text) });
  else if (!inLine) print(diffOf(file, before, text));
  if (inLine) {
    say(`${file} says what ${name} declares.`);
    return exitCodes.done;
  }
  say(`${file} is out of line with ${name} (${app.declaredIn}):`);
  for (const change of changes) say(`  ${change}`);
  if (write) {
    writeWhole(file, text);
    say(`${file} is written.`);
    return exitCodes.done;
  }
  say(check ? "Run again with --write instead of --check, and commit." : "Nothing is written; --write does.");
  return check ? exitCodes.changes : exitCodes.done;
};
