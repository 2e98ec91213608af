import type { Setting } from "../../render/toml-text";
import type { Entry, TomlList, TomlNode, TomlTable } from "../document";
import type { Page } from "./page";
import type { ItemPlan, TablePlan, Want } from "./plan";
import { applied, definedOnly } from "./plan";
import { keyText, valueText } from "./style";

/** A plan that leaves every value as it is. */
const isOnlyRemarks = (plan: TablePlan): boolean =>
  [...plan.values()].every((want) => {
    if (want.do === "remark") return true;
    if (want.do === "table") return isOnlyRemarks(want.plan);
    return (
      want.do === "list" &&
      !want.reshaped &&
      want.items.every((item) => item.existing !== undefined && isOnlyRemarks(item.plan))
    );
  });

export interface InlineTexts {
  /** An inline table's text with the plan carried out; what the plan does not name keeps its own spelling. */
  readonly inlineTable: (table: TomlTable, inner: TablePlan) => string;
  /** A list in brackets: kept entries stay where they are, with the comments and breaks between them. */
  readonly inlineList: (list: TomlList, items: readonly ItemPlan[]) => string;
}

/** Spells values that stand within one statement. */
export const inlineTextsOf = ({ document, text, style }: Page): InlineTexts => {
  const inlineTable = (table: TomlTable, inner: TablePlan): string => {
    if (isOnlyRemarks(inner)) return text.slice(table.span?.start, table.span?.end);
    const result = applied(table, inner);
    const raw = (node: TomlNode, entry: Entry): string[] =>
      entry.statement !== undefined
        ? [text.slice(entry.statement.start, entry.statement.end)]
        : node.kind === "table"
          ? [...node.entries.values()].flatMap((each) => raw(each.node, each))
          : [];
    const parts = Object.entries(result).flatMap(([key, value]) => {
      const entry = table.entries.get(key);
      const want = inner.get(key);
      if (entry !== undefined && (want === undefined || want.do === "remark")) return raw(entry.node, entry);
      return [`${keyText(key)} = ${inlineValue(entry?.node, want, value as Setting)}`];
    });
    return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
  };

  const inlineValue = (node: TomlNode | undefined, want: Want | undefined, value: Setting): string => {
    if (want?.do === "table" && node?.kind === "table" && node.span !== undefined)
      return inlineTable(node, want.plan);
    if (want?.do === "list" && node?.kind === "list" && node.span !== undefined)
      return inlineList(node, want.items);
    return valueText(value, style);
  };

  const inlineList = (list: TomlList, items: readonly ItemPlan[]): string => {
    const span = list.span ?? { start: 0, end: 0 };
    const plans = new Map(
      items.flatMap((item) =>
        item.existing === undefined ? [] : [[item.existing as TomlNode, item.plan] as const],
      ),
    );
    const added = items.flatMap((item) =>
      item.existing === undefined ? [valueText(definedOnly(item.data), style)] : [],
    );
    const spans = list.items.map((item) => item.span);
    let result = text.slice(span.start, spans[0]?.start ?? span.end - 1);
    const kept: string[] = [];
    list.items.forEach((item, index) => {
      const own = spans[index] ?? span;
      const after = withoutComma(own.end, spans[index + 1]?.start ?? span.end - 1);
      const inner = plans.get(item);
      const isKept = item.kind !== "table" || inner !== undefined;
      const body =
        item.kind === "table" && inner !== undefined && inner.size > 0
          ? inlineTable(item, inner)
          : text.slice(own.start, own.end);
      if (isKept) kept.push(body);
      result += (isKept ? `${body},` : "") + after;
    });
    const tail = added.map((body) => `${body},`).join(" ");
    if (tail !== "")
      result += /\n\s*$/.test(result)
        ? `${style.keyIndent}${tail}${style.eol}`
        : `${/[[\s]$/.test(result) ? "" : " "}${tail}`;
    const hadComma = spans.length > 0 && gapHasComma(spans.at(-1)?.end ?? 0, span.end - 1);
    return `${hadComma || !result.includes(",") ? result : dropLastComma(result, kept.length + added.length)}]`;
  };

  const commaIn = (from: number, to: number): number => {
    const comments = document.comments.filter(({ start }) => start >= from && start < to);
    for (let index = from; index < to; index += 1) {
      const comment = comments.find(({ start }) => start === index);
      if (comment !== undefined) index = comment.end - 1;
      else if (text.charAt(index) === ",") return index;
    }
    return -1;
  };
  const gapHasComma = (from: number, to: number): boolean => commaIn(from, to) !== -1;
  const withoutComma = (from: number, to: number): string => {
    const comma = commaIn(from, to);
    return comma === -1 ? text.slice(from, to) : text.slice(from, comma) + text.slice(comma + 1, to);
  };
  /** A comma after the last entry is legal; where the list had none and no comment follows, it goes. */
  const dropLastComma = (listText: string, entries: number): string =>
    entries === 0 ? listText : listText.replace(/,(\s*)$/, "$1");

  return { inlineTable, inlineList };
};
