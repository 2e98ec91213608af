import type { AST } from "toml-eslint-parser";
import { ParseError, parseTOML } from "toml-eslint-parser";
import { syntaxError } from "./syntax-error";

/**
 * A fly.toml as data that knows where it stands: the same tree whether a table is written under a header, inline or
 * with dotted keys, each part with its place in the text. Lint reads it, merge edits the text by it.
 */
export interface TomlDocument {
  readonly text: string;
  readonly root: TomlTable;
  readonly comments: readonly Comment[];
  /** Every header with its keys, in the order of the text. */
  readonly blocks: readonly Block[];
  /** Offset of each line's first character. */
  readonly lineStarts: readonly number[];
}

/** Offsets in the text, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Path = readonly (string | number)[];

export interface Comment extends Span {
  /** From the `#` on. */
  readonly text: string;
}

export type TomlNode = TomlScalar | TomlList | TomlTable;

export interface TomlScalar {
  readonly kind: "scalar";
  readonly type: "string" | "integer" | "float" | "boolean" | "datetime";
  readonly value: string | number | boolean;
  readonly span: Span;
}

export interface TomlList {
  readonly kind: "list";
  readonly items: TomlNode[];
  /** Absent where the list is written as `[[headers]]`. */
  readonly span: Span | undefined;
}

export interface TomlTable {
  readonly kind: "table";
  readonly path: Path;
  readonly entries: Map<string, Entry>;
  /** Where and how the table itself is written; a header may follow its sub-tables. */
  form: "root" | "implied" | "header" | "inline" | "dotted";
  /** Of a header: its block; of an inline table: the braces. */
  block: Block | undefined;
  readonly span: Span | undefined;
}

export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly node: TomlNode;
  /** The whole `key = value`; absent where headers define it. */
  readonly statement: Span | undefined;
}

/** A header line and the `key = value` lines under it; the first block, without a header, is the top of the file. */
export interface Block {
  readonly path: Path;
  /** `[a.b]` or `[[a.b]]`; absent for the top of the file. */
  readonly header: Span | undefined;
  readonly isList: boolean;
  readonly statements: Span[];
}

const spanOf = ({ range: [start, end] }: AST.HasLocs, shift: number): Span => ({
  start: start + shift,
  end: end + shift,
});

const nameOf = (key: AST.TOMLBare | AST.TOMLQuoted): string =>
  key.type === "TOMLBare" ? key.name : key.value;

const scalarOf = (node: AST.TOMLValue, shift: number): TomlScalar => {
  const span = spanOf(node, shift);
  switch (node.kind) {
    case "string":
    case "boolean":
      return { kind: "scalar", type: node.kind, value: node.value, span };
    case "integer":
    case "float":
      return { kind: "scalar", type: node.kind, value: node.value, span };
    default:
      return { kind: "scalar", type: "datetime", value: node.datetime, span };
  }
};

const newTable = (path: Path, form: TomlTable["form"], span?: Span): TomlTable => ({
  kind: "table",
  path,
  entries: new Map(),
  form,
  block: undefined,
  span,
});

/** Lines and columns are counted from 1, as editors do. */
export const placeOf = (
  { lineStarts }: Pick<TomlDocument, "lineStarts">,
  offset: number,
): { line: number; column: number } => {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
};

const lineStartsOf = (text: string): number[] => {
  const starts = [0];
  for (let index = text.indexOf("\n"); index !== -1; index = text.indexOf("\n", index + 1)) {
    starts.push(index + 1);
  }
  return starts;
};

/**
 * Reads a text as TOML 1.0. A byte order mark is passed over.
 * @throws TomlSyntaxError with the line, for anything else
 */
