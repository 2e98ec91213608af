import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../root";
import { bundleOf, installBundle, type Bundle } from "./bundles";
import { cacheFolder, makeOnce } from "./cache";
import { executableIn, onPath, userPulumiHome } from "./machine";
import type { Note } from "../progress";

/** A provider plugin that the program's npm packages ask for. */
export interface Plugin {
  readonly name: "command" | "random";
  /** The npm package's version: the vendor publishes both under one number. */
  readonly version: string;
}

export const requiredPlugins = (): Plugin[] =>
  (["command", "random"] as const).map((name) => {
    const file = path.join(repositoryRoot, "node_modules", "@pulumi", name, "package.json");
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
    return { name, version: version.replace(/^v/, "") };
  });

const folderName = ({ name, version }: Plugin): string => `resource-${name}-v${version}`;
const executableName = ({ name }: Plugin): string => `pulumi-resource-${name}`;

/** Where a plugin comes from. */
export type PluginChoice =
  | { readonly kind: "installed"; readonly file: string }
  | { readonly kind: "on PATH"; readonly file: string }
  | { readonly kind: "stand-in" };

/** The vendor's plugin where PATH has it (the CLI prefers that itself) or PULUMI_HOME the exact version. */
export const choosePlugin = (plugin: Plugin, env: NodeJS.ProcessEnv): PluginChoice => {
  const ambient = onPath(executableName(plugin), env);
  if (ambient !== undefined) return { kind: "on PATH", file: ambient };
  const installed = executableIn(
    path.join(userPulumiHome(env), "plugins", folderName(plugin)),
    executableName(plugin),
  );
  return installed === undefined ? { kind: "stand-in" } : { kind: "installed", file: installed };
};

/** One plugin has about 15 MB: longer than this and the network is not one to wait for. */
const INSTALL_MS = 60_000;

/** Lets the vendor's CLI install a plugin; says so and goes on where it cannot. */
export const tryInstall = async (
  plugin: Plugin,
  cli: string,
  env: NodeJS.ProcessEnv,
  note: Note,
): Promise<void> => {
  note(`installing the vendor's ${plugin.name} plugin v${plugin.version}`);
  const { execa } = await import("execa");
  const result = await execa(cli, ["plugin", "install", "resource", plugin.name, `v${plugin.version}`], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: INSTALL_MS,
  });
  if (result.exitCode !== 0) note(`the vendor's ${plugin.name} plugin cannot be had`);
};

/** What the CLI must be told to find the plugins; nothing where all are the vendor's. */
export interface PluginHome {
  readonly env: Readonly<Record<string, string>>;
  readonly bundles: readonly Bundle[];
}

/**
 * A PULUMI_HOME of our own with a stand-in for each plugin that is missing and a link to each that is installed. The
 * user's login stays visible. Keyed by its contents, so it never changes once made.
 */
export const pluginHome = async (
  plugins: readonly (Plugin & { readonly choice: PluginChoice })[],
  env: NodeJS.ProcessEnv,
): Promise<PluginHome> => {
  if (plugins.every(({ choice }) => choice.kind !== "stand-in")) return { env: {}, bundles: [] };
  const entries = plugins
    .filter(({ choice }) => choice.kind !== "on PATH")
    .map(({ choice, ...plugin }) => {
      if (choice.kind === "installed") return { plugin, file: choice.file, key: choice.file };
      const bundle = bundleOf(`stand-ins/${plugin.name}/main.ts`);
      return { plugin, bundle, key: bundle.key };
    });
  const hash = createHash("sha256");
  for (const { plugin, key } of entries) hash.update(`${folderName(plugin)} ${key}\n`);
  const home = path.join(cacheFolder(env), "home", hash.digest("hex").slice(0, 16));
  await makeOnce(home, (aside) => {
    for (const { plugin, bundle, file } of entries) {
      const folder = path.join(aside, "plugins", folderName(plugin));
      mkdirSync(folder, { recursive: true });
      if (bundle) installBundle(folder, executableName(plugin), bundle);
      else symlinkSync(file, path.join(folder, path.basename(file)));
    }
    return Promise.resolve();
  });
  return {
    env: {
      PULUMI_HOME: home,
      PULUMI_CREDENTIALS_PATH: env["PULUMI_CREDENTIALS_PATH"] || userPulumiHome(env),
      // All plugins are in place; without this the CLI looks for others on the network.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
    bundles: entries.flatMap(({ bundle }) => (bundle ? [bundle] : [])),
  };
};
