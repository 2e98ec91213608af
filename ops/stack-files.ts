import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { didYouMean } from "../infra/model/did-you-mean";
import { stackFile } from "../infra/model/settings";
import { repositoryRoot } from "../toolchain/root";
import { exitCodes } from "./exit-codes";
import { Failure } from "./failure";

/** A stack's configuration: `namespace:key` to value, as written. */
export type StackConfig = Readonly<Record<string, unknown>>;

/** Reads YAML; a file that is not is refused with its line. `shownAs` names it in messages. */
const readYaml = (file: string, shownAs: string): Record<string, unknown> => {
  const text = readFileSync(file, "utf8");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    const { line } = lineCounter.linePos(mistake.pos[0]);
    throw new Failure(
      exitCodes.refused,
      `${shownAs}:${String(line)}  is not YAML: ${mistake.message}\n    mend:    correct this line, or the one before it`,
    );
  }
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== "object" || Array.isArray(content)) {
    throw new Failure(
      exitCodes.refused,
      `${shownAs}:1  holds no settings\n    mend:    write them below "config:", as in Pulumi.production.yaml`,
    );
  }
  return content as Record<string, unknown>;
};

/** The stacks that have a file of settings, by name. */
export const stackNames = (root: string = repositoryRoot): string[] =>
  readdirSync(root)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();

/** The project's name, which is the namespace of its own settings. */
export const projectName = (root: string = repositoryRoot): string =>
  String(readYaml(path.join(root, "Pulumi.yaml"), "Pulumi.yaml")["name"]);

const unreadable = (stack: string, root: string, error: NodeJS.ErrnoException): Failure => {
  const file = stackFile(stack);
  if (error.code !== "ENOENT") {
    return new Failure(
      exitCodes.refused,
      `${file}  cannot be read (${error.code ?? error.message})\n    mend:    make it a file that you may read`,
    );
  }
  const known = stackNames(root);
  const near = didYouMean(stack, known);
  return new Failure(
    exitCodes.refused,
    [
      `There is no stack "${stack}": ${file} does not exist.`,
      `Stacks: ${known.join(", ") || "none"}`,
      ...(near === undefined ? [] : [near]),
    ].join("\n"),
  );
};

/** The configuration in a stack's file. Refuses a stack without a file, and a file that cannot be read. */
export const readStackConfig = (stack: string, root: string = repositoryRoot): StackConfig => {
  const file = stackFile(stack);
  let content: Record<string, unknown>;
  try {
    content = readYaml(path.join(root, file), file);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(stack, root, error as NodeJS.ErrnoException);
  }
  const config = content["config"] ?? {};
  if (typeof config !== "object" || Array.isArray(config)) {
    throw new Failure(
      exitCodes.refused,
      `${file}  config is not a table\n    mend:    write "config:" and below it a line "hotdash:key: value" each`,
    );
  }
  return config as StackConfig;
};
