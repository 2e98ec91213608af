import { readFileSync } from "node:fs";
import path from "node:path";
import { fleet as declared } from "../infra/fleet";
import type { Diagnostic } from "../infra/model/diagnostics";
import { Refusal } from "../infra/model/diagnostics";
import type { Fleet } from "../infra/model/fleet";
import { parseSettings, resolveFleet } from "../infra/model/fleet";
import { settingsInput, stackFile } from "../infra/model/settings";
import { lineOf, overrideLineOf } from "../infra/model/source-location";
import { repositoryRoot } from "../toolchain/root";
import { projectName, readStackConfig } from "./stack-files";

const keyLine = (text: string, project: string, field: string): number | undefined => {
  const key = `${project}:${/^\w+/.exec(field)?.[0] ?? ""}:`;
  const index = text.split("\n").findIndex((line) => line.trim().replaceAll(/["']/g, "").startsWith(key));
  return index === -1 ? undefined : index + 1;
};

/** The same mistake with the line it stands in, where that can be found. */
const located =
  (stack: string, project: string, root: string) =>
  (mistake: Diagnostic): Diagnostic => {
    if (mistake.line !== undefined) return mistake;
    try {
      const text = readFileSync(path.join(root, mistake.file), "utf8");
      const { subject = "", field } = mistake;
      if (mistake.file !== stackFile(stack)) return { ...mistake, line: lineOf(text, subject, field) };
      const line = subject === project ? keyLine(text, project, field) : overrideLineOf(text, subject, field);
      return { ...mistake, line };
    } catch {
      return mistake; // the message is whole without a line
    }
  };

/**
 * The fleet as a stack sees it, without Pulumi: the same parsing as the program's, in milliseconds. Throws a Refusal
 * with every mistake and its line, or a Failure where the stack's file cannot be read.
 */
export const declaredFleet = (stack: string, root: string = repositoryRoot): Fleet => {
  const project = projectName();
  const config = readStackConfig(stack, root);
  try {
    return resolveFleet(declared, parseSettings(stack, settingsInput(config, project)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.diagnostics.map(located(stack, project, root)));
  }
};
