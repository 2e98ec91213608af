/** What an engine said of a file, with the line where that can be told. */
export interface Complaint {
  /** Path below the folder that was judged. */
  readonly file: string;
  readonly line?: number | undefined;
  readonly words: string;
}

const escapedForPattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The line on which a value stands alone: not as a part of a longer word. */
const lineOfValue = (value: string, lines: readonly string[]): number | undefined => {
  const alone = new RegExp(String.raw`(?<![\w.-])${escapedForPattern(value)}(?![\w.-])`);
  const at = lines.findIndex((line) => alone.test(line) || alone.test(line.replaceAll("''", "'")));
  return at === -1 ? undefined : at + 1;
};

/** What is quoted, but for the group: that tells where, and not what. */
const quotedIn = (words: string): string[] =>
  [...words.replaceAll(/\bgroup "[^"]*"/g, "").matchAll(/"((?:[^"\\]|\\.)*)"/g)].flatMap(([, text = ""]) =>
    text === "" ? [] : [text.replaceAll(/\\(.)/g, "$1")],
  );

/**
 * The line that an engine's words are about: the one they name, or else the one that holds what they quote, the longest
 * quotation first. Engines tell a line of broken YAML only; of a wrong value they quote the value.
 */
export const lineOfWords = (words: string, text: string): number | undefined => {
  const named = /\bline (\d+)\b/.exec(words)?.[1];
  if (named !== undefined) return Number(named);
  const lines = text.split("\n");
  return quotedIn(words)
    .toSorted((a, b) => b.length - a.length)
    .map((quoted) => lineOfValue(quoted, lines))
    .find((line) => line !== undefined);
};

/** A complaint as the user reads it; `folder` as the user gave it. */
export const formatComplaint = ({ file, line, words }: Complaint, folder: string): string =>
  `${folder}/${file}${line === undefined ? "" : `:${line}`}  ${words.replaceAll("\n", "\n    ")}`;
