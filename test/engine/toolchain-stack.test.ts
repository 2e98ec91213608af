import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../toolchain/root";
import { chooseBackend, ensureStack, ensureToolchain } from "../../toolchain/setup/index";

describe("our own backend", { timeout: 120_000 }, () => {
  it("makes a stack on first use and leaves the repository's stack file without a salt", async () => {
    // A space in the path, as in many a home folder.
    const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "flymon own ")));
    const root = path.join(folder, "repository");
    mkdirSync(root);
    try {
      const settings = "config:\n  hot:region: iad\n";
      const files = {
        "Pulumi.yaml": "name: hot\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
        "Pulumi.blue.yaml": settings,
        "package.json": '{ "name": "hot", "main": "index.js" }',
        "index.js":
          `const pulumi = require("@pulumi/pulumi");\n` +
          `exports.region = new pulumi.Config().require("region");\nexports.hidden = pulumi.secret("h1dden");\n`,
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, name), text);
      symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(root, "node_modules"));

      const toolchain = await ensureToolchain({ only: ["pulumi"] });
      const clean = { ...toolchain.env, PULUMI_CREDENTIALS_PATH: path.join(folder, "none") };
      const backend = chooseBackend(clean, root);
      expect(backend.kind).toBe("own");
      const pulumi = (...args: string[]) =>
        execa(toolchain.pulumi, [...args, "--stack", "blue", "--non-interactive"], {
          cwd: root,
          env: { ...clean, ...backend.env },
          extendEnv: false,
          stdin: "ignore",
        });

      const file = await ensureStack("blue", { toolchain: { ...toolchain, env: clean }, backend, root });
      expect(readFileSync(file, "utf8")).toMatch(/^encryptionsalt: v1:/m);
      for (const command of [["preview"], ["up", "--yes"], ["refresh", "--yes"]]) {
        await pulumi(...command, "--config-file", file);
      }
      expect(await ensureStack("blue", { toolchain: { ...toolchain, env: clean }, backend, root })).toBe(
        file,
      );
      expect(JSON.parse((await pulumi("stack", "output", "--json", "--show-secrets")).stdout)).toEqual({
        region: "iad",
        hidden: "h1dden",
      });
      expect((await pulumi("stack", "export")).stdout).not.toContain("h1dden");
      await pulumi("destroy", "--yes", "--config-file", file);

      expect(readFileSync(path.join(root, "Pulumi.blue.yaml"), "utf8")).toBe(settings);
      expect(existsSync(path.join(root, ".flymon", "config", "Pulumi.blue.yaml"))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("npm run pulumi", { timeout: 60_000 }, () => {
  const run = (...args: string[]) =>
    execa("node", [path.join(repositoryRoot, "toolchain", "pulumi.cjs"), ...args], {
      reject: false,
      stdin: "ignore",
    });

  it("passes arguments, output and exit code through", async () => {
    const version = await run("version");
    expect(version.exitCode, version.stderr).toBe(0);
    expect(version.stdout).toMatch(/^v3\.\d+\.\d+$/);
    const { pulumi } = await ensureToolchain({ only: ["pulumi"] });
    const [ours, theirs] = await Promise.all([
      run("no-such-command"),
      execa(pulumi, ["no-such-command"], { reject: false, stdin: "ignore" }),
    ]);
    expect(ours.exitCode).toBe(theirs.exitCode);
    expect(ours.exitCode).not.toBe(0);
    expect(ours.stderr).toContain("no-such-command");
  });
});
