import type { Problem, Rule } from "../finding";
import { nearestKey } from "../nearest";
import { homesOf } from "../schema";
import type { Deviation } from "../schema-walk";
import { deviationsOf } from "../schema-walk";
import type { FlyFile } from "../fly-file";
import { deathOf, tableName } from "./dead-keys";
import { spanOf } from "./written";

const unknownKeys = (file: FlyFile): Deviation[] =>
  deviationsOf(file.document).filter(({ kind }) => kind === "unknown-key");

/** A key of another table, unless one of this table is all but the same word. */
const meant = ({ entry, known }: Deviation): { here?: string; elsewhere: string[] } => {
  const here = nearestKey(entry.key, known);
  if (here !== undefined) return { here, elsewhere: [] };
  const exact = homesOf(entry.key);
  return { elsewhere: exact };
};

const text = (file: FlyFile, { entry, node }: Deviation): string => {
  if (entry.statement === undefined || node.kind !== "scalar") return "";
  return file.document.text.slice(node.span.start, node.span.end);
};

const at = ({ entry, node }: Deviation): Problem["at"] =>
  entry.statement ?? (node.kind === "scalar" ? entry.keySpan : spanOf(node, entry));

/** Keys that Fly reads over in silence: the schema's own judgement, told in three ways. */
export const keyRules: readonly Rule[] = [
  {
    id: "dead-key",
    severity: "error",
    title: "keys that many write and Fly never read",
    check: (file) =>
      unknownKeys(file).flatMap((deviation): Problem[] => {
        const death = deathOf(deviation);
        const name = [...deviation.parents, deviation.entry.key].join(".");
        return death === undefined
          ? []
          : [{ at: at(deviation), message: `${name}: ${death.message}`, fix: death.fix }];
      }),
  },
  {
    id: "misplaced-key",
    severity: "error",
    title: "keys of another table",
    check: (file) =>
      unknownKeys(file).flatMap((deviation): Problem[] => {
        if (deathOf(deviation) !== undefined) return [];
        const { here, elsewhere } = meant(deviation);
        if (here !== undefined || elsewhere.length === 0) return [];
        const { entry, parents } = deviation;
        const value = text(file, deviation);
        const [home = "", ...others] = byUse(elsewhere, file);
        return [
          {
            at: at(deviation),
            message: `${entry.key} in ${tableName(parents)} is ignored by Fly: it belongs into ${[home, ...others].slice(0, 3).join(", ")}`,
            fix: `${pasteInto(home)}\n  ${entry.key}${value === "" ? "" : ` = ${value}`}`,
          },
        ];
      }),
  },
  {
    id: "unknown-key",
    severity: "error",
    title: "keys that Fly does not know, with what was probably meant",
    check: (file) =>
      unknownKeys(file).flatMap((deviation): Problem[] => {
        if (deathOf(deviation) !== undefined) return [];
        const { here, elsewhere } = meant(deviation);
        if (here === undefined && elsewhere.length > 0) return [];
        const { entry, parents, node } = deviation;
        const value = text(file, deviation);
        const isTable = node.kind !== "scalar" && entry.statement === undefined;
        const header = (key: string): string =>
          node.kind === "list" ? `[[${[...parents, key].join(".")}]]` : `[${[...parents, key].join(".")}]`;
        return [
          {
            at: at(deviation),
            message:
              `${entry.key} in ${tableName(parents)} is ignored by Fly: it knows no such key` +
              (here === undefined ? "" : `; did you mean ${here}?`),
            fix:
              here === undefined
                ? `# remove ${isTable ? header(entry.key) : entry.key}, it does nothing`
                : isTable
                  ? header(here)
                  : `${here}${value === "" ? "" : ` = ${value}`}`,
          },
        ];
      }),
  },
];

/** Tables that the file has already come first. */
const byUse = (homes: readonly string[], file: FlyFile): string[] => {
  const isUsed = (home: string): boolean =>
    file.root.entries.has(home.replaceAll(/[[\]]/g, "").split(".")[0] ?? "");
  return [...homes.filter(isUsed), ...homes.filter((home) => !isUsed(home))];
};

const pasteInto = (home: string): string =>
  home.startsWith("[") ? home : `# at ${home}, before the first [section]:`;
