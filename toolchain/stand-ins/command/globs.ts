import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileAsset, type Values } from "../provider/values";

/** One glob construct and the regular expression it means; `inBraces` ones only count between { and }. */
interface Construct {
  readonly pattern: RegExp;
  readonly inBraces?: true;
  readonly source: (matched: string) => string;
}

const CONSTRUCTS: readonly Construct[] = [
  { pattern: /^\*\*/, source: () => ".*" },
  { pattern: /^\*/, source: () => "[^/]*" },
  { pattern: /^\?/, source: () => "[^/]" },
  { pattern: /^\[!?[^\]]+\]/, source: (set) => set.replace(/^\[!/, "[^").replaceAll("\\", "\\\\") },
  { pattern: /^\\./, source: (escaped) => `\\${escaped.slice(1)}` },
  { pattern: /^\{/, source: () => "(?:" },
  { pattern: /^\}/, inBraces: true, source: () => ")" },
  { pattern: /^,/, inBraces: true, source: () => "|" },
  { pattern: /^[^]/, source: (character) => character.replace(/[.+^$()|{}\]\\]/, "\\$&") },
];

/**
 * The vendor's globs as a regular expression: `*` matches anything but `/`, `**` anything at all (also inside a
 * name), `?` one character, `[a-z]`, `[!a-z]` and `{a,b}` as in a shell.
 */
export const globExpression = (glob: string): RegExp => {
  let source = "";
  let depth = 0;
  for (let rest = glob; rest !== "";) {
    const construct = CONSTRUCTS.find(
      ({ pattern, inBraces }) => (depth > 0 || !inBraces) && pattern.test(rest),
    );
    if (!construct) throw new Error(`the glob ${glob} cannot be read at ${rest}`);
    const matched = construct.pattern.exec(rest)?.[0] ?? "";
    if (matched === "{") depth += 1;
    if (matched === "}" && construct.inBraces) depth -= 1;
    source += construct.source(matched);
    rest = rest.slice(matched.length);
  }
  return new RegExp(`^${source}$`, "s");
};

/** The files (never folders) below `dir` that the rules select, in order: a later `!rule` takes files out again. */
export const selectFiles = (files: readonly string[], rules: readonly string[]): string[] =>
  files.filter((file) =>
    rules.reduce((chosen, rule) => {
      const excludes = rule.startsWith("!");
      return globExpression(excludes ? rule.slice(1) : rule).test(file) ? !excludes : chosen;
    }, false),
  );

/** Every entry below `dir`; a folder that is gone has none. */
const entriesBelow = (dir: string) =>
  existsSync(dir) ? readdirSync(dir, { recursive: true, withFileTypes: true }) : [];

/** The selected files as assets under their paths relative to `dir`. */
export const assetsOf = (dir: string, rules: readonly string[]): Values => {
  const files = entriesBelow(dir)
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .sort();
  return Object.fromEntries(
    selectFiles(files, rules).map((file) => {
      const at = path.join(dir, file);
      return [file, fileAsset(at, createHash("sha256").update(readFileSync(at)).digest("hex"))];
    }),
  );
};
