import { readdirSync } from "node:fs";
import path from "node:path";
import { didYouMean } from "../../infra/model/did-you-mean";
import { repositoryRoot } from "../../toolchain/root";
import { ensureToolchain } from "../../toolchain/setup";
import type { CheckerName } from "../check/checkers";
import { checkerNames, checkers } from "../check/checkers";
import { formatComplaint } from "../check/complaints";
import { declaredFleet } from "../declared-fleet";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { print, printJson } from "../talk";

export interface CheckOptions {
  /** Whose written files are judged; or a folder. */
  readonly stack?: string;
  readonly in?: string;
  /** Comma-separated. */
  readonly only?: string;
  readonly json?: boolean;
}

const readNames = (text: string): readonly CheckerName[] =>
  text.split(",").map((word) => {
    const name = checkerNames.find((known) => known === word.trim());
    if (name !== undefined) return name;
    const hint = didYouMean(word.trim(), checkerNames);
    throw new Failure(
      exitCodes.usage,
      `--only ${JSON.stringify(text)}: name one or more of ${checkerNames.join(", ")}, with commas between${hint === undefined ? "" : `; ${hint}`}.`,
    );
  });

const folderOf = ({
  stack,
  in: given,
}: CheckOptions): { readonly shown: string; readonly absolute: string } => {
  if (given !== undefined) return { shown: given, absolute: path.resolve(given) };
  if (stack === undefined)
    throw new Failure(exitCodes.usage, "Name what to check: --stack NAME or --in FOLDER.");
  const { outputDirectory } = declaredFleet(stack).settings;
  const shown = `${outputDirectory}/${stack}`;
  return { shown, absolute: path.resolve(repositoryRoot, shown) };
};

const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) =>
      file.replaceAll(path.sep, "/"),
    );
  } catch {
    return [];
  }
};

/** `flymon check`: written files, judged by the engines that will read them, before anything runs on them. */
export const check = async (options: CheckOptions): Promise<ExitCode> => {
  const { shown, absolute } = folderOf(options);
  const present = filesIn(absolute);
  const named = options.only === undefined ? undefined : readNames(options.only);
  const jobs = (named ?? checkerNames).map((name) => ({
    name,
    checker: checkers[name],
    files: present.filter((file) => checkers[name].reads(file)),
  }));
  const wanted = jobs.filter(({ files }) => files.length > 0);
  // What was asked for by name must be there; a folder without a watchtower's files is whole without them.
  const missing =
    named !== undefined || wanted.length === 0 ? jobs.filter(({ files }) => files.length === 0) : [];
  if (missing.length > 0) {
    throw new Failure(
      exitCodes.refused,
      `${shown}  there is nothing to judge here of: ${missing.map(({ name }) => name).join(", ")}\n    mend:    write the files first: flymon render --stack NAME --out ${shown}`,
    );
  }
  const { engines } = await ensureToolchain({ only: wanted.map(({ checker }) => checker.engine) });

  const judged = await Promise.all(
    wanted.map(async ({ name, checker, files }) => ({
      name,
      what: checker.what,
      engine: checker.engine,
      files: files.length,
      complaints: await checker.check(engines[checker.engine as keyof typeof engines], absolute, files),
    })),
  );
  if (options.json ?? false) printJson({ folder: shown, judged });
  else {
    for (const { what, engine, files, complaints } of judged) {
      if (complaints.length === 0)
        print(`${what}: ${files} ${files === 1 ? "file" : "files"}, accepted by ${engine}`);
    }
  }
  const complaints = judged.flatMap((each) => each.complaints);
  if (complaints.length === 0) return exitCodes.done;
  throw new Failure(
    exitCodes.refused,
    complaints.map((complaint) => formatComplaint(complaint, shown)).join("\n"),
  );
};
