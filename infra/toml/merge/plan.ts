import type { Setting, Settings } from "../../render/toml-text";
import type { TomlNode, TomlTable } from "../document";
import { dataOf } from "../document";
import type { Wanted } from "../owned-keys";

/** What is to change in a table of the file: only the keys named here are touched. */
export type TablePlan = ReadonlyMap<string, Want>;

export type Want =
  | { readonly do: "set"; readonly value: Wanted; readonly remark?: "needed" | "gone" }
  | { readonly do: "remove"; readonly because: string }
  /** Only the comment above a value that stays. */
  | { readonly do: "remark"; readonly remark: "needed" | "gone" }
  /** Changes inside a table; where there is none, or another form, it is made. */
  | { readonly do: "table"; readonly plan: TablePlan }
  /** The list's entries in order; those of the file that are not named are removed. */
  | {
      readonly do: "list";
      readonly items: readonly ItemPlan[];
      readonly because: string;
      /** Entries go, or a single table becomes a list. */
      readonly reshaped: boolean;
    }
  /** Written anew from data; where `near` stands, if it has a header. */
  | { readonly do: "replace"; readonly data: Setting; readonly near?: TomlTable | undefined };

export type ItemPlan =
  | { readonly existing: TomlTable; readonly plan: TablePlan }
  | { readonly existing: undefined; readonly data: Settings };

const isData = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A plain value as text; nothing where there is none. */
export const textOf = (value: Setting): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";

/** Data without the keys that have no value. */
export const definedOnly = (value: Setting): Setting => {
  if (Array.isArray(value)) return value.map((item: Setting) => definedOnly(item));
  if (!isData(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined || item === null ? [] : [[key, definedOnly(item)]],
    ),
  );
};

/** The data of a new table that a plan alone describes. */
export const planData = (plan: TablePlan): Settings =>
  Object.fromEntries(
    [...plan].flatMap(([key, want]): [string, Setting][] => {
      switch (want.do) {
        case "set":
          return [[key, want.value]];
        case "table":
          return [[key, planData(want.plan)]];
        case "list":
          return [[key, want.items.flatMap((item) => (item.existing === undefined ? [item.data] : []))]];
        case "replace":
          return [[key, want.data]];
        default:
          return [];
      }
    }),
  );

const tableWith = (node: TomlNode | undefined, plan: TablePlan): unknown => {
  if (node?.kind === "table") return applied(node, plan);
  const first = node?.kind === "list" ? node.items.find((item) => item.kind === "table") : undefined;
  return first?.kind === "table" ? applied(first, plan) : definedOnly(planData(plan));
};

/** What the table must hold once the plan is carried out: the text is checked against it. */
export const applied = (table: TomlTable, plan: TablePlan): Record<string, unknown> => {
  const result = new Map<string, unknown>([...table.entries].map(([key, { node }]) => [key, dataOf(node)]));
  for (const [key, want] of plan) {
    switch (want.do) {
      case "set":
        result.set(key, want.value);
        break;
      case "remove":
        result.delete(key);
        break;
      case "table":
        result.set(key, tableWith(table.entries.get(key)?.node, want.plan));
        break;
      case "list":
        if (want.items.length === 0) result.delete(key);
        else {
          result.set(
            key,
            want.items.map((item) =>
              item.existing === undefined ? definedOnly(item.data) : applied(item.existing, item.plan),
            ),
          );
        }
        break;
      case "replace":
        result.set(key, definedOnly(want.data));
        break;
      case "remark":
        break;
    }
  }
  return Object.fromEntries(result);
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** The plan as lines for people: what changes, where, and why something goes. */
export const changesOf = (table: TomlTable, plan: TablePlan, path = ""): string[] =>
  [...plan].flatMap(([key, want]): string[] => {
    const name = path === "" ? key : `${path}.${key}`;
    const before = table.entries.get(key)?.node;
    switch (want.do) {
      case "set":
        return [
          `${name}: ${before === undefined ? "not set" : shown(dataOf(before))} -> ${shown(want.value)}`,
        ];
      case "remove":
        return [`${name}: removed, ${want.because}`];
      case "remark":
        return [];
      case "replace":
        return [`${name}: written in today's form`];
      case "table":
        return before?.kind === "table"
          ? changesOf(before, want.plan, name)
          : [`${name}: ${before === undefined ? "added" : "written in today's form"}`];
      case "list": {
        const present = before?.kind === "table" ? [before] : before?.kind === "list" ? before.items : [];
        const kept = new Set(want.items.map(({ existing }) => existing as TomlNode | undefined));
        return [
          ...(before?.kind === "table" ? [`${name}: written as a list`] : []),
          ...present.flatMap((node, index) =>
            kept.has(node) ? [] : [`${name}[${index}]: removed, ${want.because}`],
          ),
          ...want.items.flatMap((item) =>
            item.existing === undefined
              ? [`${name}: added ${shown(definedOnly(item.data))}`]
              : changesOf(item.existing, item.plan, `${name}[${present.indexOf(item.existing)}]`),
          ),
        ];
      }
    }
  });
