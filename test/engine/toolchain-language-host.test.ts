import { execa } from "execa";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../toolchain/root";
import { ensureToolchain } from "../../toolchain/setup/index";
import { withStack } from "../support/engine";

const pack = path.join(repositoryRoot, "test", "engine", "fixtures", "policy-pack");

describe("the language host, run by the CLI", { timeout: 120_000 }, () => {
  it("hands over settings, secrets, names and arguments, and shows what the program prints", async () => {
    const program = `
const pulumi = require("@pulumi/pulumi");
const config = new pulumi.Config();
console.log("printed by the program");
exports.seen = {
  region: config.require("region"), stack: pulumi.getStack(), project: pulumi.getProject(),
  organization: pulumi.getOrganization(), dryRun: pulumi.runtime.isDryRun(), cwd: process.cwd() === __dirname,
};
exports.token = config.requireSecret("token");
`;
    const options = {
      stack: "blue",
      config: { "engine-test:region": "iad" },
      secrets: { "engine-test:token": "t0ken-value" },
    };
    await withStack(
      { program },
      async (stack) => {
        const up = await stack.up();
        expect(up.exitCode, up.output).toBe(0);
        expect(up.output).toContain("printed by the program");
        expect(up.output).not.toMatch(/warning|prematurely|t0ken-value/);
        expect((await stack.export()).text).not.toContain("t0ken-value");
        expect(await stack.outputs()).toEqual({
          seen: {
            region: "iad",
            stack: "blue",
            project: "engine-test",
            organization: "organization",
            dryRun: false,
            cwd: true,
          },
          token: "t0ken-value",
        });
      },
      options,
    );
  });

  it("passes a RunError on without a stack trace and any failure as a failing exit code", async () => {
    // A plain stack: the SDK inspects every error before it asks whether it is a RunError, and Node 20 takes many
    // seconds for a stack with the SDK's own (source-mapped) paths.
    const program =
      `const { RunError } = require("@pulumi/pulumi");\n` +
      `throw Object.assign(new RunError("setting x is 5, at most 3"), { stack: "" });\n`;
    await withStack({ program }, async (stack) => {
      const refused = await stack.preview();
      expect(refused.exitCode).not.toBe(0);
      expect(refused.output).toContain("setting x is 5, at most 3");
      expect(refused.output).not.toMatch(/^\s+at /m);

      stack.rewrite(`process.exit(3);\n`);
      const ended = await stack.preview();
      expect(ended.exitCode).not.toBe(0);
      expect(ended.output).toContain("non-zero exit code: 3");
    });
  });

  it("runs a policy pack, which stops what it forbids and lets the rest pass", async () => {
    const program = (create: string): string =>
      `new (require("@pulumi/command").local.Command)("c", { create: "${create}" });\n`;
    await withStack(
      { program: program("rm -f nothing") },
      async (stack) => {
        const refused = await stack.preview();
        expect(refused.exitCode).not.toBe(0);
        expect(refused.output).toContain("found: rm -f nothing");
        expect(refused.events.flatMap(({ policyEvent }) => policyEvent?.policyName ?? [])).toEqual([
          "no-removal",
        ]);

        stack.rewrite(program("true"));
        const passed = await stack.preview();
        expect(passed.exitCode, passed.output).toBe(0);
      },
      { policyPacks: [pack] },
    );
  });

  it("says what the program depends on", async () => {
    await withStack({ program: "" }, async ({ projectFolder, env }) => {
      const { pulumi } = await ensureToolchain({ only: ["pulumi"] });
      writeFileSync(
        path.join(projectFolder, "package.json"),
        JSON.stringify({ name: "x", dependencies: { "@pulumi/random": "*" } }),
      );
      const { stdout } = await execa(pulumi, ["about", "--json"], {
        cwd: projectFolder,
        env,
        extendEnv: false,
      });
      const about = JSON.parse(stdout) as {
        dependencies: unknown;
        plugins: { name: string }[];
        runtime: unknown;
      };
      expect(about.dependencies).toEqual([
        { name: "@pulumi/random", version: expect.stringMatching(/^4\./) as string },
      ]);
      expect(about.plugins.map(({ name }) => name).sort()).toEqual(["command", "nodejs", "random"]);
      expect(about.runtime).toMatchObject({ executable: process.execPath, version: process.version });
    });
  });

  it("leaves no process behind when the CLI is killed", async () => {
    const program = `require("fs").writeFileSync("pids", process.pid + " " + process.ppid);\nsetInterval(() => {}, 1000);\n`;
    await withStack({ program }, async (stack) => {
      const pids = path.join(stack.projectFolder, "pids");
      const { process: cli, finished } = stack.start("up");
      await expect.poll(() => existsSync(pids), { timeout: 60_000 }).toBe(true);
      const [programPid = 0, hostPid = 0] = readFileSync(pids, "utf8").split(" ").map(Number);
      cli.kill("SIGKILL");
      await finished;
      for (const pid of [programPid, hostPid]) {
        await expect
          .poll(
            () => {
              try {
                return process.kill(pid, 0);
              } catch {
                return false;
              }
            },
            { timeout: 10_000 },
          )
          .toBe(false);
      }
    });
  });
});

describe("where the vendor's programs are there", { timeout: 120_000 }, () => {
  it("uses them and installs nothing of ours", async () => {
    // Our own programs, laid out the way the vendor's installation is, stand for the vendor's.
    const ours = await ensureToolchain({ only: ["pulumi"] });
    const folder = mkdtempSync(path.join(os.tmpdir(), "flymon-vendor-"));
    const bin = path.join(folder, "bin");
    const home = path.join(folder, "home");
    const cache = path.join(folder, "cache");
    try {
      cpSync(path.dirname(ours.pulumi), bin, { recursive: true });
      cpSync(path.join(String(ours.env["PULUMI_HOME"]), "plugins"), path.join(home, "plugins"), {
        recursive: true,
      });
      const toolchain = await ensureToolchain({
        only: ["pulumi"],
        quiet: true,
        env: {
          ...process.env,
          PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}`,
          PULUMI_HOME: home,
          FLYMON_CACHE: cache,
        },
      });
      expect(toolchain.pulumi).toBe(path.join(bin, "pulumi"));
      expect(toolchain.env["PULUMI_HOME"]).toBe(home);
      expect(toolchain.report.join("\n")).not.toContain("stand-in");
      // Only what was found out, to find it again at once.
      expect(readdirSync(cache)).toEqual(["stamps"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
