import type { Entry, Span, TomlNode, TomlTable } from "../document";
import type { FlyFile, SectionView } from "../fly-file";

/** Where a value stands; of a table or list under headers, the first key that names it. */
export const spanOf = (node: TomlNode, entry: Entry): Span => {
  if (node.kind === "scalar") return node.span;
  if (node.kind === "table") return node.block?.header ?? node.span ?? entry.keySpan;
  const [first] = node.items;
  return node.span ?? (first?.kind === "table" ? first.block?.header : undefined) ?? entry.keySpan;
};

/** The place of a key and its value in a table, or of the table where the key is missing. */
export const placeOfKey = (table: TomlTable, key: string, fallback: Entry): Span =>
  table.entries.get(key)?.statement ??
  table.entries.get(key)?.keySpan ??
  table.block?.header ??
  table.span ??
  fallback.keySpan;

export const placeOfSection = ({ table, entry }: Pick<SectionView, "table" | "entry">): Span =>
  table.block?.header ?? table.span ?? entry.keySpan;

/** A value as TOML. */
export const written = (value: string | number | boolean | readonly string[]): string =>
  typeof value === "object"
    ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]`
    : JSON.stringify(value);

/** `[http_service]`, `[[services]]`: the header a section is written under today. */
export const headerOf = (path: readonly string[], isList: boolean): string => {
  const name = path.map((part) => (/^[\w-]+$/.test(part) ? part : JSON.stringify(part))).join(".");
  return isList ? `[[${name}]]` : `[${name}]`;
};

export const severalGroups = ({ processes }: FlyFile): boolean => processes.length > 1;

/** "a, b and c" */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
