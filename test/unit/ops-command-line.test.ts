import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { writtenTexts } from "../../infra/render/files";
import { declaredFleet } from "../../ops/declared-fleet";
import { exitCodes } from "../../ops/exit-codes";
import { repositoryRoot } from "../../toolchain/root";

const folder = mkdtempSync(path.join(os.tmpdir(), "ops-test-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const flymon = (...args: readonly string[]) =>
  execa(process.execPath, [path.join(repositoryRoot, "ops", "bin", "flymon.cjs"), ...args], {
    cwd: folder,
    reject: false,
    env: { NO_COLOR: "1", SLACK_BOT_TOKEN: "" },
  });

describe("the command line", () => {
  it("shows its commands", async () => {
    const { exitCode, stdout } = await flymon("--help");
    expect(exitCode).toBe(exitCodes.done);
    for (const command of [
      "preview",
      "up",
      "refresh",
      "destroy",
      "check",
      "render",
      "drill",
      "start",
      "stacks",
      "doctor",
    ])
      expect(stdout).toContain(`  ${command} `);
  });

  it.each([
    [["previw", "--stack", "production"], "(Did you mean preview?)"],
    [["preview"], "required option '-s, --stack <name>' not specified"],
    [["render", "--stack", "production", "--out", "x", "--jsn"], "(Did you mean --json?)"],
    [["drill", "--channel", "incidents", "--severities", "loud"], "info, warning, critical"],
  ])("refuses %j", async (args, words) => {
    const { exitCode, stdout, stderr } = await flymon(...args);
    expect(exitCode).toBe(exitCodes.usage);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
  });

  it.each(["preview", "up", "refresh", "destroy", "render"])(
    "%s refuses an unknown stack before it does anything",
    async (command) => {
      const { exitCode, stderr } = await flymon(
        command,
        "--stack",
        "stagin",
        ...(command === "render" ? ["--out", "x"] : []),
      );
      expect(exitCode).toBe(exitCodes.refused);
      expect(stderr).toContain("Stacks: production, staging");
      expect(stderr).toContain("did you mean staging?");
    },
  );

  it("renders the files that up writes, and lists them", async () => {
    const out = path.join(folder, "out");
    const { exitCode, stdout } = await flymon("render", "--stack", "staging", "--out", out, "--json");
    expect(exitCode).toBe(exitCodes.done);
    const texts = writtenTexts(declaredFleet("staging"));
    const files = [...texts.keys()].map((name) => path.join(out, name));
    expect(JSON.parse(stdout)).toEqual({ stack: "staging", files });
    for (const [name, text] of texts) expect(readFileSync(path.join(out, name), "utf8")).toBe(text);

    const again = await flymon("render", "--stack", "staging", "--out", out);
    expect(again.stdout.split("\n")).toEqual(files);
  });

  it("says where it cannot write", async () => {
    const { exitCode, stderr } = await flymon("render", "--stack", "staging", "--out", "/dev/null/x");
    expect(exitCode).toBe(exitCodes.refused);
    expect(stderr).toContain("cannot be written (ENOTDIR)");
  });

  it("lists the stacks", async () => {
    const { stdout } = await flymon("stacks", "--json");
    expect(JSON.parse(stdout)).toContainEqual({
      stack: "staging",
      file: "Pulumi.staging.yaml",
      environment: "staging",
      apps: ["hotdash-staging", "hotdash-staging-db"],
    });
  });
});
