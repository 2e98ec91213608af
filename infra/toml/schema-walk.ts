import type { Entry, TomlDocument, TomlNode, TomlTable } from "./document";
import type { Keys, Shape, ValueShape } from "./schema";
import { flySchema } from "./schema";
import { goMilliseconds } from "./values";

/** A place where a file differs from Fly's schema, and how. */
export interface Deviation {
  readonly kind:
    | "unknown-key"
    /** A table where Fly wants a list of tables; `wrapped` says that it takes it all the same. */
    | "single-table"
    | "list-for-table"
    | "wrong-type"
    /** Taken, but written as Fly did years ago. */
    | "old-form"
    | "bare-duration"
    | "bad-duration"
    | "bad-auto-stop";
  readonly entry: Entry;
  readonly node: TomlNode;
  /** Names of the tables around it: ["http_service", "checks"]. */
  readonly parents: readonly string[];
  /** Keys that Fly knows in this table. */
  readonly known: readonly string[];
  /** What the schema wants here; undefined for an unknown key. */
  readonly shape: Shape | undefined;
  readonly wrapped?: boolean;
}

const isScalar = (node: TomlNode, type: string): boolean => node.kind === "scalar" && node.type === type;
const isWhole = (node: TomlNode): boolean =>
  node.kind === "scalar" && typeof node.value === "number" && Number.isInteger(node.value);
const isNumber = (node: TomlNode): boolean => node.kind === "scalar" && typeof node.value === "number";
const isTextList = (node: TomlNode): boolean =>
  node.kind === "list" && node.items.every((item) => isScalar(item, "string"));

type Kind = Deviation["kind"];

const durationKind = (node: TomlNode): Kind | undefined => {
  if (isNumber(node)) return "bare-duration";
  if (!isScalar(node, "string") || node.kind !== "scalar") return "wrong-type";
  return goMilliseconds(String(node.value)) === undefined ? "bad-duration" : undefined;
};

const autoStopKind = (node: TomlNode): Kind | undefined => {
  if (isScalar(node, "boolean")) return "old-form";
  if (node.kind !== "scalar" || node.type !== "string") return "wrong-type";
  if (node.value === "true" || node.value === "false") return "old-form";
  return ["off", "stop", "suspend"].includes(String(node.value)) ? undefined : "bad-auto-stop";
};

const textKind = (node: TomlNode, shape: ValueShape): Kind | undefined => {
  if (shape.duration !== undefined) return durationKind(node);
  if (isScalar(node, "string") || (shape.castsNumber === true && isNumber(node))) return undefined;
  return "wrong-type";
};

const integerKind = (node: TomlNode, shape: ValueShape): Kind | undefined => {
  if (isWhole(node)) return undefined;
  const isText = node.kind === "scalar" && typeof node.value === "string" && /^\d+$/.test(node.value);
  return shape.castsText === true && isText ? "old-form" : "wrong-type";
};

/** How a plain value differs from what its key takes. */
const valueKind = (node: TomlNode, shape: ValueShape): Kind | undefined => {
  switch (shape.type) {
    case "any":
      return undefined;
    case "auto-stop":
      return autoStopKind(node);
    case "text":
      return textKind(node, shape);
    case "integer":
      return integerKind(node, shape);
    case "number":
      return isNumber(node) ? undefined : "wrong-type";
    case "boolean":
      return isScalar(node, "boolean") ? undefined : "wrong-type";
    case "texts-or-text":
      return isTextList(node) || isScalar(node, "string") ? undefined : "wrong-type";
    case "texts":
      return isTextList(node) ? undefined : "wrong-type";
  }
};

// Several rules ask for the same document.
const walked = new WeakMap<TomlDocument, readonly Deviation[]>();

/** Every place where the document differs from Fly's schema. */
export const deviationsOf = (document: TomlDocument): readonly Deviation[] => {
  const before = walked.get(document);
  if (before !== undefined) return before;
  const found: Deviation[] = [];

  const table = (node: TomlTable, keys: Keys, parents: readonly string[]): void => {
    const known = Object.keys(keys);
    for (const entry of node.entries.values()) {
      const shape = Object.hasOwn(keys, entry.key) ? keys[entry.key] : undefined;
      const report = (kind: Kind, at: TomlNode = entry.node, wrapped = false): void => {
        found.push({ kind, entry, node: at, parents, known, shape, wrapped });
      };
      if (shape === undefined) report("unknown-key");
      else visit(entry.node, shape, [...parents, entry.key], report);
    }
  };

  const visit = (
    node: TomlNode,
    shape: Shape,
    path: readonly string[],
    report: (kind: Kind, at?: TomlNode, wrapped?: boolean) => void,
  ): void => {
    switch (shape.type) {
      case "table":
        if (node.kind === "table") table(node, shape.keys, path);
        else if (node.kind === "list" && node.items.some((item) => item.kind === "table")) {
          report("list-for-table");
          for (const item of node.items) if (item.kind === "table") table(item, shape.keys, path);
        } else {
          const isPair = node.kind === "scalar" && /^\d+,\d+$/.test(String(node.value));
          report(shape.orText === true && isPair ? "old-form" : "wrong-type");
        }
        return;
      case "tables":
        if (node.kind === "table") {
          report("single-table", node, shape.wraps);
          table(node, shape.keys, path);
        } else if (node.kind === "list") {
          for (const item of node.items) {
            if (item.kind === "table") table(item, shape.keys, path);
            else report("wrong-type", item);
          }
        } else report("wrong-type");
        return;
      case "named":
        if (node.kind === "table") {
          for (const entry of node.entries.values()) {
            visit(entry.node, shape.entry, [...path, entry.key], (kind, at = entry.node, wrapped = false) => {
              found.push({
                kind,
                entry,
                node: at,
                parents: path,
                known: [],
                shape: shape.entry,
                wrapped,
              });
            });
          }
        } else if (node.kind === "list" && node.items.length === 0) return;
        else if (node.kind === "list" && shape.orList === true) {
          report("old-form");
          for (const item of node.items) {
            if (item.kind !== "table") report("wrong-type", item);
            else if (shape.entry.type === "table") table(item, { ...shape.entry.keys, name: nameKey }, path);
          }
        } else report("wrong-type");
        return;
      default: {
        const kind = valueKind(node, shape);
        if (kind !== undefined) report(kind);
      }
    }
  };

  table(document.root, flySchema.keys, []);
  walked.set(document, found);
  return found;
};

const nameKey: Shape = { type: "text" };
