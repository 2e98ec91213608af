import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ExporterConfig } from "../../infra/model/exporter-config";
import { repositoryRoot } from "../../toolchain/root";
import { valuesIn } from "./exporter-kit";

const { bundle } = createRequire(import.meta.url)("../../toolchain/typescript.cjs") as {
  bundle: (entry: string, options: object) => string;
};

/** One of the watchtower's own programs as a single file. */
export const programFile = (name: "exporter" | "journal"): string =>
  bundle(path.join(repositoryRoot, "watchtower", name, "main.ts"), { packages: "bundle", minify: true });

/** A program that was started in an empty folder of its own. */
export interface AloneProgram {
  readonly child: ChildProcess;
  readonly url: string;
  readonly folder: string;
  stderr(): string;
  /** Ends it; resolves to its exit code and how long that took, milliseconds. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly ms: number }>;
}

const patience = 10_000;

/** Starts a file with Node alone: nothing of the checkout is near it, nor in its environment. */
export const startAlone = async (
  file: string,
  args: (folder: string) => readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<AloneProgram> => {
  const folder = mkdtempSync(path.join(tmpdir(), "alone-"));
  copyFileSync(file, path.join(folder, "main.cjs"));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const child = spawn(process.execPath, ["main.cjs", ...args(folder)], {
    cwd: folder,
    env: {},
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    const begun = performance.now();
    child.kill(signal);
    const code = await ended;
    rmSync(folder, { recursive: true, force: true });
    return { code, ms: performance.now() - begun };
  };
  const address = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`not listening: ${stderr}`));
    }, patience);
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}: ${stderr}`));
    });
    child.stderr.on("data", (part: Buffer) => {
      stderr += part.toString();
      const [, found] = /listening on (\S+)/.exec(stderr) ?? [];
      if (found !== undefined) {
        clearTimeout(timer);
        resolve(found);
      }
    });
  }).catch(async (error: unknown) => {
    await stop("SIGKILL");
    throw error;
  });
  return { child, url: `http://${address}`, folder, stderr: () => stderr, stop };
};

const user = "flymon";
export const password = "between the parts";
export const authorized = {
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
};

export interface RunningExporter extends AloneProgram {
  /** What it publishes now, by series. */
  values(): Promise<ReadonlyMap<string, number>>;
  targets(): Promise<
    readonly { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> }[]
  >;
}

/** Starts the exporter on this configuration. */
export const startExporter = async (config: ExporterConfig, token: string): Promise<RunningExporter> => {
  const program = await startAlone(
    programFile("exporter"),
    () => ["--config", "config.json", "--listen", "127.0.0.1:0"],
    {
      "config.json": JSON.stringify({
        ...config,
        tokenFile: "token",
        access: { user, passwordFile: "password" },
      }),
      token: `${token}\n`,
      password: `${password}\n`,
    },
  );
  const get = (at: string): Promise<Response> =>
    fetch(`${program.url}${at}`, { headers: authorized, signal: AbortSignal.timeout(5_000) });
  return {
    ...program,
    values: async () => valuesIn(await (await get("/metrics")).text()),
    targets: async () =>
      (await (await get("/targets/json")).json()) as Awaited<ReturnType<RunningExporter["targets"]>>,
  };
};
