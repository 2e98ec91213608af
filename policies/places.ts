import { located } from "../infra/located";
import type { Diagnostic } from "../infra/model/diagnostics";
import { isOverridden } from "../infra/model/source-location";
import type { Finding } from "./rule";

/** Says where a finding was written. */
export type Locate = (finding: Finding) => Pick<Diagnostic, "file" | "line">;

/**
 * Looks lines up in the files below `root`. The engine starts a policy pack in the pack's own folder, wherever the
 * program is, so the root is this checkout's and not the working directory.
 */
export const locateIn = (root: string): Locate => {
  const withLine = located(root);
  return ({ origin, field, ...finding }) => {
    if (origin === undefined) return { file: "Pulumi.<stack>.yaml" };
    const file = isOverridden(origin.overridden, field) ? origin.stackFile : origin.declaredIn;
    const { line } = withLine({ ...finding, file, subject: origin.app, field });
    return { file, line };
  };
};
