import { packedTexts } from "../model/packed-texts";
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
): TextsArgs => {
  const [aside, shown] = [true, false].map((wanted) =>
    Object.fromEntries([...texts].filter(([path]) => isPacked(path) === wanted)),
  ) as [Record<string, string>, Record<string, string>];
  return {
    directory: outputFolder(settings),
    files: shown,
    ...(Object.keys(aside).length > 0 && { packed: packedTexts(aside) }),
  };
};
