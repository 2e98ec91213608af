import { existsSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "./cache";
import { downloadCli, VENDOR, type VendorAddresses } from "./download-cli";
import { ENGINES, engineVersion } from "./engines";
import { buildEngine, enginePath } from "./go-build";
import { onPath } from "./machine";
import type { Note } from "../progress";

/**
 * The oldest CLI on PATH that is taken: the plugin protocol's language handshake, policy packs started through the
 * language host and providers named by path in Pulumi.yaml are all in it and have not changed since. What is tested
 * is the pinned version (toolchain/engines/pulumi/go.mod).
 */
export const OLDEST_CLI = "3.200.0";

const numbers = (version: string): number[] =>
  (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);

/** Whether `version` is at least `oldest`; text that is no version is not. */
export const isRecentEnough = (version: string, oldest: string = OLDEST_CLI): boolean => {
  const [own, least] = [numbers(version), numbers(oldest)];
  const at = own.findIndex((number, index) => number !== least[index]);
  return own.length === 3 && (at === -1 || (own[at] ?? 0) > (least[at] ?? 0));
};

export interface PulumiCli {
  readonly file: string;
  readonly version: string;
  readonly origin: "found on PATH" | "downloaded from the vendor" | "built from source";
}

const versionOf = async (file: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const { execa } = await import("execa");
  const result = await execa(file, ["version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: 20_000,
  });
  return result.exitCode === 0 ? result.stdout.trim() : "";
};

/** Finds, downloads or builds the Pulumi CLI, in that order. */
export const obtainCli = async (
  env: NodeJS.ProcessEnv,
  note: Note,
  vendor: VendorAddresses = VENDOR,
): Promise<PulumiCli> => {
  const found = onPath("pulumi", env);
  if (found !== undefined) {
    const version = await versionOf(found, env);
    if (isRecentEnough(version)) return { file: found, version, origin: "found on PATH" };
    note(`${found} is ${version || "of unknown version"}, older than v${OLDEST_CLI}: not used`);
  }

  const version = engineVersion(ENGINES.pulumi);
  const target = path.join(cacheFolder(env), "pulumi", `${version}-vendor`);
  const built = enginePath(ENGINES.pulumi, env);
  // What the cache holds already is taken before anything is fetched.
  if (existsSync(target) || !existsSync(built)) {
    try {
      const file = await downloadCli(version, target, vendor, note);
      return { file, version, origin: "downloaded from the vendor" };
    } catch (error) {
      note(`the vendor's release cannot be had (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  return { file: await buildEngine(ENGINES.pulumi, env, note), version, origin: "built from source" };
};
