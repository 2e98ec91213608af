import type { TomlDocument } from "./document";
import { placeOf } from "./document";
import type { Problem } from "./finding";

/**
 * `# flymon-lint: allow <rule>[, <rule>] -- reason`: takes back what a rule finds on the comment's line, or on the
 * next one where the comment has its line to itself. The reason is required; a comment that takes nothing back is
 * a finding of its own, so that none outlives its cause.
 */
export interface Suppression {
  readonly span: { readonly start: number; readonly end: number };
  readonly rules: readonly string[];
  readonly reason: string;
  /** The lines it speaks for. */
  readonly lines: readonly number[];
}

const form = /^#\s*flymon-lint:\s*allow\s+(.*?)(?:\s+--\s*(.*?))?\s*$/;

export const suppressionsOf = (document: TomlDocument): Suppression[] => {
  const own = new Set<number>();
  const marked = document.comments.filter(({ text }) => /^#\s*flymon-lint:/.test(text));
  for (const { start } of marked) {
    const { line, column } = placeOf(document, start);
    const before = document.text.slice(start - column + 1, start);
    if (before.replace("\uFEFF", "").trim() === "") own.add(line);
  }
  return marked.map((comment) => {
    const [, names = "", reason = ""] = form.exec(comment.text) ?? [];
    const { line } = placeOf(document, comment.start);
    // Several such comments above one line all speak for it.
    let next = line + 1;
    while (own.has(next)) next += 1;
    return {
      span: comment,
      rules: names.split(/[\s,]+/).filter(Boolean),
      reason,
      lines: own.has(line) ? [line, next] : [line],
    };
  });
};

const sample = "# flymon-lint: allow min-without-auto-stop -- why it is right here";

/** What is wrong with the suppressions themselves. */
export const suppressionProblems = (
  suppressions: readonly Suppression[],
  used: ReadonlySet<string>,
  known: readonly string[],
): Problem[] =>
  suppressions.flatMap(({ span, rules, reason }, index): Problem[] => {
    if (rules.length === 0) {
      return [{ at: span, message: "the comment names no rule, so it allows nothing", fix: sample }];
    }
    return [
      ...(reason === ""
        ? [
            {
              at: span,
              message: "the comment gives no reason, so it allows nothing: the next reader must know why",
              fix: `# flymon-lint: allow ${rules.join(", ")} -- why it is right here`,
            },
          ]
        : []),
      ...rules.flatMap((rule): Problem[] =>
        !known.includes(rule)
          ? [{ at: span, message: `there is no rule ${rule}`, fix: sample }]
          : reason !== "" && !used.has(`${index}:${rule}`)
            ? [
                {
                  at: span,
                  message: `the comment allows ${rule}, which finds nothing here`,
                  fix: rules.length === 1 ? "# remove the comment" : `# remove ${rule} from the comment`,
                },
              ]
            : [],
      ),
    ];
  });
