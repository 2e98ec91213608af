import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withStack, type TestStack } from "../support/engine";

const command = (args: string): string =>
  `const { local } = require("@pulumi/command");\nconst c = new local.Command("c", ${args});\n` +
  `exports.stdout = c.stdout; exports.stderr = c.stderr;\n`;

const succeeds = async (run: Promise<{ exitCode: number; output: string }>): Promise<void> => {
  const { exitCode, output } = await run;
  expect(exitCode, output).toBe(0);
};

const note = (stack: TestStack): string => readFileSync(path.join(stack.projectFolder, "note"), "utf8");

describe("the command plugin, run by the CLI", { timeout: 120_000 }, () => {
  it("goes through preview, up, refresh, an empty second preview and destroy", async () => {
    const program = command(
      `{ create: "cat; echo $WHO; echo aside >&2", stdin: "in\\n", environment: { WHO: "me" }, ` +
        `delete: "echo gone $WHO > note", interpreter: ["/bin/sh", "-e", "-c"] }`,
    );
    await withStack({ program }, async (stack) => {
      const first = await stack.preview();
      expect(first.exitCode, first.output).toBe(0);
      expect(first.changes).toEqual({ create: 2 });

      const up = await stack.up();
      expect(up.exitCode, up.output).toBe(0);
      expect(up.output).toContain("aside");
      expect(up.output).not.toMatch(/warning|prematurely/);
      expect(await stack.outputs()).toEqual({ stdout: "in\nme", stderr: "aside" });

      expect((await stack.refresh()).changes).toEqual({ same: 2 });
      expect((await stack.preview("--expect-no-changes")).changes).toEqual({ same: 2 });

      await succeeds(stack.destroy());
      expect(note(stack)).toBe("gone me\n");
    });
  });

  it("updates in place with the previous output, falls back to create, and replaces on a changed trigger", async () => {
    const version = (args: string): string =>
      command(`{ create: "echo made $V", delete: "echo gone $V >> note", ${args} }`);
    await withStack({ program: version(`environment: { V: "1" }, triggers: [1]`) }, async (stack) => {
      await succeeds(stack.up());

      stack.rewrite(
        version(`environment: { V: "2" }, triggers: [1], update: "echo after [$PULUMI_COMMAND_STDOUT] $V"`),
      );
      const updated = await stack.up();
      expect(updated.changes).toMatchObject({ update: 1 });
      expect(await stack.outputs()).toMatchObject({ stdout: "after [made 1] 2" });

      stack.rewrite(version(`environment: { V: "3" }, triggers: [1]`));
      expect((await stack.up()).changes).toMatchObject({ update: 1 });
      expect(await stack.outputs()).toMatchObject({ stdout: "made 3" });

      stack.rewrite(version(`environment: { V: "4" }, triggers: [2]`));
      expect((await stack.up()).changes).toMatchObject({ replace: 1 });
      expect(await stack.outputs()).toMatchObject({ stdout: "made 4" });
      // The old one is deleted with its own settings.
      expect(note(stack)).toBe("gone 3\n");
    });
  });

  it("fails with the exit code and all the output, and keeps nothing of the resource", async () => {
    await withStack(
      { program: command(`{ create: "echo half done; echo because >&2; exit 7" }`) },
      async (stack) => {
        const up = await stack.up();
        expect(up.exitCode).not.toBe(0);
        expect(up.output).toContain("exit status 7");
        expect(up.output).toContain("half done");
        expect(up.output).toContain("because");
        expect(up.output).not.toContain("    at ");
        const { resources } = await stack.export();
        expect(resources.map(({ type }) => type)).not.toContain("command:local:Command");
      },
    );
  });

  it("reports every wrong input as a failure of its property", async () => {
    await withStack({ program: command(`{ create: 5, logging: "loud", nonsense: 1 }`) }, async (stack) => {
      const { exitCode, output } = await stack.preview();
      expect(exitCode).not.toBe(0);
      expect(output).toContain("property create value {5} has a problem: must be a string");
      expect(output).toContain("{loud} has a problem: must be one of stdout, stderr, stdoutAndStderr, none");
    });
  });

  it("keeps what comes from a secret out of the state and shows only what logging allows", async () => {
    const program =
      `const pulumi = require("@pulumi/pulumi");\n` +
      command(
        `{ create: "echo $TOKEN; echo quiet >&2", logging: "none", environment: { TOKEN: pulumi.secret("s3cr3t-value") } }`,
      );
    await withStack({ program }, async (stack) => {
      const up = await stack.up();
      expect(up.exitCode, up.output).toBe(0);
      expect(up.output).not.toContain("s3cr3t-value");
      expect(up.output).not.toContain("quiet");
      expect((await stack.export()).text).not.toContain("s3cr3t-value");
      expect(await stack.outputs()).toMatchObject({ stdout: "s3cr3t-value" });
    });
  });

  it("collects files as assets and survives a refresh of them", async () => {
    const program =
      `const { local } = require("@pulumi/command");\n` +
      `const c = new local.Command("c", { create: "true", dir: "data", assetPaths: ["**.txt", "!b*"], archivePaths: ["*"] });\n` +
      `exports.names = c.assets.apply(Object.keys);\n`;
    const files = { "data/a.txt": "a", "data/b.txt": "b", "data/deep/c.txt": "c", "data/d.md": "d" };
    await withStack({ program, files }, async (stack) => {
      await succeeds(stack.up());
      expect(await stack.outputs()).toEqual({ names: ["a.txt", "deep/c.txt"] });
      await succeeds(stack.refresh());
      await succeeds(stack.preview("--expect-no-changes"));
    });
  });

  it("answers command:local:run at preview already", async () => {
    const program =
      `const { local } = require("@pulumi/command");\n` +
      `exports.out = local.runOutput({ command: "echo $A; cat", environment: { A: "a" }, stdin: "b" }).stdout;\n`;
    await withStack({ program }, async (stack) => {
      const { output } = await stack.preview();
      expect(output).toMatch(/out: "a\\nb"/);
    });
  });

  it("ends a running command when the user interrupts, and the next run goes on", async () => {
    await withStack({ program: command(`{ create: "echo $$ > pid; sleep 60" }`) }, async (stack) => {
      const pidFile = path.join(stack.projectFolder, "pid");
      writeFileSync(pidFile, "");
      const { process: cli, finished } = stack.start("up");
      for (let tries = 0; readFileSync(pidFile, "utf8") === "" && tries < 300; tries += 1) await sleep(100);
      const started = Date.now();
      cli.kill("SIGINT");
      const run = await finished;
      expect(run.exitCode).not.toBe(0);
      expect(Date.now() - started).toBeLessThan(15_000);
      expect(() => process.kill(Number(readFileSync(pidFile, "utf8")), 0)).toThrow("ESRCH");

      stack.rewrite(command(`{ create: "echo again" }`));
      await succeeds(stack.up());
    });
  });
});
