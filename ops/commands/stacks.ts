import { z } from "zod";
import { settingsInput, stackFile } from "../../infra/model/settings";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import { projectName, readStackConfig, stackNames } from "../stack-files";
import { print, printJson } from "../talk";

const shown = z.object({ environment: z.string().catch("?"), apps: z.array(z.string()).catch([]) });

/** `flymon stacks`: the stacks that have a file of settings. */
export const stacks = ({ json = false }: { readonly json?: boolean }): ExitCode => {
  const project = projectName();
  const rows = stackNames().map((stack) => ({
    stack,
    file: stackFile(stack),
    ...shown.parse(settingsInput(readStackConfig(stack), project)),
  }));
  if (json) printJson(rows);
  else
    for (const { stack, environment, apps } of rows) print(`${stack} (${environment}): ${apps.join(", ")}`);
  return exitCodes.done;
};
