import { readFileSync } from "node:fs";
import path from "node:path";
import type { Diagnostic } from "../infra/model/diagnostics";
import { isOverridden, lineOf, overrideLineOf } from "../infra/model/source-location";
import type { Finding } from "./rule";

/** Says where a finding was written. */
export type Locate = (finding: Finding) => Pick<Diagnostic, "file" | "line">;

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // not this checkout's file: the message goes without a line
  }
};

/**
 * Looks lines up in the files below `root`. The engine starts a policy pack in the pack's own folder, wherever the
 * program is, so the root is this checkout's and not the working directory.
 */
export const locateIn =
  (root: string): Locate =>
  ({ origin, field }) => {
    if (origin === undefined) return { file: "Pulumi.<stack>.yaml" };
    const { app, declaredIn, overridden, stackFile } = origin;
    const byStack = isOverridden(overridden, field);
    const file = byStack ? stackFile : declaredIn;
    const text = textOf(path.join(root, file));
    return {
      file,
      line: text === undefined ? undefined : (byStack ? overrideLineOf : lineOf)(text, app, field),
    };
  };
