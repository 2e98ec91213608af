import type { Setting, Settings } from "../../render/toml-text";
import { minimumRemark, minimumRests } from "../../render/toml-text";
import type { Block, Entry, Path, Span, TomlDocument, TomlList, TomlNode, TomlTable } from "../document";
import { applied, definedOnly, planData } from "./plan";
import type { ItemPlan, TablePlan, Want } from "./plan";
import { blockText, indentAt, keyText, namesOf, styleOf, valueText } from "./style";
import { TextEdits } from "./text-edits";

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

/** The text with the plan carried out, in place and in the file's own spelling. */
export const splice = (document: TomlDocument, plan: TablePlan): string => {
  const style = styleOf(document);
  const edits = new TextEdits(document, style.eol);
  const { text, blocks } = document;

  const startsWith = (path: Path, prefix: Path): boolean =>
    prefix.every((part, index) => path[index] === part);
  /** Blocks of a table or list and of everything in it. */
  const blocksUnder = (prefix: Path): Block[] =>
    blocks.filter(({ header, path }) => header !== undefined && startsWith(path, prefix));

  const lastLineOf = (block: Block): number =>
    edits.lineOf(Math.max((block.statements.at(-1) ?? block.header ?? { end: 1 }).end - 1, 0));

  /** The line after a block, past the comments that directly follow it, unless they lead a header. */
  const lineAfter = (block: Block): number => {
    const { lineStarts } = document;
    const line = lastLineOf(block) + 1;
    const content = (each: number): string =>
      text.slice(lineStarts[each] ?? text.length, lineStarts[each + 1] ?? text.length).trim();
    let past = line;
    while (past < lineStarts.length && content(past).startsWith("#")) past += 1;
    return content(past).startsWith("[") ? line : past;
  };

  const isBlankLine = (line: number): boolean =>
    text
      .slice(document.lineStarts[line] ?? text.length, document.lineStarts[line + 1] ?? text.length)
      .trim() === "";

  // ---- removing

  const removeBlock = (block: Block): void => {
    if (block.header !== undefined) edits.removeLines(block.header);
    for (const statement of block.statements) edits.removeLines(statement);
  };

  /** The statements of a table that has no header: dotted keys. */
  const statementsIn = (node: TomlNode): Span[] =>
    node.kind !== "table"
      ? []
      : [...node.entries.values()].flatMap((entry) =>
          entry.statement === undefined ? statementsIn(entry.node) : [entry.statement],
        );

  const removeEntry = (parent: TomlTable, entry: Entry): void => {
    if (entry.statement !== undefined) {
      edits.removeLines(entry.statement);
      return;
    }
    for (const block of blocksUnder([...parent.path, entry.key])) removeBlock(block);
    if (entry.node.kind === "table" && entry.node.form === "dotted") {
      for (const statement of statementsIn(entry.node)) edits.removeLines(statement);
    }
  };

  // ---- adding

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

  /** A new block behind its kin: entries of the same list, else what belongs to the same parent, else at the end. */
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

  /** `key = value` lines for a table that is not inline, all at once and in order. */
  const insertKeys = (table: TomlTable, keys: readonly (readonly [string, Setting, boolean])[]): void => {
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

  // ---- inline

  /** An inline table's text with the plan carried out; what the plan does not name keeps its own spelling. */
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

  /** A list in brackets: kept entries stay where they are, with the comments and breaks between them. */
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
    const spans = list.items.map((item) =>
      item.kind === "table" || item.kind === "scalar" ? item.span : item.span,
    );
    const gap = (from: number, to: number): string => withoutComma(from, to);
    let result = text.slice(span.start, spans[0]?.start ?? span.end - 1);
    const kept: string[] = [];
    list.items.forEach((item, index) => {
      const own = spans[index] ?? span;
      const after = gap(own.end, spans[index + 1]?.start ?? span.end - 1);
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

  // ---- the plan

  const replaceValue = (entry: Entry, span: Span, value: string): void => {
    if (value === text.slice(span.start, span.end)) return;
    const statement = entry.statement ?? span;
    const indent = indentAt(document, statement.start);
    for (const comment of edits.commentsIn(span)) {
      if (!value.includes(comment))
        edits.insertBefore(edits.lineOf(statement.start), `${indent}${comment}${style.eol}`);
    }
    edits.replace(span, value);
  };

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

  /** `[a]` becomes `[[a]]` and back; its sub-tables keep their headers. */
  const reform = (block: Block, isList: boolean): void => {
    if (block.header === undefined) return;
    const inner = text.slice(block.header.start, block.header.end).replace(/^\[+/, "").replace(/\]+$/, "");
    edits.replace(block.header, isList ? `[[${inner}]]` : `[${inner}]`);
  };

  const spanOfValue = (node: TomlNode): Span | undefined => node.span;

  const editTable = (table: TomlTable, inner: TablePlan, outer: Span | undefined): void => {
    const added: [string, Setting, boolean][] = [];
    for (const [key, want] of inner) {
      const entry = table.entries.get(key);
      switch (want.do) {
        case "remove":
          if (entry !== undefined) removeEntry(table, entry);
          break;
        case "remark":
          if (entry?.statement !== undefined) remark(outer ?? entry.statement, want.remark);
          break;
        case "set": {
          const span = entry?.statement === undefined ? undefined : spanOfValue(entry.node);
          if (entry !== undefined && span !== undefined) {
            replaceValue(entry, span, valueText(want.value, style));
            if (want.remark !== undefined && entry.statement !== undefined)
              remark(entry.statement, want.remark);
          } else {
            if (entry !== undefined) removeEntry(table, entry);
            added.push([key, want.value, want.remark === "needed"]);
          }
          break;
        }
        case "replace":
          if (entry !== undefined) removeEntry(table, entry);
          addData(table, key, definedOnly(want.data), added, want.near);
          break;
        case "table":
          editInner(table, key, entry, want.plan, added);
          break;
        case "list":
          editList(table, key, entry, want.items, added);
          break;
      }
    }
    insertKeys(table, added);
  };

  /** New data under a key: a block of its own, or a value where the table around it is written by dotted keys. */
  const addData = (
    table: TomlTable,
    key: string,
    data: Setting,
    added: [string, Setting, boolean][],
    near?: TomlTable,
  ): void => {
    if (table.form === "dotted" || Array.isArray(data) || typeof data !== "object" || data === null) {
      added.push([key, data, false]);
    } else if (isNamed(table, key)) {
      for (const [name, value] of Object.entries(data))
        insertBlock([...table.path, key], name, false, value as Settings);
    } else insertBlock(table.path, key, false, data as Settings, near);
  };

  /** [checks] itself has no keys: each check is a block. */
  const isNamed = (table: TomlTable, key: string): boolean => table.path.length === 0 && key === "checks";

  const editInner = (
    table: TomlTable,
    key: string,
    entry: Entry | undefined,
    inner: TablePlan,
    added: [string, Setting, boolean][],
  ): void => {
    const node = entry?.node;
    if (entry === undefined || node === undefined || node.kind === "scalar") {
      if (entry !== undefined) removeEntry(table, entry);
      addData(table, key, definedOnly(planData(inner)), added);
    } else if (node.kind === "list") {
      const [first, ...others] = node.items.filter((item) => item.kind === "table");
      if (first === undefined || (node.span !== undefined && entry.statement !== undefined)) {
        if (node.span !== undefined)
          replaceValue(
            entry,
            node.span,
            first === undefined ? valueText(definedOnly(planData(inner)), style) : inlineTable(first, inner),
          );
        return;
      }
      if (first.block !== undefined) reform(first.block, false);
      for (const other of others) for (const block of blocksUnder(other.path)) removeBlock(block);
      editTable(first, inner, undefined);
    } else if (node.form === "inline" && node.span !== undefined) {
      replaceValue(entry, node.span, inlineTable(node, inner));
      remarkInline(entry, [inner], []);
    } else editTable(node, inner, undefined);
  };

  const editList = (
    table: TomlTable,
    key: string,
    entry: Entry | undefined,
    items: readonly ItemPlan[],
    added: [string, Setting, boolean][],
  ): void => {
    const fresh = items.flatMap((item) =>
      item.existing === undefined ? [definedOnly(item.data) as Settings] : [],
    );
    const addFresh = (): void => {
      if (table.form === "dotted") {
        if (fresh.length > 0) added.push([key, fresh, fresh.some(minimumRests)]);
      } else for (const data of fresh) insertBlock(table.path, key, true, data);
    };
    const node = entry?.node;
    if (entry === undefined || node === undefined) {
      addFresh();
      return;
    }
    const plans = new Map(
      items.flatMap((item) =>
        item.existing === undefined ? [] : [[item.existing as TomlNode, item.plan] as const],
      ),
    );
    if (node.kind === "list" && node.span !== undefined) {
      if (plans.size === 0) {
        removeEntry(table, entry);
        addFresh();
      } else replaceValue(entry, node.span, inlineList(node, items));
      remarkInline(entry, [...plans.values()], fresh);
      return;
    }
    if (
      node.kind === "table" &&
      (node.form === "inline" || node.form === "dotted" || node.form === "implied")
    ) {
      const inner = plans.get(node);
      if (node.form === "inline" && node.span !== undefined && inner !== undefined) {
        replaceValue(
          entry,
          node.span,
          `[${[inlineTable(node, inner), ...fresh.map((data) => valueText(data, style))].join(", ")}]`,
        );
        remarkInline(entry, [...plans.values()], fresh);
        return;
      }
      // A list cannot be told by dotted keys or by sub-tables alone: it is written anew.
      const data = inner === undefined ? [] : [definedOnly(applied(node, inner) as Settings) as Settings];
      removeEntry(table, entry);
      if (table.form === "dotted") added.push([key, [...data, ...fresh], false]);
      else for (const each of [...data, ...fresh]) insertBlock(table.path, key, true, each);
      return;
    }
    const present = node.kind === "table" ? [node] : node.kind === "list" ? node.items : [];
    for (const item of present) {
      if (item.kind !== "table") continue;
      const inner = plans.get(item);
      if (inner === undefined) for (const block of blocksUnder(item.path)) removeBlock(block);
      else {
        if (node.kind === "table" && item.block !== undefined) reform(item.block, true);
        editTable(item, inner, undefined);
      }
    }
    addFresh();
  };

  /** Inside brackets a comment has no line: it stands above the statement. */
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

  editTable(document.root, plan, undefined);
  return edits.apply();
};
