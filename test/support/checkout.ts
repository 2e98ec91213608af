import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { cp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { repositoryRoot } from "../../toolchain/root";

/** What a clone holds, as far as flymon uses it. */
const parts = [
  "infra",
  "ops",
  "policies",
  "sandbox",
  "toolchain",
  "watchtower",
  "package.json",
  "Pulumi.yaml",
];

const run = (file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) =>
  execa(file, args, { cwd, env, extendEnv: false, stdin: "ignore", reject: false, all: true });

/** A process of the checkout. */
export type Running = ReturnType<typeof run>;

/** A copy of this checkout with a folder for temporary files, both of which nobody else uses. */
export interface Checkout {
  readonly root: string;
  /** TMPDIR of what is run here. */
  readonly temporary: string;
  /** Starts `flymon`. Of the environment neither Pulumi's nor Slack's settings come along. */
  flymon(args: readonly string[], env?: NodeJS.ProcessEnv): Running;
  /** Starts an npm script. */
  npm(args: readonly string[]): Running;
  /** What runs have left: processes that know of this checkout, temporary files, written files. */
  leftovers(): Promise<readonly string[]>;
  remove(): void;
}

/** Command lines of the processes whose environment or arguments name a folder; Linux only. */
export const processesAround = (folder: string): readonly string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return command !== "" && `${command}${environment}`.includes(folder) ? [`${pid} ${command}`] : [];
      } catch {
        return []; // it has ended in this moment
      }
    });

/** esbuild keeps a service process for its builds; a plugin sees within a second that its engine is gone. */
const settleMs = 3_000;

/** Copies the checkout; its packages and its built bundles are shared or copied, so that nothing is built anew. */
export const copyCheckout = async (): Promise<Checkout> => {
  const base = mkdtempSync(path.join(os.tmpdir(), "flymon-e2e-"));
  const root = path.join(base, "checkout");
  const temporary = mkdtempSync(path.join(base, "tmp-"));
  for (const part of [...parts, ".flymon/build", "Pulumi.production.yaml", "Pulumi.staging.yaml"]) {
    const from = path.join(repositoryRoot, part);
    if (!existsSync(from)) continue;
    await cp(from, path.join(root, part), {
      recursive: true,
      // A bundle is fresh as long as its inputs are as old as they were.
      preserveTimestamps: true,
      filter: (source) => !source.includes("node_modules"),
    });
  }
  const stamp = path.join(".flymon", "toolchain.json");
  if (existsSync(path.join(repositoryRoot, stamp)))
    cpSync(path.join(repositoryRoot, stamp), path.join(root, stamp), { preserveTimestamps: true });
  symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(root, "node_modules"));

  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:PULUMI|SLACK|FLYMON_DEBUG|VITEST|NODE_ENV)/.test(name),
    ),
  );
  const environment = { ...inherited, NO_COLOR: "1", TMPDIR: temporary };
  const command = path.join(root, "ops", "bin", "flymon.cjs");
  return {
    root,
    temporary,
    flymon: (args, env = {}) => run(process.execPath, [command, ...args], root, { ...environment, ...env }),
    npm: (args) => run("npm", args, root, environment),
    leftovers: async () => {
      const deadline = Date.now() + settleMs;
      for (;;) {
        const processes = processesAround(base);
        if (processes.length === 0 || Date.now() > deadline) {
          const generated = existsSync(path.join(root, "generated")) ? ["generated/"] : [];
          const stackFiles = readdirSync(root).filter((name) => name.startsWith("Pulumi.sandbox"));
          return [...processes, ...readdirSync(temporary), ...generated, ...stackFiles];
        }
        await sleep(100);
      }
    },
    remove: () => {
      // What a killed run has left may still write for a moment.
      rmSync(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
};
