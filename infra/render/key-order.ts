import type { Setting, Settings } from "./toml-text";

/**
 * `settings` with the keys of every table in one fixed order: those in `first` as they stand there, then all others
 * by name. The order in which a program writes its keys does not survive the way through Pulumi (properties travel
 * as an unordered map), and files must have the same bytes however their settings came.
 */
export const inKeyOrder = (settings: Settings, first: readonly string[]): Settings => {
  const ranks = new Map(first.map((key, rank) => [key, rank]));
  const rank = (key: string): number => ranks.get(key) ?? first.length;
  const compare = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : 1);

  const ordered = (value: Setting): Setting => {
    if (Array.isArray(value)) return value.map((item: Setting) => ordered(item));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
    return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]));
  };
  return ordered(settings) as Settings;
};
