import type { Setting, Settings } from "../../render/toml-text";
import { minimumRests } from "../../render/toml-text";
import type { Block, Entry, Span, TomlDocument, TomlNode, TomlTable } from "../document";
import { inlineTextsOf } from "./inline";
import type { NewKey } from "./insert";
import { insertionInto } from "./insert";
import { pageOf } from "./page";
import { applied, definedOnly, planData } from "./plan";
import type { ItemPlan, TablePlan } from "./plan";
import { remarksOn } from "./remarks";
import { removalFrom } from "./remove";
import { indentAt, valueText } from "./style";

/** The text with the plan carried out, in place and in the file's own spelling. */
export const splice = (document: TomlDocument, plan: TablePlan): string => {
  const page = pageOf(document);
  const { text, style, edits, blocksUnder } = page;
  const { removeBlock, removeEntry } = removalFrom(page);
  const { insertBlock, insertKeys } = insertionInto(page);
  const { inlineTable, inlineList } = inlineTextsOf(page);
  const { remark, remarkInline } = remarksOn(page);

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

  /** `[a]` becomes `[[a]]` and back; its sub-tables keep their headers. */
  const reform = (block: Block, isList: boolean): void => {
    if (block.header === undefined) return;
    const inner = text.slice(block.header.start, block.header.end).replace(/^\[+/, "").replace(/\]+$/, "");
    edits.replace(block.header, isList ? `[[${inner}]]` : `[${inner}]`);
  };

  const editTable = (table: TomlTable, inner: TablePlan, outer: Span | undefined): void => {
    const added: NewKey[] = [];
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
          const span = entry?.statement === undefined ? undefined : entry.node.span;
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
  const addData = (table: TomlTable, key: string, data: Setting, added: NewKey[], near?: TomlTable): void => {
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
    added: NewKey[],
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
    added: NewKey[],
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

  editTable(document.root, plan, undefined);
  return edits.apply();
};
