import { chooseBackend, ensureStack, ensureToolchain } from "../../toolchain/setup";
import { declaredFleet } from "../declared-fleet";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import type { Operation } from "../pulumi/run";
import { runPulumi } from "../pulumi/run";
import { formatViolations } from "../pulumi/verdict";
import { readStackConfig } from "../stack-files";
import { say } from "../talk";

export interface OperationOptions {
  readonly stack: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What Pulumi is told about asking. On a terminal it asks by itself; elsewhere nobody could answer. */
const consent = (operation: Operation, yes: boolean): readonly string[] => {
  if (operation === "preview") return [];
  if (!yes && process.stdin.isTTY && process.stdout.isTTY) return [];
  // `up` keeps its preview: the policies judge the whole stack there, before anything is applied.
  return operation === "up" ? ["--yes"] : ["--yes", "--skip-preview"];
};

/**
 * `flymon preview|up|refresh|destroy`: Pulumi with toolchain, backend, stack and policy pack in place. Mistakes in the
 * declarations are told before Pulumi starts.
 */
export const operate = async (
  operation: Operation,
  options: OperationOptions,
  args: readonly string[],
): Promise<ExitCode> => {
  const { stack, yes = false, json = false } = options;
  // What exists must stay removable while its declaration is broken, so destroy asks for no more than a stack's file.
  if (operation === "destroy") readStackConfig(stack);
  else declaredFleet(stack);
  const toolchain = await ensureToolchain({ only: ["pulumi"] });
  const backend = chooseBackend(process.env);
  const configFile = await ensureStack(stack, { toolchain, backend });

  const verdict = await runPulumi({
    operation,
    stack,
    pulumi: toolchain.pulumi,
    env: { ...toolchain.env, ...backend.env },
    configFile,
    args: [...consent(operation, yes), ...(json ? ["--json"] : []), ...args],
    output: "inherit",
  });
  if (verdict.violations.length > 0) say(formatViolations(verdict.violations));
  if (verdict.remark !== undefined) say(verdict.remark);
  if (verdict.exitCode === exitCodes.changes) say("There are changes where none were expected.");
  return verdict.exitCode;
};
