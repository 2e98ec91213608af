import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Refusal } from "../../infra/model/diagnostics";
import { declaredFleet } from "../../ops/declared-fleet";
import { exitCodes } from "../../ops/exit-codes";
import { explain } from "../../ops/failure";
import { clearAfterKilledRuns } from "../../ops/pulumi/killed-runs";
import { readStackConfig, stackNames } from "../../ops/stack-files";

let root = "";
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "ops-test-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const write = (name: string, text: string): void => {
  writeFileSync(path.join(root, name), text);
};
/** What a user would be told. */
const told = (run: () => unknown): { exitCode: number; text: string } => {
  try {
    run();
  } catch (error) {
    return explain(error, false);
  }
  throw new Error("nothing was refused");
};

describe("a stack's file", () => {
  it("gives its configuration", () => {
    write("Pulumi.a.yaml", "config:\n  hotdash:environment: staging\n  hotdash:apps: [x]\n");
    write("Pulumi.yaml", "name: hotdash\n");
    expect(readStackConfig("a", root)).toEqual({ "hotdash:environment": "staging", "hotdash:apps": ["x"] });
    expect(stackNames(root)).toEqual(["a"]);
  });

  it("that is not there is refused with the stacks that are, and the nearest", () => {
    write("Pulumi.production.yaml", "");
    const { exitCode, text } = told(() => readStackConfig("prodution", root));
    expect(exitCode).toBe(exitCodes.refused);
    expect(text).toContain("Stacks: production");
    expect(text).toContain("did you mean production?");
  });

  it.each([
    ["config:\n  a: [1\n  b: 2\n", /^Pulumi\.a\.yaml:[34] {2}is not YAML: /],
    ["config:\n  a: 1\n  a: 2\n", /^Pulumi\.a\.yaml:3 {2}is not YAML: .*unique/],
    ["- a\n", /^Pulumi\.a\.yaml:1 {2}holds no settings/],
    ["config: [a]\n", /^Pulumi\.a\.yaml {2}config is not a table/],
  ])("that is malformed is refused with file and line: %j", (content, words) => {
    write("Pulumi.a.yaml", content);
    const { exitCode, text } = told(() => readStackConfig("a", root));
    expect(exitCode).toBe(exitCodes.refused);
    expect(text).toMatch(words);
    expect(text).not.toContain("    at ");
  });

  it("that cannot be read is refused", () => {
    mkdirSync(path.join(root, "Pulumi.a.yaml"));
    expect(told(() => readStackConfig("a", root))).toMatchObject({
      exitCode: exitCodes.refused,
      text: expect.stringContaining("Pulumi.a.yaml  cannot be read (EISDIR)") as string,
    });
  });

  it("with mistakes is refused with each one's line", () => {
    write(
      "Pulumi.a.yaml",
      [
        "config:",
        "  hotdash:environment: production",
        "  hotdash:apps: [hotdash-chatwoot, hotdash-chatwot]",
        "  hotdash:overrides:",
        "    hotdash-chatwoot:",
        "      processGroups:",
        "        worker:",
        "          vm:",
        "            memory: 2 gigabytes",
        "",
      ].join("\n"),
    );
    try {
      declaredFleet("a", root);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      const { diagnostics } = error as Refusal;
      expect(diagnostics.map(({ file, line }) => [file, line])).toEqual([
        ["Pulumi.a.yaml", 3],
        ["Pulumi.a.yaml", 9],
      ]);
    }
  });
});

describe("a lock that a killed run has left", () => {
  const lock = (name: string, pid: number, hostname = os.hostname()): void => {
    const folder = path.join(root, ".pulumi", "locks", "organization", "hotdash", "a");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, name), JSON.stringify({ pid, hostname, username: "me" }));
  };
  // No process has it: above the highest that Linux gives.
  const deadPid = 2 ** 22 + 1;

  it("is removed, once its process is gone", () => {
    lock("dead.json", deadPid);
    lock("alive.json", process.pid);
    lock("elsewhere.json", deadPid, "another-machine");
    expect(clearAfterKilledRuns(`file://${root}`, "hotdash", "a")).toBe(1);
    expect(clearAfterKilledRuns(`file://${root}`, "hotdash", "a")).toBe(0);
  });

  it("is left to backends of other kinds, and to other stacks", () => {
    lock("dead.json", deadPid);
    expect(clearAfterKilledRuns(undefined, "hotdash", "a")).toBe(0);
    expect(clearAfterKilledRuns("s3://bucket", "hotdash", "a")).toBe(0);
    expect(clearAfterKilledRuns(`file://${root}`, "hotdash", "b")).toBe(0);
  });
});

it("attributes of the state that a killed run has half written are removed, and no others", () => {
  const folder = path.join(root, ".pulumi", "stacks", "hotdash");
  mkdirSync(folder, { recursive: true });
  const whole = JSON.stringify({ md5: "" });
  const files = {
    "a.json": "",
    "a.json.attrs": "",
    "a.json.bak.attrs": whole.slice(0, 4),
    "a.json.gz.attrs": whole,
    "b.json.attrs": "",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const meta = path.join(root, ".pulumi", "meta.yaml.attrs");
  writeFileSync(meta, "");
  expect(clearAfterKilledRuns(`file://${root}`, "hotdash", "a")).toBe(3);
  expect(existsSync(meta)).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(["a.json", "a.json.gz.attrs", "b.json.attrs"]);
});
