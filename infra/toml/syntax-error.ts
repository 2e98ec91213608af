/** The text is not TOML, at a place. */
export class TomlSyntaxError extends Error {
  override readonly name = "TomlSyntaxError";

  constructor(
    /** From 1. */
    readonly line: number,
    /** From 1. */
    readonly column: number,
    readonly reason: string,
  ) {
    super(`line ${line}, column ${column}: ${reason}`);
  }
}

const conflictMarker = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/;

/** What a reader can act on: a left-over merge conflict explains most errors that come after it. */
export const syntaxError = (text: string, line: number, column: number, message: string): TomlSyntaxError => {
  const lines = text.split(/\r?\n/);
  const conflict = lines.findIndex((content) => conflictMarker.test(content));
  if (conflict !== -1) {
    return new TomlSyntaxError(
      conflict + 1,
      1,
      "a merge conflict was left here: settle it and remove the markers <<<<<<<, ======= and >>>>>>>",
    );
  }
  const reasons: Record<string, string> = {
    "Defining a key multiple times is invalid": "this key or table is defined twice: keep one of them",
    "Must be a newline": "a value ends here, so the line must too",
  };
  const content = lines[line - 1]?.trim() ?? "";
  const shown = content.length > 60 ? `${content.slice(0, 57)}...` : content;
  return new TomlSyntaxError(line, column, `${reasons[message] ?? message.toLowerCase()}: ${shown}`);
};
