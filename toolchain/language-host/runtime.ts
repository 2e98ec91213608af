import { createRequire } from "node:module";
import path from "node:path";
import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

/** The `runtime.options` of Pulumi.yaml that concern a Node.js process. */
interface RuntimeOptions {
  /** Run TypeScript through the SDK's own loader; the vendor's default is true. */
  readonly typescript: boolean;
  readonly tsconfig: string | undefined;
  /** Extra arguments for `node`, as one string. */
  readonly nodeArguments: readonly string[];
}

const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );

export const runtimeOptions = (info: ProgramInfo | undefined): RuntimeOptions => {
  const options: Record<string, unknown> = info?.getOptions()?.toJavaScript() ?? {};
  const { typescript, tsconfig, nodeargs } = options;
  return {
    typescript: typescript !== false && typescript !== "false",
    tsconfig: typeof tsconfig === "string" && tsconfig !== "" ? tsconfig : undefined,
    nodeArguments: typeof nodeargs === "string" ? words(nodeargs) : [],
  };
};

/** What the SDK's runners read from the environment instead of their arguments. */
export const runtimeEnvironment = ({ typescript, tsconfig }: RuntimeOptions): Record<string, string> => ({
  PULUMI_NODEJS_TYPESCRIPT: String(typescript),
  ...(tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
});

/** One of the SDK's runner scripts (`run`, `run-plugin`, `run-policy-pack`), as the program in `folder` sees it. */
export const sdkRunner = (folder: string, runner: string): string => {
  try {
    return createRequire(path.join(folder, "program.js")).resolve(`@pulumi/pulumi/cmd/${runner}`);
  } catch {
    throw new Error(`@pulumi/pulumi is not installed for ${folder}: run npm ci (or npm install) there`);
  }
};
