import { fleet as declared } from "../infra/fleet";
import { located } from "../infra/located";
import { Refusal } from "../infra/model/diagnostics";
import type { Fleet } from "../infra/model/fleet";
import { parseSettings, resolveFleet } from "../infra/model/fleet";
import { settingsInput } from "../infra/model/settings";
import { repositoryRoot } from "../toolchain/root";
import { projectName, readStackConfig } from "./stack-files";

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
    throw new Refusal(error.diagnostics.map(located(root)));
  }
};
