import { readFileSync } from "node:fs";
import path from "node:path";
import type { Diagnostic } from "./model/diagnostics";
import { lineOf, overrideLineOf, settingLineOf } from "./model/source-location";

const isStackFile = (file: string): boolean => /^Pulumi\.[^/]+\.yaml$/.test(file);

/**
 * The same mistake with the line it stands in, where that can be found: files are looked up below `root`. A message
 * is whole without a line, so whatever cannot be read is passed over.
 */
export const located =
  (root: string) =>
  (mistake: Diagnostic): Diagnostic => {
    if (mistake.line !== undefined) return mistake;
    const { file, subject = "", field } = mistake;
    try {
      const text = readFileSync(path.join(root, file), "utf8");
      if (!isStackFile(file)) return { ...mistake, line: lineOf(text, subject, field) };
      return { ...mistake, line: overrideLineOf(text, subject, field) ?? settingLineOf(text, field) };
    } catch {
      return mistake;
    }
  };