export const parseDocument = (text: string): TomlDocument => {
  const shift = text.startsWith("\uFEFF") ? 1 : 0;
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text.slice(shift), { tomlVersion: "1.0.0" });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw syntaxError(text.slice(shift), error.lineNumber, error.column + 1, error.message);
  }

  const root = newTable([], "root");
  const top: Block = { path: [], header: undefined, isList: false, statements: [] };
  const blocks: Block[] = [top];

  const value = (node: AST.TOMLContentNode, path: Path): TomlNode => {
    switch (node.type) {
      case "TOMLValue":
        return scalarOf(node, shift);
      case "TOMLArray":
        return {
          kind: "list",
          items: node.elements.map((element, index) => value(element, [...path, index])),
          span: spanOf(node, shift),
        };
      default: {
        const table = newTable(path, "inline", spanOf(node, shift));
        for (const statement of node.body) put(table, statement);
        return table;
      }
    }
  };

  const put = (table: TomlTable, node: AST.TOMLKeyValue): void => {
    const statement = spanOf(node, shift);
    let holder = table;
    node.key.keys.forEach((key, index) => {
      const name = nameOf(key);
      const keySpan = spanOf(key, shift);
      const path = [...holder.path, name];
      if (index === node.key.keys.length - 1) {
        holder.entries.set(name, { key: name, keySpan, node: value(node.value, path), statement });
        return;
      }
      const found = holder.entries.get(name)?.node;
      if (found?.kind === "table") {
        holder = found;
        return;
      }
      const dotted = newTable(path, "dotted");
      holder.entries.set(name, { key: name, keySpan, node: dotted, statement: undefined });
      holder = dotted;
    });
  };

  const putBlock = (node: AST.TOMLTable): void => {
    const headerEnd = headerEndOf(node, text, shift);
    const block: Block = {
      path: node.resolvedKey,
      header: { start: node.range[0] + shift, end: headerEnd },
      isList: node.kind === "array",
      statements: [],
    };
    blocks.push(block);
    let holder: TomlTable = root;
    node.key.keys.forEach((key, index) => {
      const name = nameOf(key);
      const keySpan = spanOf(key, shift);
      const last = index === node.key.keys.length - 1;
      const found = holder.entries.get(name);
      if (last && node.kind === "array") {
        const list: TomlList =
          found?.node.kind === "list" ? found.node : { kind: "list", items: [], span: undefined };
        if (found === undefined) {
          holder.entries.set(name, { key: name, keySpan, node: list, statement: undefined });
        }
        const element = newTable(node.resolvedKey, "header");
        list.items.push(element);
        holder = element;
        return;
      }
      if (found === undefined) {
        const table = newTable([...holder.path, name], last ? "header" : "implied");
        holder.entries.set(name, { key: name, keySpan, node: table, statement: undefined });
        holder = table;
        return;
      }
      const next = found.node.kind === "list" ? found.node.items.at(-1) : found.node;
      if (next?.kind !== "table") throw new Error(`a header leads through a value at ${name}`);
      holder = next;
    });
    holder.form = "header";
    holder.block = block;
    for (const statement of node.body) {
      block.statements.push(spanOf(statement, shift));
      put(holder, statement);
    }
  };

  const [body] = program.body;
  for (const node of body.body) {
    if (node.type === "TOMLTable") putBlock(node);
    else {
      top.statements.push(spanOf(node, shift));
      put(root, node);
    }
  }
  root.block = top;
  return {
    text,
    root,
    blocks,
    comments: program.comments.map((comment) => {
      const span = spanOf(comment, shift);
      return { ...span, text: text.slice(span.start, span.end) };
    }),
    lineStarts: lineStartsOf(text),
  };
};

/** Past the brackets that close a header: its node's own range goes on to its last value. */
const headerEndOf = (node: AST.TOMLTable, text: string, shift: number): number => {
  const close = text.indexOf("]", node.key.range[1] + shift);
  return node.kind === "array" ? text.indexOf("]", close + 1) + 1 : close + 1;
};

/** Plain data: what a program that reads the file gets. */
export const dataOf = (node: TomlNode): unknown => {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(dataOf);
    default:
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, dataOf(entry.node)]));
  }
};
