import { parseDocument, placeOf } from "./document";
import type { TomlDocument } from "./document";
import type { Finding, Problem, Severity } from "./finding";
import { flyFileOf } from "./fly-file";
import { rules } from "./rules";
import { suppressionProblems, suppressionsOf } from "./suppressions";

/** The id under which findings about suppression comments are told; it cannot itself be suppressed. */
export const suppressionRule = "suppression";

/** Every rule's id. */
export const ruleIds: readonly string[] = rules.map(({ id }) => id);

/**
 * What in a fly.toml does not do on Fly what it says, in the order of the text. `file` is only named in the findings.
 * @throws TomlSyntaxError when the text is not TOML
 */
export const lintFlyToml = (text: string, file: string): Finding[] => lintDocument(parseDocument(text), file);

export const lintDocument = (document: TomlDocument, file: string): Finding[] => {
  const view = flyFileOf(document);
  const suppressions = suppressionsOf(document);
  const used = new Set<string>();
  const statements = document.blocks.flatMap((block) => block.statements);

  const finding = (
    rule: string,
    severity: Severity,
    { at, message, fix, severity: own }: Problem,
  ): Finding => {
    const start = placeOf(document, at.start);
    const end = placeOf(document, at.end);
    return {
      rule,
      severity: own ?? severity,
      file,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      message,
      fix,
    };
  };
  /** The finding's line, and that of the statement it is part of: an inline table may be deep in one. */
  const linesOf = (at: Problem["at"]): number[] => {
    const around = statements.find(({ start, end }) => start <= at.start && at.end <= end);
    return [at.start, ...(around === undefined ? [] : [around.start])].map(
      (offset) => placeOf(document, offset).line,
    );
  };
  const isAllowed = (rule: string, at: Problem["at"]): boolean => {
    if (suppressions.length === 0) return false;
    const lines = linesOf(at);
    const index = suppressions.findIndex(
      (suppression) =>
        suppression.reason !== "" &&
        suppression.rules.includes(rule) &&
        suppression.lines.some((line) => lines.includes(line)),
    );
    if (index === -1) return false;
    used.add(`${index}:${rule}`);
    return true;
  };

  const found = rules.flatMap((rule) =>
    rule
      .check(view)
      .filter(({ at }) => !isAllowed(rule.id, at))
      .map((problem) => finding(rule.id, rule.severity, problem)),
  );
  const aboutComments = suppressionProblems(suppressions, used, ruleIds).map((problem) =>
    finding(suppressionRule, "warning", problem),
  );
  return [...found, ...aboutComments].sort((a, b) => a.line - b.line || a.column - b.column);
};
