import type { Settings } from "../model/settings";
import type { WrittenFile } from "../render/files";

/** The file with its path from the project's root: generated/<stack>/fly/<app>.toml */
export const outputPath = (file: WrittenFile, { outputDirectory, stack }: Settings): WrittenFile => ({
  ...file,
  path: `${outputDirectory}/${stack}/${file.path}`,
});
