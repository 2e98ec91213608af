import type { Setting, Settings } from "../../render/toml-text";
import { minimumRemark } from "../../render/toml-text";
import type { Path, TomlTable } from "../document";
import type { Page } from "./page";
import { startsWith } from "./page";
import { statementsIn } from "./remove";
import { blockText, indentAt, keyText, namesOf, valueText } from "./style";

/** A key that is new in a table, its value, and whether the remark about a resting minimum leads it. */
export type NewKey = readonly [key: string, value: Setting, remarked: boolean];

export interface Insertion {
  /**
   * A new block behind its kin: entries of the same list, else what belongs to the same parent, else at the end; before
   * the block of `near` where that is given.
   */
  readonly insertBlock: (
    parent: Path,
    key: string,
    isList: boolean,
    data: Settings,
    near?: TomlTable,
  ) => void;
  /** `key = value` lines for a table that is not inline, all at once and in order. */
  readonly insertKeys: (table: TomlTable, keys: readonly NewKey[]) => void;
}

/** Writes new blocks and keys into a page, where a person would. */
export const insertionInto = ({ document, text, blocks, style, edits, ...page }: Page): Insertion => {
  const { blocksUnder, lineAfter, isBlankLine } = page;

  const indentOfBlock = (path: Path, isList: boolean): string => {
    const names = namesOf(path);
    const sibling = isList
      ? blocks.findLast(
          ({ header, path: own }) => header !== undefined && String(namesOf(own)) === String(names),
        )
      : undefined;
    if (sibling?.header !== undefined) return indentAt(document, sibling.header.start);
    if (names.length < 2) return "";
    const parent = blocks.findLast(
      ({ header, path: own }) =>
        header !== undefined && startsWith(path, own) && namesOf(own).length === names.length - 1,
    );
    return parent?.header === undefined
      ? style.headerIndent.repeat(names.length - 1)
      : indentAt(document, parent.header.start) + style.headerIndent;
  };

  const insertBlock = (
    parent: Path,
    key: string,
    isList: boolean,
    data: Settings,
    near?: TomlTable,
  ): void => {
    const path = [...parent, key];
    if (near?.block?.header !== undefined) {
      const body = blockText(namesOf(path), isList, data, indentAt(document, near.block.header.start), style);
      edits.insertBefore(edits.lineOf(near.block.header.start), body, "parent");
      return;
    }
    const kin = [path, parent]
      .map((prefix) => (prefix.length === 0 ? [] : blocksUnder(prefix)))
      .find(({ length }) => length > 0);
    const last = kin?.at(-1);
    const line =
      last === undefined
        ? document.lineStarts.length - (text.endsWith("\n") || text === "" ? 1 : 0)
        : lineAfter(last);
    const body = blockText(namesOf(path), isList, data, indentOfBlock(path, isList), style);
    const before = line === 0 || (last === undefined && isBlankLine(line - 1)) ? "" : style.eol;
    const after = line >= document.lineStarts.length || isBlankLine(line) ? "" : style.eol;
    edits.insertBefore(line, before + body + after, "block");
  };

  const insertKeys = (table: TomlTable, keys: readonly NewKey[]): void => {
    if (keys.length === 0) return;
    if (table.form === "dotted") {
      const [anchor] = statementsIn(table).slice(-1);
      const holder =
        anchor && blocks.find(({ statements }) => statements.some(({ start }) => start === anchor.start));
      if (anchor === undefined || holder === undefined) throw new Error("a dotted table without a statement");
      const prefix = namesOf(table.path.slice(holder.path.length)).map(keyText).join(".");
      const indent = indentAt(document, anchor.start);
      const line = edits.lineOf(Math.max(anchor.end - 1, 0)) + 1;
      for (const [key, value, remarked] of keys) {
        if (remarked) edits.insertBefore(line, `${indent}${minimumRemark}${style.eol}`);
        edits.insertBefore(
          line,
          `${indent}${prefix}.${keyText(key)} = ${valueText(value, style)}${style.eol}`,
        );
      }
      return;
    }
    const block = table.block;
    if (block === undefined) {
      const [first] = blocksUnder(table.path);
      if (first?.header === undefined) throw new Error("a table that is written nowhere");
      const data = Object.fromEntries(keys.map(([key, value]) => [key, value]));
      const body = blockText(namesOf(table.path), false, data, indentOfBlock(table.path, false), style);
      edits.insertBefore(edits.lineOf(first.header.start), body + style.eol, "parent");
      return;
    }
    const last = block.statements.at(-1);
    const anchor = last ?? block.header;
    const indent =
      last !== undefined
        ? indentAt(document, last.start)
        : block.header === undefined
          ? ""
          : indentAt(document, block.header.start) + style.keyIndent;
    const line = anchor === undefined ? topLine() : edits.lineOf(anchor.end - 1) + 1;
    for (const [key, value, remarked] of keys) {
      if (remarked) edits.insertBefore(line, `${indent}${minimumRemark}${style.eol}`);
      edits.insertBefore(line, `${indent}${keyText(key)} = ${valueText(value, style)}${style.eol}`);
    }
    const firstHeader = blocks[1]?.header;
    if (anchor === undefined && firstHeader !== undefined) edits.insertBefore(line, style.eol);
  };

  /** Where a file that begins with a header takes its first key: above the comments that lead the header. */
  const topLine = (): number => {
    const header = blocks[1]?.header;
    let line = header === undefined ? 0 : edits.lineOf(header.start);
    while (line > 0 && !isBlankLine(line - 1)) line -= 1;
    return line;
  };

  return { insertBlock, insertKeys };
};
