import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { repositoryRoot } from "../../toolchain/root";
import { ensureToolchain } from "../../toolchain/setup/index";
import type {
  EngineEvent,
  ExportedResource,
  InlineProgram,
  PreviewJson,
  Run,
  StackOptions,
  TestStack,
} from "./engine-types";

export type * from "./engine-types";

const PROJECT = "engine-test";

const writeInline = (folder: string, { program, files = {} }: InlineProgram): void => {
  const contents: Record<string, string> = {
    "Pulumi.yaml": `name: ${PROJECT}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`,
    "package.json": JSON.stringify({ name: PROJECT, private: true, main: "index.js" }),
    "index.js": program,
    ...files,
  };
  for (const [name, text] of Object.entries(contents)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(folder, "node_modules"));
};

const eventsIn = (log: string): EngineEvent[] =>
  log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EngineEvent);

const projectName = (folder: string): string =>
  /^name:\s*["']?([^\s"'#]+)/m.exec(readFileSync(path.join(folder, "Pulumi.yaml"), "utf8"))?.[1] ?? PROJECT;

/** Whether an operation takes --yes and runs policies. */
const OPERATIONS: Readonly<Record<string, { yes: boolean; policies: boolean }>> = {
  preview: { yes: false, policies: true },
  up: { yes: true, policies: true },
  refresh: { yes: true, policies: false },
  destroy: { yes: true, policies: false },
};

/**
 * Runs the real CLI on a project folder or an inline program, with a stack and a file backend of its own, and gives
 * the stack to `use`. The project's folder is left as it is: settings are in a configuration file aside. Afterwards
 * everything temporary is removed; a test that leaves processes or outside things behind destroys the stack itself.
 */
export const withStack = async <T>(
  project: string | InlineProgram,
  use: (stack: TestStack) => Promise<T>,
  options: StackOptions = {},
): Promise<T> => {
  const toolchain = await ensureToolchain({ only: ["pulumi"] });
  const scratch = mkdtempSync(path.join(os.tmpdir(), "flymon-engine-"));
  const name = options.stack ?? "test";
  const projectFolder = typeof project === "string" ? project : path.join(scratch, "project");
  const initFolder = path.join(scratch, "init");
  const stateFolder = path.join(scratch, "state");
  for (const folder of [initFolder, stateFolder]) mkdirSync(folder);
  if (typeof project !== "string") {
    mkdirSync(projectFolder);
    writeInline(projectFolder, project);
  }

  const env: NodeJS.ProcessEnv = {
    ...toolchain.env,
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE: "for tests only",
    NO_COLOR: "1",
    // Without it the CLI knows no --event-log.
    PULUMI_DEBUG_COMMANDS: "true",
    ...options.env,
  };
  const configFile = path.join(initFolder, `Pulumi.${name}.yaml`);
  let counter = 0;

  const cli = (args: readonly string[], cwd: string) =>
    execa(toolchain.pulumi, [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env,
      extendEnv: false,
      reject: false,
      all: true,
      stdin: "ignore",
      maxBuffer: 100_000_000,
    });
  const must = async (args: readonly string[], cwd: string): Promise<string> => {
    const { exitCode, stdout, all } = await cli(args, cwd);
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${all}`);
    return stdout;
  };

  const start: TestStack["start"] = (operation, ...args) => {
    const { yes, policies } = OPERATIONS[operation] ?? { yes: false, policies: false };
    const eventLog = path.join(scratch, `events-${String((counter += 1))}.jsonl`);
    const process = cli(
      [
        operation,
        ...["--stack", name, "--config-file", configFile, "--event-log", eventLog],
        ...(yes ? ["--yes", "--skip-preview"] : []),
        ...(policies ? (options.policyPacks ?? []).flatMap((pack) => ["--policy-pack", pack]) : []),
        ...args,
      ],
      projectFolder,
    );
    const finished = process.then((result): Run => {
      const log = existsSync(eventLog) ? readFileSync(eventLog, "utf8") : "";
      const events = eventsIn(log);
      return {
        exitCode: result.exitCode ?? 128,
        stdout: result.stdout,
        stderr: result.stderr,
        output: result.all,
        events,
        eventLog: log,
        changes: events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {},
      };
    });
    return { process, finished };
  };

  const stack: TestStack = {
    name,
    projectFolder,
    scratch,
    env,
    start,
    preview: (...args) => start("preview", ...args).finished,
    up: (...args) => start("up", ...args).finished,
    refresh: (...args) => start("refresh", ...args).finished,
    destroy: (...args) => start("destroy", ...args).finished,
    async previewJson(...args) {
      const { exitCode, stdout } = await start("preview", "--json", ...args).finished;
      return { exitCode, json: JSON.parse(stdout) as PreviewJson };
    },
    async export(showSecrets = false) {
      const flags = showSecrets ? ["--show-secrets"] : [];
      const text = await must(["stack", "export", "--stack", name, ...flags], projectFolder);
      const { deployment } = JSON.parse(text) as { deployment: { resources?: ExportedResource[] } };
      return { text, resources: deployment.resources ?? [] };
    },
    async outputs() {
      const text = await must(
        ["stack", "output", "--json", "--show-secrets", "--stack", name],
        projectFolder,
      );
      return JSON.parse(text) as Record<string, unknown>;
    },
    async setConfig(key, value, { secret = false } = {}) {
      const target = ["--stack", name, "--config-file", configFile];
      await must(
        ["config", "set", ...target, secret ? "--secret" : "--plaintext", key, value],
        projectFolder,
      );
    },
    rewrite(program) {
      writeFileSync(path.join(projectFolder, "index.js"), program);
    },
  };

  try {
    writeFileSync(
      path.join(initFolder, "Pulumi.yaml"),
      `name: ${projectName(projectFolder)}\nruntime: nodejs\n`,
    );
    if (options.configFile !== undefined) writeFileSync(configFile, readFileSync(options.configFile));
    await must(["stack", "init", name, "--no-select"], initFolder);
    for (const [key, value] of Object.entries(options.config ?? {})) await stack.setConfig(key, value);
    for (const [key, value] of Object.entries(options.secrets ?? {})) {
      await stack.setConfig(key, value, { secret: true });
    }
    return await use(stack);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};
