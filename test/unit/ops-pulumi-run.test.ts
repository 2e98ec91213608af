import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runPulumi, type Operation } from "../../ops/pulumi/run";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "flymon-pulumi-"));
  writeFileSync(path.join(folder, "pulumi"), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What Pulumi is called with. */
const callOf = async (operation: Operation): Promise<string> => {
  const lines: string[] = [];
  await runPulumi({
    operation,
    stack: "staging",
    pulumi: path.join(folder, "pulumi"),
    env: { PATH: process.env["PATH"] },
    configFile: "Pulumi.staging.yaml",
    scratch: folder,
    args: ["--yes"],
    output: (line) => {
      lines.push(line);
    },
  });
  return lines.join("\n");
};

test("a refresh clears what killed runs were making, and nothing else does", async () => {
  expect(await callOf("refresh")).toMatch(/^refresh --stack staging .*--clear-pending-creates --yes$/);
  for (const operation of ["preview", "up", "destroy"] as const)
    expect(await callOf(operation)).not.toContain("--clear-pending-creates");
});
