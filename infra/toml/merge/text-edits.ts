import type { Span, TomlDocument } from "../document";
import { placeOf } from "../document";
import { indentAt } from "./style";

type Inserted = "key" | "block" | "parent";

/**
 * Changes to a text, collected and applied at once: spans replaced within lines, whole lines removed, lines inserted.
 * No comment is lost: those on removed lines stay on lines of their own.
 */
export class TextEdits {
  readonly #replaced: (Span & { readonly text: string })[] = [];
  readonly #inserted: { readonly line: number; readonly text: string; readonly what: Inserted }[] = [];
  /** Line (from 0) and what stays of it. */
  readonly #removed = new Map<number, readonly string[]>();

  constructor(
    private readonly document: TomlDocument,
    private readonly eol: string,
  ) {}

  lineOf(offset: number): number {
    return placeOf(this.document, offset).line - 1;
  }

  replace(span: Span, text: string): void {
    this.#replaced.push({ ...span, text });
  }

  /** Lines in front of a line (from 0); `text` ends with a line break. */
  insertBefore(line: number, text: string, what: Inserted = "key"): void {
    this.#inserted.push({ line, text, what });
  }

  isInserted(line: number, text: string): boolean {
    return this.#inserted.some((other) => other.line === line && other.text === text);
  }

  removeLine(line: number): void {
    this.#removed.set(line, []);
  }

  /** The lines of a statement or header, but for their comments. */
  removeLines(span: Span): void {
    const first = this.lineOf(span.start);
    const last = this.lineOf(Math.max(span.start, span.end - 1));
    const indent = indentAt(this.document, span.start);
    for (let line = first; line <= last; line += 1) {
      const start = this.document.lineStarts[line] ?? 0;
      const end = this.document.lineStarts[line + 1] ?? this.document.text.length;
      const comments = this.commentsIn({ start: Math.max(start, span.start), end });
      this.#removed.set(
        line,
        comments.map((comment) => `${indent}${comment}${this.eol}`),
      );
    }
  }

  commentsIn({ start, end }: Span): string[] {
    const { comments } = this.document;
    let low = 0;
    let high = comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((comments[middle]?.start ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    const found: string[] = [];
    for (let index = low; (comments[index]?.start ?? end) < end; index += 1) {
      found.push(comments[index]?.text ?? "");
    }
    return found;
  }

  get isEmpty(): boolean {
    return this.#replaced.length + this.#inserted.length + this.#removed.size === 0;
  }

  apply(): string {
    if (this.isEmpty) return this.document.text;
    const { text, lineStarts } = this.document;
    const count = lineStarts.length;
    const lineText = (line: number): string =>
      text.slice(lineStarts[line], lineStarts[line + 1] ?? text.length);
    const isBlank = (line: number): boolean => line < 0 || line >= count || lineText(line).trim() === "";
    const gone = (line: number): boolean => this.#removed.get(line)?.length === 0;
    this.#closeGaps(isBlank, gone);

    const replaced = new Map<number, (Span & { text: string })[]>();
    for (const edit of this.#replaced) {
      const line = this.lineOf(edit.start);
      replaced.set(line, [...(replaced.get(line) ?? []), edit]);
    }
    const inserted = new Map<number, string[]>();
    // Keys belong to the block that ends there; a header that gathers sub-tables stands right above them.
    const rank = { key: 0, block: 1, parent: 2 } as const;
    for (const edit of [...this.#inserted].sort((a, b) => rank[a.what] - rank[b.what])) {
      inserted.set(edit.line, [...(inserted.get(edit.line) ?? []), edit.text]);
    }

    let result = "";
    const append = (part: string): void => {
      if (part !== "" && result !== "" && result !== "\uFEFF" && !result.endsWith("\n")) result += this.eol;
      result += part;
    };
    let from = 0;
    for (let line = 0; line <= count; line += 1) {
      const start = lineStarts[line] ?? text.length;
      for (const part of inserted.get(line) ?? []) {
        // In front of the first line means behind a byte order mark.
        if (line === 0 && text.startsWith("\uFEFF") && from === 0) {
          result += "\uFEFF";
          from = 1;
        }
        append(part);
      }
      if (line === count) break;
      const end = lineStarts[line + 1] ?? text.length;
      const kept = this.#removed.get(line);
      if (kept !== undefined) {
        if (line === 0 && text.startsWith("\uFEFF") && from === 0) result += "\uFEFF";
        for (const comment of kept) append(comment);
        from = Math.max(from, end);
        continue;
      }
      let part = "";
      from = Math.max(from, start);
      for (const edit of (replaced.get(line) ?? []).sort((a, b) => a.start - b.start)) {
        part += text.slice(from, edit.start) + edit.text;
        from = edit.end;
      }
      if (from < end) {
        part += text.slice(from, end);
        from = end;
      }
      result += part;
    }
    // A file without a line break at its end keeps none.
    return text.endsWith("\n") || text === "" ? result : result.replace(/\r?\n$/, "");
  }

  /** Blank lines between removed ones go too, and of those around them one side. */
  #closeGaps(isBlank: (line: number) => boolean, gone: (line: number) => boolean): void {
    const lines = [...this.#removed.keys()].filter(gone).sort((a, b) => a - b);
    lines.forEach((line, index) => {
      const next = lines[index + 1];
      if (next === undefined) return;
      const between = Array.from({ length: next - line - 1 }, (_, offset) => line + 1 + offset);
      if (between.every((each) => isBlank(each) && !this.#isInsertedAt(each + 1))) {
        for (const each of between) this.#removed.set(each, []);
      }
    });
    for (const line of lines) {
      if (gone(line - 1)) continue;
      let end = line;
      while (gone(end)) end += 1;
      const touched = Array.from({ length: end - line + 1 }, (_, offset) => line + offset);
      if (touched.some((each) => this.#isInsertedAt(each))) continue;
      if (line > 0 && isBlank(line - 1) && isBlank(end)) {
        for (let blank = line - 1; blank >= 0 && isBlank(blank); blank -= 1) this.#removed.set(blank, []);
      }
    }
  }

  #isInsertedAt(line: number): boolean {
    return this.#inserted.some((edit) => edit.line === line);
  }
}
