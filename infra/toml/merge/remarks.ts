import type { Settings } from "../../render/toml-text";
import { minimumRemark, minimumRests } from "../../render/toml-text";
import type { Entry, Span } from "../document";
import type { Page } from "./page";
import type { TablePlan } from "./plan";
import { indentAt } from "./style";

export interface Remarks {
  /** Puts the remark about a resting minimum above a statement, or takes it away. */
  readonly remark: (statement: Span, which: "needed" | "gone") => void;
  /** Inside brackets a comment has no line: it stands above the statement. */
  readonly remarkInline: (entry: Entry, plans: readonly TablePlan[], fresh: readonly Settings[]) => void;
}

/** Keeps the remarks of a page true: a minimum that rests says so, one that counts does not. */
export const remarksOn = ({ document, text, style, edits }: Page): Remarks => {
  const remark = (statement: Span, which: "needed" | "gone"): void => {
    const line = edits.lineOf(statement.start);
    const above = text.slice(document.lineStarts[line - 1] ?? 0, document.lineStarts[line] ?? 0).trim();
    const end = document.lineStarts[line + 1] ?? text.length;
    if (which === "gone") {
      if (line > 0 && above === minimumRemark) edits.removeLine(line - 1);
      return;
    }
    const allowed = /flymon-lint:\s*allow\b.*\bmin-without-auto-stop\b.*--/;
    const comments = [above, ...edits.commentsIn({ start: statement.start, end })];
    const added = `${indentAt(document, statement.start)}${minimumRemark}${style.eol}`;
    if (!comments.some((comment) => allowed.test(comment)) && !edits.isInserted(line, added)) {
      edits.insertBefore(line, added);
    }
  };

  const remarkInline = (entry: Entry, plans: readonly TablePlan[], fresh: readonly Settings[]): void => {
    const asked = plans.flatMap((inner) =>
      [...inner.values()].flatMap((want) =>
        (want.do === "set" || want.do === "remark") && want.remark !== undefined ? [want.remark] : [],
      ),
    );
    const isNeeded = asked.includes("needed") || fresh.some(minimumRests);
    if (entry.statement !== undefined && (isNeeded || asked.length > 0)) {
      remark(entry.statement, isNeeded ? "needed" : "gone");
    }
  };

  return { remark, remarkInline };
};
