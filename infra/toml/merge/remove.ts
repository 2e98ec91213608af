import type { Block, Entry, Span, TomlNode, TomlTable } from "../document";
import type { Page } from "./page";

/** The statements of a table that has no header: dotted keys. */
export const statementsIn = (node: TomlNode): Span[] =>
  node.kind !== "table"
    ? []
    : [...node.entries.values()].flatMap((entry) =>
        entry.statement === undefined ? statementsIn(entry.node) : [entry.statement],
      );

export interface Removal {
  readonly removeBlock: (block: Block) => void;
  /** Removes a key with all that stands under it, however it is written. */
  readonly removeEntry: (parent: TomlTable, entry: Entry) => void;
}

/** Takes blocks and keys out of a page. */
export const removalFrom = ({ edits, blocksUnder }: Page): Removal => {
  const removeBlock = (block: Block): void => {
    if (block.header !== undefined) edits.removeLines(block.header);
    for (const statement of block.statements) edits.removeLines(statement);
  };
  return {
    removeBlock,
    removeEntry: (parent, entry) => {
      if (entry.statement !== undefined) {
        edits.removeLines(entry.statement);
        return;
      }
      for (const block of blocksUnder([...parent.path, entry.key])) removeBlock(block);
      if (entry.node.kind === "table" && entry.node.form === "dotted") {
        for (const statement of statementsIn(entry.node)) edits.removeLines(statement);
      }
    },
  };
};
