import type { TomlNode, TomlTable } from "./document";

const nanoseconds = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 } as const;

/** Milliseconds of a duration as Go parses it ("1m30s", "500ms", "0"); undefined for any other text. */
export const goMilliseconds = (text: string): number | undefined => {
  if (/^[+-]?0$/.test(text)) return 0;
  const [, sign, parts] = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text) ?? [];
  if (parts === undefined) return undefined;
  const total = [...parts.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * nanoseconds[unit as keyof typeof nanoseconds],
    0,
  );
  return (sign === "-" ? -total : total) / 1e6;
};

const mib = { "": 1, m: 1, g: 1024, t: 1024 * 1024, k: 1 / 1024 } as const;

/** MiB of an amount of memory as flyctl reads it: "512", "512mb", "2 GB", "2GiB"; undefined for any other text. */
export const memoryMib = (text: string): number | undefined => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * mib[(unit ?? "").toLowerCase() as keyof typeof mib];
};

/** The value under a key, if there is one. */
export const nodeAt = (table: TomlTable | undefined, key: string): TomlNode | undefined =>
  table?.entries.get(key)?.node;

export const textAt = (table: TomlTable | undefined, key: string): string | undefined => {
  const node = nodeAt(table, key);
  return node?.kind === "scalar" && node.type === "string" ? String(node.value) : undefined;
};

export const numberAt = (table: TomlTable | undefined, key: string): number | undefined => {
  const node = nodeAt(table, key);
  return node?.kind === "scalar" && typeof node.value === "number" ? node.value : undefined;
};

export const booleanAt = (table: TomlTable | undefined, key: string): boolean | undefined => {
  const node = nodeAt(table, key);
  return node?.kind === "scalar" && typeof node.value === "boolean" ? node.value : undefined;
};

/** A number, or text that is one, as flyctl takes ports under `[[services]]`. */
export const looseNumberAt = (table: TomlTable | undefined, key: string): number | undefined => {
  const text = textAt(table, key);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : numberAt(table, key);
};

export const tableAt = (table: TomlTable | undefined, key: string): TomlTable | undefined => {
  const node = nodeAt(table, key);
  return node?.kind === "table" ? node : undefined;
};

/** The strings of a list; undefined where there is no list. */
export const textsAt = (table: TomlTable | undefined, key: string): string[] | undefined => {
  const node = nodeAt(table, key);
  if (node?.kind !== "list") return undefined;
  return node.items.flatMap((item) =>
    item.kind === "scalar" && typeof item.value === "string" ? [item.value] : [],
  );
};

/** The tables of a list, or the one table where flyctl wraps it: `[vm]` is `[[vm]]`. */
export const tablesAt = (table: TomlTable | undefined, key: string): TomlTable[] => {
  const node = nodeAt(table, key);
  if (node?.kind === "table") return [node];
  return node?.kind === "list" ? node.items.filter((item) => item.kind === "table") : [];
};

/** Milliseconds of a duration under a key: text by Go's rules, a bare number by the unit Fly takes there. */
export const millisecondsAt = (
  table: TomlTable | undefined,
  key: string,
  bareUnit: "ns" | "ms" | "s",
): number | undefined => {
  const bare = numberAt(table, key);
  if (bare !== undefined) return (bare * nanoseconds[bareUnit]) / 1e6;
  const text = textAt(table, key);
  return text === undefined ? undefined : goMilliseconds(text);
};
