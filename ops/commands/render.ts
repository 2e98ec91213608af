import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { writtenTexts } from "../../infra/render/files";
import { declaredFleet } from "../declared-fleet";
import type { ExitCode } from "../exit-codes";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { print, printJson } from "../talk";

export interface RenderOptions {
  readonly stack: string;
  readonly out: string;
  readonly json?: boolean;
}

const unwritable = (file: string, { code, message }: NodeJS.ErrnoException): Failure =>
  new Failure(
    exitCodes.refused,
    `${file}  cannot be written (${code ?? message})\n    mend:    choose a folder with --out that you may write to`,
  );

/** Whoever reads the file meanwhile sees the old one or the new one. */
const writeWhole = (file: string, text: string): void => {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const aside = `${file}.${String(process.pid)}`;
    writeFileSync(aside, text);
    renameSync(aside, file);
  } catch (error) {
    throw unwritable(file, error as NodeJS.ErrnoException);
  }
};

/** `flymon render`: every file of a stack, without Pulumi; the same bytes that `up` writes. */
export const render = ({ stack, out, json = false }: RenderOptions): ExitCode => {
  const texts = writtenTexts(declaredFleet(stack));
  const files = [...texts].map(([name, text]) => {
    const file = path.join(out, name);
    writeWhole(file, text);
    return file;
  });
  if (json) printJson({ stack, files });
  else files.forEach(print);
  return exitCodes.done;
};
