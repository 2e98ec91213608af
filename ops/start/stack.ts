import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { stringify } from "yaml";
import { z } from "zod";
import { fleet } from "../../infra/fleet";
import type { SettingsInput } from "../../infra/model/settings";
import { stackFile } from "../../infra/model/settings";
import type { SummaryRow } from "../../infra/model/summary";
import { summaryOf } from "../../infra/model/summary";
import type { UptimeBackend } from "../../infra/model/uptime-names";
import type { Toolchain } from "../../toolchain/setup";
import { declaredFleet } from "../declared-fleet";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { Operation } from "../pulumi/run";
import { runPulumi } from "../pulumi/run";
import { formatViolations } from "../pulumi/verdict";
import { projectName } from "../stack-files";
import type { Note } from "../../toolchain/progress";
import { outsideEnvironment, prepareOutside } from "./outside";
import type { Sandbox } from "./sandbox";
import { timeDivisor } from "./sandbox";

const stack = "sandbox";

/** The stack's output about its watchtower. */
const whereaboutsSchema = z.object({
  app: z.string(),
  pages: z.record(z.string(), z.string()),
  user: z.string(),
  password: z.string(),
});
export type Whereabouts = z.output<typeof whereaboutsSchema>;

/** The sandbox's stack: settings and state in a folder of this run. */
export interface SandboxStack {
  /** Folder of the written files. */
  readonly output: string;
  /** Runs Pulumi; throws a Failure with what it said when it does not succeed. */
  run(operation: Operation, note: Note, args?: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Where its watchtower says that it is. */
  whereabouts(): Promise<Whereabouts>;
  /** What it watches and who hears of it. */
  readonly summary: readonly SummaryRow[];
  /** What is asked again and again from outside, as "app monitor"; not what waits for its next test for minutes. */
  readonly polled: ReadonlySet<string>;
}

const settingsOf = (
  sandbox: Sandbox,
  uptimeBackend: UptimeBackend,
  outputDirectory: string,
): SettingsInput => ({
  environment: "production",
  apps: fleet.apps.map(({ declaration }) => declaration.name),
  apply: true,
  uptimeBackend,
  // The database speaks no HTTP, and nothing outside asks it.
  addresses: Object.fromEntries(
    Object.entries(sandbox.apps).flatMap(([app, { url }]) => (url.startsWith("http") ? [[app, url]] : [])),
  ),
  timeDivisor,
  outputDirectory,
  slackOnDestroy: "archive",
  watchtower: {
    app: "hotdash-watchtower",
    org: sandbox.fly.org,
    region: "ewr",
    volumeSize: 1,
    volumesOnDestroy: "delete",
    apiUrl: sandbox.fly.apiUrl,
    prometheusUrl: sandbox.fly.prometheusUrl,
    smtp: { host: sandbox.inbox.smtp, from: "alerts@hotdash.example", requireTls: false },
  },
});

/** What a real stack keeps encrypted; here it is good for this run only, and on this machine. */
const watchtowerSecretsOf = (
  { fly, inbox }: Sandbox,
  uptimeBackend: UptimeBackend,
): Record<string, string> => ({
  "watchtower:flyToken": fly.readOnlyToken,
  "watchtower:onCallWebhook": `${inbox.hookUrl}/on-call`,
  // A hosted service gives its own.
  ...(uptimeBackend === "gatus" && { "watchtower:heartbeatUrl": `${inbox.hookUrl}/heartbeat` }),
});

const environmentFor = (toolchain: Toolchain, folder: string, sandbox: Sandbox): NodeJS.ProcessEnv => ({
  ...toolchain.env,
  // The user's own backend, passphrase and Slack have no part in this.
  PULUMI_ACCESS_TOKEN: undefined,
  PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
  PULUMI_BACKEND_URL: pathToFileURL(path.join(folder, "state")).href,
  PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
  // What runs below it keeps caches in the folder for temporary files.
  TMPDIR: folder,
  SLACK_API_URL: sandbox.slack.apiUrl,
  SLACK_BOT_TOKEN: sandbox.slack.token,
  FLY_FLAPS_BASE_URL: sandbox.fly.apiUrl,
  FLY_API_TOKEN: sandbox.fly.token,
  ...outsideEnvironment(sandbox),
});

/** Lines that say only that something goes on. */
const idle = /^\s*(?:@|Loading policy packs|$)/;

/** Makes the stack in `folder`, which nobody else uses. */
export const makeSandboxStack = async (
  toolchain: Toolchain,
  sandbox: Sandbox,
  folder: string,
  uptimeBackend: UptimeBackend,
): Promise<SandboxStack> => {
  const env = environmentFor(toolchain, folder, sandbox);
  const project = projectName();
  const outputDirectory = path.join(folder, "generated");
  const configFile = path.join(folder, stackFile(stack));
  const config = {
    ...Object.fromEntries(
      Object.entries(settingsOf(sandbox, uptimeBackend, outputDirectory)).map(([key, value]) => [
        `${project}:${key}`,
        value,
      ]),
    ),
    "flymon:slackApiUrl": sandbox.slack.apiUrl,
    ...watchtowerSecretsOf(sandbox, uptimeBackend),
    ...(await prepareOutside(sandbox, uptimeBackend)),
  };
  await mkdir(path.join(folder, "state"));
  await writeFile(configFile, stringify({ config }));
  // `stack init` writes the salt into the folder it runs in.
  await writeFile(path.join(folder, "Pulumi.yaml"), stringify({ name: project, runtime: "nodejs" }));

  const inFolder = { cwd: folder, env, extendEnv: false };
  await execa(toolchain.pulumi, ["stack", "init", stack, "--no-select", "--non-interactive"], inFolder);

  const watched = declaredFleet(stack, folder);
  return {
    output: path.join(outputDirectory, stack),
    run: async (operation, note, args = [], signal) => {
      const lines: string[] = [];
      const verdict = await runPulumi({
        operation,
        stack,
        pulumi: toolchain.pulumi,
        env,
        configFile,
        scratch: folder,
        args: [...(operation === "preview" ? [] : ["--yes", "--skip-preview"]), "--color", "never", ...args],
        output: (line) => {
          lines.push(line);
          if (!idle.test(line)) note(line.trim());
        },
        signal,
      });
      signal?.throwIfAborted();
      if (verdict.exitCode === exitCodes.done) return;
      throw new Failure(
        verdict.exitCode,
        [
          `pulumi ${operation} did not succeed:`,
          ...lines.filter((line) => !line.trimStart().startsWith("@")),
          ...(verdict.violations.length > 0 ? [formatViolations(verdict.violations)] : []),
          ...(verdict.remark === undefined ? [] : [verdict.remark]),
        ].join("\n"),
      );
    },
    whereabouts: async () => {
      const { stdout } = await execa(
        toolchain.pulumi,
        ["stack", "output", "watchtower", "--stack", stack, "--json", "--show-secrets"],
        inFolder,
      );
      return whereaboutsSchema.parse(JSON.parse(stdout));
    },
    summary: summaryOf(watched),
    polled: new Set(
      watched.apps.flatMap((app) =>
        app.uptime.filter(({ kind }) => kind === "poll").map(({ name }) => `${app.name} ${name}`),
      ),
    ),
  };
};
