import { packed } from "../model/packed-text";
import type { Settings } from "../model/settings";
import type { WrittenFile } from "../render/files";
import type { TextsArgs } from "./written-file";

type Output = Pick<Settings, "outputDirectory" | "stack">;

/** The folder of the stack's files, from the project's root: generated/<stack> */
export const outputFolder = ({ outputDirectory, stack }: Output): string => `${outputDirectory}/${stack}`;

/** The file with its path from the project's root: generated/<stack>/fly/<app>.toml */
export const outputPath = (file: WrittenFile, settings: Output): WrittenFile => ({
  ...file,
  path: `${outputFolder(settings)}/${file.path}`,
});

/** The texts as files of the stack's folder; packed are those that nobody reads in a diff. */
export const outputTexts = (
  texts: ReadonlyMap<string, string>,
  settings: Output,
  isPacked: (path: string) => boolean = () => false,
): TextsArgs => ({
  directory: outputFolder(settings),
  files: Object.fromEntries([...texts].map(([path, text]) => [path, isPacked(path) ? packed(text) : text])),
});
