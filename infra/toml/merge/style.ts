import type { Setting, Settings } from "../../render/toml-text";
import { flyTomlBody } from "../../render/toml-text";
import type { Block, Entry, TomlDocument, TomlNode, TomlTable } from "../document";
import { parseDocument, placeOf } from "../document";

/** How the file is written: what merge adds looks like the rest. */
export interface Style {
  readonly eol: "\n" | "\r\n";
  /** Of a key under its header. */
  readonly keyIndent: string;
  /** Of a header below another one. */
  readonly headerIndent: string;
  readonly quote: "'" | '"';
}

/** Blanks at the start of the line. */
export const indentAt = (document: TomlDocument, offset: number): string => {
  const { column } = placeOf(document, offset);
  const before = document.text.slice(offset - column + 1, offset).replace("\uFEFF", "");
  return /^[ \t]*/.exec(before)?.[0] ?? "";
};

export const namesOf = (path: Block["path"]): string[] => path.filter((part) => typeof part === "string");

const mostCommon = <T>(values: readonly T[], otherwise: T): T => {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? otherwise;
};

const strings = (node: TomlNode): { start: number }[] => {
  if (node.kind === "scalar") return node.type === "string" ? [node.span] : [];
  const inner = node.kind === "list" ? node.items : [...node.entries.values()].map((entry) => entry.node);
  return inner.flatMap(strings);
};

export const styleOf = (document: TomlDocument): Style => {
  const { text, blocks } = document;
  const headed = blocks.flatMap(({ header, statements, path }) => {
    const [first] = statements;
    return header === undefined
      ? []
      : [
          {
            depth: namesOf(path).length,
            header: indentAt(document, header.start),
            key: first && indentAt(document, first.start),
          },
        ];
  });
  const keyIndent = mostCommon(
    headed.flatMap(({ header, key }) => (key?.startsWith(header) === true ? [key.slice(header.length)] : [])),
    "  ",
  );
  const deep = headed.filter(({ depth }) => depth > 1);
  return {
    eol: /\r\n/.test(text) ? "\r\n" : "\n",
    keyIndent,
    headerIndent: mostCommon(
      deep.map(({ header, depth }) => header.slice(0, Math.ceil(header.length / (depth - 1)))),
      keyIndent,
    ),
    quote: mostCommon(
      strings(document.root).map(({ start }) => (text.charAt(start) === "'" ? "'" : '"')),
      '"',
    ),
  };
};

const quoted = (text: string, { quote }: Style): string =>
  quote === "'" && !/['\p{Cc}]/u.test(text) ? `'${text}'` : basic(text);

/** JSON's escapes are TOML's, but for DEL, which only TOML wants escaped. */
const basic = (text: string): string => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

export const keyText = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : basic(key));

/** A value on one line. */
export const valueText = (value: Setting, style: Style): string => {
  if (typeof value === "string") return quoted(value, style);
  if (Array.isArray(value)) return `[${value.map((item: Setting) => valueText(item, style)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
    return entries.length === 0
      ? "{}"
      : `{ ${entries.map(([key, item]) => `${keyText(key)} = ${valueText(item, style)}`).join(", ")} }`;
  }
  return typeof value === "number" ? numberText(value) : String(value);
};

const numberText = (value: number): string => flyTomlBody({ n: value }).trimEnd().slice("n = ".length);

const nested = (path: readonly string[], value: Setting): Settings =>
  path.reduceRight<Setting>((inner, name) => ({ [name]: inner }), value) as Settings;

/**
 * New lines for a table or an entry of a list under its own header: written by the project's writer, laid out like
 * the file. Ends with a line break.
 */
export const blockText = (
  path: readonly string[],
  isList: boolean,
  data: Settings,
  indent: string,
  style: Style,
): string => {
  const body = parseDocument(flyTomlBody(nested(path, isList ? [data] : data)));
  const entries = entriesByStart(body.root);
  const remarks = new Map(body.comments.map(({ start, text }) => [placeOf(body, start).line, text]));
  const blocks = body.blocks.filter(
    ({ header, path: own }) => header !== undefined && own.length >= path.length,
  );
  // A table without keys of its own is not written by the library.
  const [first] = blocks;
  const lines =
    first === undefined || namesOf(first.path).length > path.length
      ? [`${indent}${isList ? "[[" : "["}${path.map(keyText).join(".")}${isList ? "]]" : "]"}`]
      : [];
  blocks.forEach(({ header, path: own, statements }) => {
    const deeper = indent + style.headerIndent.repeat(namesOf(own).length - path.length);
    if (lines.length > 0) lines.push("");
    if (header !== undefined) lines.push(deeper + body.text.slice(header.start, header.end));
    for (const { start, end } of statements) {
      const remark = remarks.get(placeOf(body, start).line - 1);
      if (remark !== undefined) lines.push(deeper + style.keyIndent + remark);
      lines.push(
        deeper + style.keyIndent + statementText(body.text.slice(start, end), entries.get(start), style),
      );
    }
  });
  return lines.map((line) => `${line.replaceAll("\n", style.eol)}${style.eol}`).join("");
};

/** A `key = value` of the library's in the file's quotes and without its blanks inside brackets. */
const statementText = (text: string, entry: Entry | undefined, style: Style): string => {
  const value = entry === undefined ? undefined : plainValue(entry.node);
  return value === undefined || entry === undefined || text.includes("\n")
    ? text
    : `${keyText(entry.key)} = ${valueText(value, style)}`;
};

/** The text, or list of texts and numbers, of a node; undefined for what stays as the library wrote it. */
const plainValue = (node: TomlNode): Setting => {
  if (node.kind === "scalar") return node.type === "string" ? node.value : undefined;
  if (node.kind === "table") return undefined;
  const items = node.items.map((item) =>
    item.kind === "scalar" && item.type !== "datetime" && item.type !== "float" ? item.value : undefined,
  );
  return items.includes(undefined) ? undefined : items;
};

/** Every `key = value` of a document, by where it starts. */
const entriesByStart = (table: TomlTable): Map<number, Entry> => {
  const found = new Map<number, Entry>();
  const walk = (node: TomlNode): void => {
    if (node.kind === "list") node.items.forEach(walk);
    if (node.kind !== "table") return;
    for (const entry of node.entries.values()) {
      if (entry.statement !== undefined) found.set(entry.statement.start, entry);
      else walk(entry.node);
    }
  };
  walk(table);
  return found;
};
