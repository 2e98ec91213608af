import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { betterStackTypes } from "../infra/model/betterstack";
import { betterStack } from "../infra/provider/betterstack/service";
import { startBetterStack } from "../sandbox/betterstack";
import type { LoggedCall } from "../sandbox/monitoring/api";
import { serviceOptions } from "../test/support/service-options";
import { repositoryRoot } from "../toolchain/root";
import { ensureToolchain } from "../toolchain/setup";
import { median, run, type Command } from "./measure";

const monitors = 500;
const stack = "bench";

const program = `"use strict";
const pulumi = require("@pulumi/pulumi");
for (let index = 0; index < ${monitors}; index += 1) {
  new (class extends pulumi.CustomResource {})(${JSON.stringify(betterStackTypes.monitor)}, "monitor-" + index, {
    name: "monitor " + index,
    url: "https://app-" + index + ".example/health",
    monitorType: "status",
    checkFrequency: "1m",
    regions: ["eu", "us"],
    paused: true,
  });
}
`;

const writeProject = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    stringify({
      name: "monitors",
      runtime: { name: "nodejs", options: { typescript: false } },
      plugins: { providers: [{ name: "flymon", path: path.join(repositoryRoot, "infra", "provider") }] },
    }),
  );
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "monitors", main: "index.js" }));
  writeFileSync(path.join(folder, "index.js"), program);
  symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(folder, "node_modules"));
};

interface Measured {
  readonly apply: number;
  /** From the first create to the last. */
  readonly creating: number;
  readonly secondPreview: number;
  readonly refreshingPreview: number;
  readonly creates: number;
  readonly listsOfSecondPreview: number;
  readonly listsOfRefreshingPreview: number;
}

/** One run: an empty account, all monitors made, and then looked at twice. */
const measure = async (pulumi: string, toolchain: NodeJS.ProcessEnv): Promise<Measured> => {
  const folder = mkdtempSync(path.join(tmpdir(), "flymon-bench-"));
  const service = await startBetterStack({ ...serviceOptions, monitorFactor: 1 });
  try {
    writeProject(folder);
    const { apiUrl, token } = service.announcement;
    const env = {
      ...toolchain,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
      BETTERSTACK_API_URL: apiUrl,
      BETTERSTACK_API_TOKEN: token,
    };
    const command = (...args: string[]): Command => ({ file: pulumi, args, cwd: folder, env });
    const onStack = (operation: string, ...args: string[]): Command =>
      command(operation, "--non-interactive", "--stack", stack, ...args);
    const calls = async (): Promise<readonly LoggedCall[]> => {
      const answer = await service.control.request("/calls");
      await service.control.request("/calls", { method: "DELETE" });
      return ((await answer.json()) as { calls: LoggedCall[] }).calls;
    };
    const lists = async (): Promise<number> => {
      const made = await calls();
      const others = made.filter(({ action }) => action !== "monitors.list");
      if (others.length > 0)
        throw new Error(`a preview made other calls than lists: ${others[0]?.action ?? ""}`);
      return made.length;
    };

    await run(command("stack", "init", stack));
    await run(onStack("preview")); // warms the caches
    await calls();
    const { seconds: apply } = await run(onStack("up", "--yes", "--skip-preview"));
    const creates = (await calls()).filter(({ action }) => action === "monitors.create");
    const { seconds: secondPreview } = await run(onStack("preview", "--expect-no-changes"));
    const listsOfSecondPreview = await lists();
    const { seconds: refreshingPreview } = await run(onStack("preview", "--refresh", "--expect-no-changes"));
    const listsOfRefreshingPreview = await lists();
    return {
      apply,
      creating: ((creates.at(-1)?.at ?? 0) - (creates[0]?.at ?? 0)) / 1_000,
      secondPreview,
      refreshingPreview,
      creates: creates.length,
      listsOfSecondPreview,
      listsOfRefreshingPreview,
    };
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * 500 monitors made at Better Stack by `pulumi up`, against what the rate limit allows: 8 requests a second after a
 * burst of 10. And what looking at all of them again costs: pages of the one list, 250 monitors each, instead of a
 * request for each monitor.
 */
export const benchMonitors = async (rounds: number, tell: (text: string) => void): Promise<object> => {
  const { pulumi, env } = await ensureToolchain({ only: ["pulumi"] });
  const runs: Measured[] = [];
  // A run takes more than a minute.
  const wanted = Math.min(rounds, 2);
  for (let round = 1; round <= wanted; round += 1) {
    runs.push(await measure(pulumi, env));
    tell(`round ${round} of ${wanted}`);
  }
  const { perSecond, burst } = betterStack.rate;
  const floor = (monitors - burst) / perSecond;
  const of = (name: keyof Measured): number => Number(median(runs.map((each) => each[name])).toFixed(2));
  return {
    monitors,
    creates: of("creates"),
    applySeconds: of("apply"),
    creatingSeconds: of("creating"),
    floorSeconds: floor,
    ratioToRateLimit: Number((of("apply") / floor).toFixed(2)),
    secondPreview: { seconds: of("secondPreview"), requests: of("listsOfSecondPreview") },
    refreshingPreview: { seconds: of("refreshingPreview"), requests: of("listsOfRefreshingPreview") },
  };
};
