import { existsSync } from "node:fs";
import path from "node:path";
import { bundleOf } from "./bundles";
import { cacheFolder } from "./cache";
import { VENDOR, vendorReachable } from "./download-cli";
import { engineFolder, engineNames, ENGINES, type EngineName } from "./engines";
import { buildEngine, enginePath } from "./go-build";
import { chooseLanguageHost, installLanguageHost } from "./language-host";
import { machineEnvironment } from "./machine";
import { choosePlugin, pluginHome, requiredPlugins, tryInstall } from "./plugins";
import { step, type Note } from "../progress";
import { obtainCli } from "./pulumi-cli";
import { keepSetup, keptSetup, type PulumiSetup } from "./stamp";

export interface Toolchain {
  /** The Pulumi CLI. */
  readonly pulumi: string;
  /** The whole environment to run it with. */
  readonly env: NodeJS.ProcessEnv;
  /** The other engines' executables; one left out by `only` need not exist. */
  readonly engines: Readonly<Record<Exclude<EngineName, "pulumi">, string>>;
  /** One line for each part: what it is and where it comes from. */
  readonly report: readonly string[];
}

export interface ToolchainOptions {
  /** The engines needed; all by default. */
  readonly only?: readonly EngineName[];
  /** No progress on stderr. */
  readonly quiet?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** The engines that are always built from source. */
const BUILT = Object.values(ENGINES).filter((engine) => engine.name !== "pulumi");

const setUpPulumi = async (env: NodeJS.ProcessEnv, note: Note): Promise<PulumiSetup> => {
  const cli = await obtainCli(env, note);
  const hostChoice = chooseLanguageHost(cli.file, env);
  const hostBundle = hostChoice.kind === "stand-in" ? bundleOf("language-host/main.ts") : undefined;
  const pulumi = hostBundle ? await installLanguageHost(cli, hostBundle, env) : cli.file;

  const required = requiredPlugins();
  const missing = required.filter((plugin) => choosePlugin(plugin, env).kind === "stand-in");
  if (missing.length > 0 && (await vendorReachable(VENDOR))) {
    for (const plugin of missing) await tryInstall(plugin, pulumi, env, note);
  }
  const plugins = required.map((plugin) => ({ ...plugin, choice: choosePlugin(plugin, env) }));
  const home = await pluginHome(plugins, env);

  const setup: PulumiSetup = {
    pulumi,
    env: home.env,
    report: [
      `Pulumi CLI ${cli.version}: ${cli.origin} (${pulumi})`,
      `nodejs language host: ${hostChoice.kind === "vendor" ? `the vendor's (${hostChoice.file})` : "our stand-in"}`,
      ...plugins.map(({ name, version, choice }) => {
        const origin =
          choice.kind === "stand-in" ? "our stand-in" : `the vendor's, ${choice.kind} (${choice.file})`;
        return `${name} plugin v${version}: ${origin}`;
      }),
    ],
  };
  const bundles = [...(hostBundle ? [hostBundle] : []), ...home.bundles];
  keepSetup(env, setup, [
    pulumi,
    ...(hostChoice.kind === "vendor" ? [hostChoice.file] : []),
    ...plugins.flatMap(({ choice }) => (choice.kind === "stand-in" ? [] : [choice.file])),
    ...required.map(({ name }) => `node_modules/@pulumi/${name}/package.json`),
    ...(home.env["PULUMI_HOME"] === undefined ? [] : [path.join(home.env["PULUMI_HOME"], "plugins")]),
    path.join(engineFolder(ENGINES.pulumi), "go.mod"),
    ...new Set(bundles.flatMap(({ sources }) => sources)),
  ]);
  return setup;
};

/** The environment that a command of the CLI runs in. */
const environment = (env: NodeJS.ProcessEnv, setup: PulumiSetup): NodeJS.ProcessEnv => ({
  ...env,
  ...setup.env,
  PATH: [path.dirname(setup.pulumi), env["PATH"]].filter(Boolean).join(path.delimiter),
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

/**
 * Makes sure that what this project runs on is there: the Pulumi CLI with its nodejs language host and provider
 * plugins (the vendor's where they can be had), and the engines built from source. Quick and offline where nothing is
 * to do; otherwise shows its progress on stderr. Throws ToolchainMissing, with what to install, where something
 * cannot be had.
 */
export const ensureToolchain = async ({
  only = engineNames,
  quiet = false,
  env: given = process.env,
}: ToolchainOptions = {}): Promise<Toolchain> => {
  const env = machineEnvironment(given, cacheFolder(given));
  let setup = keptSetup(env);
  // One after the other: they share the machine's cores.
  const show = <T>(title: string, run: (note: Note) => Promise<T>): Promise<T> =>
    quiet ? run(() => undefined) : step(title, run, { sayNotes: true });
  if (only.includes("pulumi")) setup ??= await show("Pulumi", (note) => setUpPulumi(env, note));
  for (const engine of BUILT) {
    if (!only.includes(engine.name) || existsSync(enginePath(engine, env))) continue;
    await show(engine.name, (note) => buildEngine(engine, env, note));
  }

  const ready: PulumiSetup = setup ?? { pulumi: "", env: {}, report: [] };
  const built = BUILT.filter((engine) => existsSync(enginePath(engine, env)));
  return {
    pulumi: ready.pulumi,
    env: environment(env, ready),
    engines: Object.fromEntries(
      BUILT.map((engine) => [engine.name, enginePath(engine, env)]),
    ) as Toolchain["engines"],
    report: [...ready.report, ...built.map((engine) => `${engine.name}: ${enginePath(engine, env)}`)],
  };
};
