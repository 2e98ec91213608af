import { readFileSync } from "node:fs";
import type { Finding } from "../../infra/toml/finding";
import { lintFlyToml } from "../../infra/toml/lint";
import { githubReport, textReport } from "../../infra/toml/report";
import { TomlSyntaxError } from "../../infra/toml/syntax-error";
import type { ExitCode } from "../exit-codes";
import { lintExitCodes } from "../exit-codes";
import { print, printJson, say } from "../talk";

export interface TomlLintOptions {
  readonly format: "text" | "github";
  readonly json?: boolean;
}

/** A file that could not be judged. */
interface Unreadable {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly reason: string;
}

type Judged = { readonly findings: readonly Finding[] } | { readonly unreadable: Unreadable };

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder: name the fly.toml in it",
  EACCES: "you may not read it",
};

const judge = (file: string): Judged => {
  const shownAs = file === "-" ? "stdin" : file;
  try {
    return { findings: lintFlyToml(readFileSync(file === "-" ? 0 : file, "utf8"), shownAs) };
  } catch (error) {
    if (error instanceof TomlSyntaxError) {
      const { line, column, reason } = error;
      return { unreadable: { file: shownAs, line, column, reason: `not TOML: ${reason}` } };
    }
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { unreadable: { file: shownAs, reason: reasons[code] ?? message } };
  }
};

const placed = ({ file, line, column, reason }: Unreadable): string =>
  `${line === undefined ? file : `${file}:${line}:${column ?? 1}`}  ${reason}`;

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

/** `flymon toml lint FILE...`: findings on standard output, their number and what cannot be read on standard error. */
export const tomlLint = (files: readonly string[], { format, json = false }: TomlLintOptions): ExitCode => {
  const judged = files.map(judge);
  const findings = judged.flatMap((each) => ("findings" in each ? each.findings : []));
  const unreadable = judged.flatMap((each) => ("unreadable" in each ? [each.unreadable] : []));

  if (json) printJson({ files: files.length, findings, unreadable });
  else if (findings.length > 0) print(format === "github" ? githubReport(findings) : textReport(findings));
  if (!json && format === "github") {
    for (const { file, line, reason } of unreadable) {
      print(`::error file=${file}${line === undefined ? "" : `,line=${line}`},title=unreadable::${reason}`);
    }
  }
  for (const each of unreadable) say(placed(each));
  if (!json) say(`${counted(findings.length, "finding")} in ${counted(files.length, "file")}.`);

  if (unreadable.length > 0) return lintExitCodes.unreadable;
  return findings.length > 0 ? lintExitCodes.findings : lintExitCodes.clean;
};
