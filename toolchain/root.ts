import { existsSync } from "node:fs";
import path from "node:path";

/** The checkout's root: the nearest folder upwards that holds Pulumi.yaml. Works in bundles and in tests alike. */
export const repositoryRoot: string = (() => {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "Pulumi.yaml"))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`no Pulumi.yaml above ${__dirname}`);
  }
})();
