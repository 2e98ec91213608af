import type { Block, Path, TomlDocument } from "../document";
import type { Style } from "./style";
import { styleOf } from "./style";
import { TextEdits } from "./text-edits";

/** A document that is being edited: its text and spelling, the edits so far, and where its blocks lie. */
export interface Page {
  readonly document: TomlDocument;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly style: Style;
  readonly edits: TextEdits;
  /** Blocks of a table or list and of everything in it. */
  readonly blocksUnder: (prefix: Path) => Block[];
  /** The line after a block, past the comments that directly follow it, unless they lead a header. */
  readonly lineAfter: (block: Block) => number;
  readonly isBlankLine: (line: number) => boolean;
}

export const startsWith = (path: Path, prefix: Path): boolean =>
  prefix.every((part, index) => path[index] === part);

/** Opens a document for editing. */
export const pageOf = (document: TomlDocument): Page => {
  const style = styleOf(document);
  const edits = new TextEdits(document, style.eol);
  const { text, blocks, lineStarts } = document;

  const content = (line: number): string =>
    text.slice(lineStarts[line] ?? text.length, lineStarts[line + 1] ?? text.length).trim();

  const lastLineOf = (block: Block): number =>
    edits.lineOf(Math.max((block.statements.at(-1) ?? block.header ?? { end: 1 }).end - 1, 0));

  return {
    document,
    text,
    blocks,
    style,
    edits,
    blocksUnder: (prefix) =>
      blocks.filter(({ header, path }) => header !== undefined && startsWith(path, prefix)),
    lineAfter: (block) => {
      const line = lastLineOf(block) + 1;
      let past = line;
      while (past < lineStarts.length && content(past).startsWith("#")) past += 1;
      return content(past).startsWith("[") ? line : past;
    },
    isBlankLine: (line) => content(line) === "",
  };
};
