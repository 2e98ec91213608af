import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureToolchain } from "../toolchain/setup";
import type { Command } from "./measure";
import { median, run, sideBySide } from "./measure";
import { emptyProject, generatedProject, hotdashProject } from "./projects";

const generatedApps = 60;

const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

/**
 * A preview of the production stack, and of a generated fleet, against a preview of an empty JavaScript program: what
 * the declarations, the provider and the pack cost over Pulumi itself. Without and with the policy pack.
 */
export const benchPreviews = async (rounds: number, tell: (text: string) => void): Promise<object> => {
  const toolchain = await ensureToolchain({ only: ["pulumi"] });
  const folder = mkdtempSync(path.join(tmpdir(), "flymon-bench-"));
  try {
    const env = {
      ...toolchain.env,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
    };
    const preview = (project: string, stack: string, ...args: string[]): Command => ({
      file: toolchain.pulumi,
      args: ["preview", "--non-interactive", "--stack", stack, ...args],
      cwd: path.join(folder, project),
      env,
    });
    const pack = ["--policy-pack", "policies"];

    emptyProject(path.join(folder, "empty"));
    hotdashProject(path.join(folder, "hotdash"));
    generatedProject(path.join(folder, "generated"), generatedApps);
    for (const [project, stack] of [
      ["empty", "production"],
      ["hotdash", "production"],
      ["generated", "sixty"],
    ] as const) {
      await run({ ...preview(project, stack), args: ["stack", "init", stack] });
    }

    const commands = {
      empty: preview("empty", "production"),
      production: preview("hotdash", "production"),
      productionWithPack: preview("hotdash", "production", ...pack),
      generated: preview("generated", "sixty", "--config-file", "Pulumi.production.yaml"),
      generatedWithPack: preview("generated", "sixty", "--config-file", "Pulumi.production.yaml", ...pack),
    };
    const seconds = await sideBySide(commands, rounds, tell);
    const medians = Object.fromEntries(
      Object.entries(seconds).map(([name, values]) => [name, rounded(median(values))]),
    ) as Record<keyof typeof commands, number>;
    const peaks: Record<string, number | undefined> = {};
    for (const [name, command] of Object.entries(commands)) {
      const { peakMemory } = await run(command, true);
      peaks[name] = peakMemory === undefined ? undefined : Math.round(peakMemory);
    }

    const ratio = (name: keyof typeof commands): number =>
      rounded(median(seconds[name]) / median(seconds.empty));
    return {
      generatedApps,
      ratioToEmptyProgram: {
        production: ratio("production"),
        productionWithPack: ratio("productionWithPack"),
        generated: ratio("generated"),
        generatedWithPack: ratio("generatedWithPack"),
      },
      medianSeconds: medians,
      peakMemoryMiB: peaks,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
