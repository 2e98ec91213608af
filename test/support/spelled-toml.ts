import fc from "fast-check";
import type { TomlDocument } from "../../infra/toml/document";

/** A source of choices that depends on its seed alone. */
export interface Dice {
  /** True in one of `n` throws. */
  readonly oneIn: (n: number) => boolean;
  readonly pick: <T>(values: readonly [T, ...T[]]) => T;
}

export const diceOf = (seed: number): Dice => {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    oneIn: (n) => next() * n < 1,
    pick: (values) => values[Math.floor(next() * values.length)] ?? values[0],
  };
};

export type Data = { readonly [key: string]: Value };
export type Value = string | number | boolean | readonly Value[] | Data;

export interface Spelling {
  readonly text: string;
  /** Every comment in it, each with a number of its own. */
  readonly comments: readonly string[];
}

const isTable = (value: Value): value is Data => typeof value === "object" && !Array.isArray(value);
const isTables = (value: Value): value is readonly Data[] =>
  Array.isArray(value) && value.length > 0 && value.every((item: Value) => isTable(item));

const bareKey = (key: string): boolean => /^[A-Za-z0-9_-]+$/.test(key);

/**
 * The same data as a hand might write it: tables under headers, inline or with dotted keys, lists as [[headers]] or in
 * brackets, either quote, comments anywhere, indented or not, with either line break.
 */
export const spelled = (data: Data, dice: Dice): Spelling => {
  const comments: string[] = [];
  const eol = dice.pick(["\n", "\n", "\r\n"]);
  const unit = dice.pick(["  ", "  ", "", "\t", "    "]);
  const plain = dice.oneIn(2);
  const lines: string[] = [];

  const comment = (): string => {
    const text = `# note ${comments.length}: é [not.a.header] "`;
    comments.push(text);
    return text;
  };
  const key = (name: string): string =>
    bareKey(name) && !dice.oneIn(20)
      ? name
      : name.includes("'") || dice.oneIn(2)
        ? JSON.stringify(name)
        : `'${name}'`;
  const string = (text: string): string =>
    /['\p{Cc}]/u.test(text) || dice.oneIn(2)
      ? JSON.stringify(text).replaceAll("\u007f", "\\u007f")
      : `'${text}'`;
  const scalar = (value: Value): string => {
    if (typeof value === "string") return string(value);
    if (typeof value === "number" && Number.isInteger(value) && value >= 1000 && dice.oneIn(4)) {
      return String(value).replace(/(\d)(?=(\d{3})+$)/g, "$1_");
    }
    return JSON.stringify(value);
  };
  const inline = (value: Value): string => {
    if (Array.isArray(value)) {
      const items = value.map((item: Value) => inline(item));
      return dice.oneIn(2) ? `[${items.join(", ")}]` : `[ ${items.join(" , ")} ]`;
    }
    if (!isTable(value)) return scalar(value);
    return `{ ${Object.entries(value)
      .map(([name, item]) => `${key(name)} = ${inline(item)}`)
      .join(", ")} }`;
  };
  /** A list over several lines, with comments between its entries. */
  const bracketed = (items: readonly Value[], indent: string): string => {
    const parts = items.map(
      (item) => `${indent}${unit}${inline(item)},${dice.oneIn(3) ? ` ${comment()}` : ""}`,
    );
    return `[${dice.oneIn(3) ? ` ${comment()}` : ""}${eol}${parts.join(eol)}${eol}${indent}]`;
  };

  const statement = (name: string, value: Value, indent: string): void => {
    if (dice.oneIn(12)) lines.push(indent + comment());
    if (dice.oneIn(12)) lines.push(dice.pick(["", "  "]));
    const written =
      Array.isArray(value) && value.length > 0 && dice.oneIn(4) ? bracketed(value, indent) : inline(value);
    const equals = dice.pick([" = ", " = ", "=", "  =  "]);
    lines.push(
      `${indent}${name}${equals}${written}${dice.oneIn(10) ? `  ${comment()}` : dice.oneIn(15) ? " " : ""}`,
    );
  };

  const table = (value: Data, path: string, depth: number): void => {
    const indent = unit.repeat(Math.max(depth, 0));
    const later: (() => void)[] = [];
    for (const [name, item] of Object.entries(value)) {
      const own = key(name);
      const full = path === "" ? own : `${path}.${own}`;
      const header = (isList: boolean): void => {
        if (dice.oneIn(3)) lines.push("");
        if (dice.oneIn(8)) lines.push(unit.repeat(depth) + comment());
        lines.push(
          `${unit.repeat(depth)}${isList ? `[[${full}]]` : `[${full}]`}${dice.oneIn(12) ? ` ${comment()}` : ""}`,
        );
      };
      if (isTable(item)) {
        const only = Object.values(item).every((inner) => !isTable(inner) && !isTables(inner));
        if (!plain && dice.oneIn(5)) statement(own, item, indent);
        else if (!plain && only && Object.keys(item).length > 0 && dice.oneIn(6)) {
          for (const [inner, each] of Object.entries(item)) statement(`${own}.${key(inner)}`, each, indent);
        } else {
          later.push(() => {
            const hasOwn = Object.values(item).some((inner) => !isTable(inner) && !isTables(inner));
            if (hasOwn || Object.keys(item).length === 0 || dice.oneIn(2)) header(false);
            table(item, full, depth + 1);
          });
        }
      } else if (isTables(item) && (plain || !dice.oneIn(5))) {
        later.push(() => {
          for (const each of item) {
            header(true);
            table(each, full, depth + 1);
          }
        });
      } else statement(own, item, indent);
    }
    for (const each of later) each();
  };

  table(data, "", 0);
  if (dice.oneIn(3)) lines.push(comment());
  const text = lines.join(eol) + (dice.oneIn(4) ? "" : eol);
  return { text: dice.oneIn(12) ? `\uFEFF${text}` : text, comments };
};

/** What the dice start from. */
export const seed: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0x7fffffff });

/** The comments that a document no longer has. */
export const missingComments = (comments: readonly string[], document: TomlDocument): string[] => {
  const left = new Set(document.comments.map((comment) => comment.text));
  return comments.filter((comment) => !left.has(comment));
};
