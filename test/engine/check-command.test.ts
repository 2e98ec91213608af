import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exitCodes } from "../../ops/exit-codes";
import { repositoryRoot } from "../../toolchain/root";
import { ensureToolchain } from "../../toolchain/setup";

// The engines' own checkers on what a stack writes, and on the same with one thing spoilt.

const scratch = mkdtempSync(path.join(os.tmpdir(), "flymon-check-test-"));
const sound = path.join(scratch, "sound");
const folder = path.join(scratch, "spoilt");

const flymon = (...args: readonly string[]) =>
  execa(process.execPath, [path.join(repositoryRoot, "ops", "bin", "flymon.cjs"), ...args], {
    cwd: scratch,
    reject: false,
    env: { NO_COLOR: "1" },
  });

beforeAll(async () => {
  await ensureToolchain({ only: ["vmalert", "amtool", "victoria-metrics", "json_exporter"], quiet: true });
  await flymon("render", "--stack", "production", "--out", sound);
}, 300_000);
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  cpSync(sound, folder, { recursive: true });
});

/** Spoils a file; returns the line that changed. */
const spoil = (file: string, from: string | RegExp, to: string): number => {
  const at = path.join(folder, file);
  const text = readFileSync(at, "utf8");
  const spoilt = text.replace(from, to);
  expect(spoilt).not.toBe(text);
  writeFileSync(at, spoilt);
  return spoilt.split("\n").findIndex((line, index) => line !== text.split("\n")[index]) + 1;
};

describe("flymon check", () => {
  it("tells that every file of a stack is accepted, and by whom", async () => {
    const { exitCode, stdout, stderr } = await flymon("check", "--in", "sound");
    expect([exitCode, stderr]).toEqual([exitCodes.done, ""]);
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^alert rules: \d+ files, accepted by vmalert$/),
      "Alertmanager's configuration: 2 files, accepted by amtool",
      "the store's scrape configuration: 1 file, accepted by victoria-metrics",
      "json_exporter's modules: 1 file, accepted by json_exporter",
    ]);
  });

  const rules = "alerts/rules/hotdash-chatwoot.critical.yaml";
  it.each([
    ["an expression", rules, /expr: '[^\n]+'/, "expr: 'rate(fly_instance_up[5m]'", "bad prometheus expr"],
    ["a duration", rules, /for: \d+m?s?/, "for: 3 moons", "cannot parse duration"],
    ["a template", rules, "{{ ", "{{ nofunction ", 'function "nofunction" not defined'],
    ["the YAML", rules, /\n {4}rules:/, "\n   rules:", "did not find expected"],
    [
      "a route",
      "alertmanager/alertmanager.yml",
      /receiver: critical-slack/,
      "receiver: nowhere",
      "undefined receiver",
    ],
    [
      "an unknown key",
      "alertmanager/alertmanager.yml",
      /\n {2}group_by:/,
      "\n  group_bye:",
      "field group_bye not found",
    ],
    ["a message's text", "alertmanager/flymon.tmpl", /\{\{ define/, "{{ defyne", "defyne"],
    [
      "a scrape",
      "metrics/scrape.yaml",
      /\n {4}metrics_path:/,
      "\n    metrics_paths:",
      "field metrics_paths not found",
    ],
    ["the JSON modules", "json-exporter/config.yaml", "modules:", "modules: [", "did not find"],
  ])("refuses %s, with file and line, before anything runs on it", async (_, file, from, to, words) => {
    const line = spoil(file, from, to);
    const { exitCode, stdout, stderr } = await flymon("check", "--in", "spoilt");
    expect(exitCode).toBe(exitCodes.refused);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain(scratch);
    const named = new RegExp(`^spoilt/${file}:(\\d+)  `).exec(stderr)?.[1];
    // YAML's reader names the line before, or the one where it can no longer make sense of the rest.
    expect(Math.abs(Number(named) - line)).toBeLessThanOrEqual(words.startsWith("did not find") ? 10 : 1);
    expect(stdout.split("\n")).toHaveLength(3);
  });

  it("names every mistake of every engine at once", async () => {
    spoil(rules, "expr: '", "expr: '(");
    spoil("alerts/rules/recordings.yaml", "expr: '", "expr: '(");
    spoil("alertmanager/alertmanager.yml", "receiver: critical-slack", "receiver: nowhere");
    const { exitCode, stderr } = await flymon("check", "--in", "spoilt");
    expect(exitCode).toBe(exitCodes.refused);
    for (const file of [rules, "alerts/rules/recordings.yaml", "alertmanager/alertmanager.yml"]) {
      expect(stderr).toMatch(new RegExp(`^spoilt/${file}:\\d+  `, "m"));
    }
  });

  it("judges only what it is told to, and refuses where that is not there", async () => {
    spoil("metrics/scrape.yaml", "scrape_configs:", "scrapes:");
    expect((await flymon("check", "--in", "spoilt", "--only", "alerts, alertmanager")).exitCode).toBe(0);
    rmSync(path.join(folder, "metrics"), { recursive: true });
    const missing = await flymon("check", "--in", "spoilt", "--only", "metrics");
    expect(missing.exitCode).toBe(exitCodes.refused);
    expect(missing.stderr).toContain("flymon render");
    expect((await flymon("check", "--in", "spoilt")).exitCode).toBe(0);
    expect((await flymon("check", "--in", "none")).exitCode).toBe(exitCodes.refused);
  });

  it("says what is wrong with its arguments", async () => {
    const unknown = await flymon("check", "--in", "sound", "--only", "alert");
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      exitCodes.usage,
      expect.stringContaining("did you mean alerts?"),
    ]);
    expect((await flymon("check")).exitCode).toBe(exitCodes.usage);
    expect((await flymon("check", "--stack", "production", "--in", "sound")).exitCode).toBe(exitCodes.usage);
  });

  it("gives its verdict as data", async () => {
    const { stdout } = await flymon("check", "--in", "sound", "--only", "alertmanager", "--json");
    expect(JSON.parse(stdout)).toEqual({
      folder: "sound",
      judged: [
        {
          name: "alertmanager",
          what: "Alertmanager's configuration",
          engine: "amtool",
          files: 2,
          complaints: [],
        },
      ],
    });
  });
});
