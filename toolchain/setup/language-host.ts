import { copyFileSync, linkSync, realpathSync } from "node:fs";
import path from "node:path";
import type { Bundle } from "./bundles";
import { installBundle } from "./bundles";
import { cacheFolder, makeOnce } from "./cache";
import { besideReal, fileStamp, onPath } from "./machine";
import type { PulumiCli } from "./pulumi-cli";

const NAME = "pulumi-language-nodejs";

/** Which language host the CLI will use. */
export type LanguageHostChoice =
  { readonly kind: "vendor"; readonly file: string } | { readonly kind: "stand-in" };

/** The vendor's where it lies beside the CLI or on PATH; the CLI finds it there by itself. */
export const chooseLanguageHost = (cli: string, env: NodeJS.ProcessEnv): LanguageHostChoice => {
  const file = besideReal(cli, NAME) ?? onPath(NAME, env);
  return file === undefined ? { kind: "stand-in" } : { kind: "vendor", file };
};

/**
 * Puts our language host beside a hard link (or copy) of the CLI and returns that CLI: the CLI looks beside its own
 * file first, and warns about a host that it finds on PATH.
 */
export const installLanguageHost = async (
  cli: PulumiCli,
  bundle: Bundle,
  env: NodeJS.ProcessEnv,
): Promise<string> => {
  const real = realpathSync(cli.file);
  // The link holds on to the file it was made from: an upgraded CLI gets a folder of its own.
  const cliKey = `${cli.version}-${fileStamp(real).replaceAll(/[:.]/g, "-")}`;
  const folder = path.join(cacheFolder(env), "cli", `${cliKey}-${bundle.key}`);
  await makeOnce(folder, (aside) => {
    const target = path.join(aside, path.basename(real));
    try {
      linkSync(real, target);
    } catch {
      copyFileSync(real, target); // another file system
    }
    installBundle(aside, NAME, bundle);
    return Promise.resolve();
  });
  return path.join(folder, path.basename(real));
};
