import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { limits } from "../../infra/model/limits";
import { defaultThresholds } from "../../infra/model/signals";
import { repositoryRoot } from "../../toolchain/root";
import { withStack, type Run } from "../support/engine";

const scratch = mkdtempSync(path.join(os.tmpdir(), "policies-fleet-"));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

/** Previews the real program as production with these differences. */
const preview = (overrides: Readonly<Record<string, object>>): Promise<Run> => {
  const configFile = path.join(scratch, "Pulumi.test.yaml");
  const config = {
    "hotdash:environment": "production",
    "hotdash:apps": ["hotdash-production", "hotdash-chatwoot"],
    "hotdash:overrides": overrides,
  };
  writeFileSync(configFile, JSON.stringify({ config })); // JSON is YAML
  return withStack(repositoryRoot, (stack) => stack.preview(), {
    configFile,
    policyPacks: [path.join(repositoryRoot, "policies")],
  });
};

const violated = ({ events }: Run): string[] =>
  events.flatMap(({ policyEvent }) => (policyEvent ? [policyEvent.policyName] : [])).sort();

const { cpu } = defaultThresholds;
const smallWorker = { processGroups: { worker: { vm: { memory: "512mb" } } } };
const noChecks = { processGroups: { app: { services: [{ kind: "http", internalPort: 3000, checks: [] }] } } };
const swapped = { thresholds: { cpu: { warning: cpu.critical, critical: cpu.warning } } };

describe("a preview of the HotDash fleet", { timeout: 120_000 }, () => {
  test("passes as it is declared", async () => {
    const run = await preview({});
    expect(run.output).not.toContain("[mandatory]");
    expect(run.exitCode).toBe(0);
  });

  test("reports a small worker, a removed check and swapped thresholds, all at once", async () => {
    const run = await preview({
      "hotdash-chatwoot": { ...smallWorker, ...swapped },
      "hotdash-production": noChecks,
    });
    expect(run.exitCode).not.toBe(0);
    // The swapped critical level fires later than the table's as well.
    expect(violated(run)).toEqual([
      "health-check-present",
      "thresholds-ordered",
      "thresholds-strict",
      "worker-memory-floor",
    ]);
    for (const text of [
      'Pulumi.test.yaml  hotdash-chatwoot: processGroups.worker.vm.memory is "512mb"',
      `allowed: ${limits.workerMemoryFloor} or more`,
      `mend:    write memory: "${limits.workerMemoryFloor}"`,
      "hotdash-production: processGroups.app.services[0].checks is []",
      "hotdash-chatwoot: thresholds.cpu.critical is",
      `past warning, which fires above ${cpu.critical.above} for ${cpu.critical.for}`,
    ]) {
      expect(run.output).toContain(text);
    }
  });

  test.each([
    ["worker-memory-floor", { "hotdash-chatwoot": smallWorker }],
    ["health-check-present", { "hotdash-production": noChecks }],
    ["thresholds-ordered", { "hotdash-chatwoot": swapped }],
  ])("fails by %s", async (name, overrides) => {
    const run = await preview(overrides);
    expect(run.exitCode).not.toBe(0);
    expect(violated(run)).toContain(name);
  });
});
