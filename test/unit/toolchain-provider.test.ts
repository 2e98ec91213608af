import { describe, expect, it } from "vitest";
import { globExpression, selectFiles } from "../../toolchain/stand-ins/command/globs";
import { command } from "../../toolchain/stand-ins/command/command";
import { changedProperties } from "../../toolchain/stand-ins/provider/diff";
import { previewed, sealed } from "../../toolchain/stand-ins/provider/outputs";
import {
  holdsSecret,
  isSecret,
  plainValues,
  same,
  secret,
  UNKNOWN,
} from "../../toolchain/stand-ins/provider/values";

describe("property values", () => {
  it("find and take off secrets at any depth", () => {
    const values = { a: { b: [secret("x")] }, c: "y" };
    expect(holdsSecret(values.a)).toBe(true);
    expect(holdsSecret(values.c)).toBe(false);
    expect(plainValues(values)).toEqual({ a: { b: ["x"] }, c: "y" });
  });

  it("are the same whatever the order of keys, and null is as good as missing", () => {
    expect(same({ a: 1, b: [1, { c: null }] }, { b: [1, {}], a: 1 })).toBe(true);
    expect(same([1, 2], [2, 1])).toBe(false);
    expect(same({}, [])).toBe(false);
    expect(same("1", 1)).toBe(false);
  });

  it("differ where changed, added, removed or not known yet, and not where ignored", () => {
    const olds = { same: 1, changed: 1, removed: 1, unknown: 1, ignored: 1, __defaults: [] };
    const news = { same: 1, changed: 2, added: 1, unknown: UNKNOWN, ignored: 2, __defaults: ["x"] };
    expect(changedProperties(olds, news, ["ignored"])).toEqual(["added", "changed", "removed", "unknown"]);
  });

  it("spread a secret input to what a command puts out, and to nothing else", () => {
    const inputs = { create: "echo", environment: { T: secret("t") } };
    const sealedOutputs = sealed(command, inputs, {
      create: "echo",
      environment: { T: "t" },
      stdout: "t",
      stderr: "",
    });
    expect(Object.keys(sealedOutputs).filter((name) => isSecret(sealedOutputs[name]))).toEqual([
      "environment",
      "stdout",
      "stderr",
    ]);
  });

  it("leave what a preview cannot know unknown", () => {
    expect(previewed(command, { create: "x" })).toEqual({ stdout: UNKNOWN, stderr: UNKNOWN, create: "x" });
  });
});

describe("globs", () => {
  it.each([
    ["*.txt", ["a.txt"], ["d/a.txt", "a.txt.md"]],
    ["src/**.js", ["src/a.js", "src/b/c.js"], ["a.js", "src/a.jsx"]],
    ["**secret.*", ["secret.js", "a/secret.b"], ["secrets"]],
    ["?.{md,txt}", ["a.md", "b.txt"], ["ab.md", "/.md", "a.rst"]],
    ["[!a]b[0-9]", ["cb1"], ["ab1", "cbx"]],
    ["a,b}", ["a,b}"], ["a"]],
    ["a+(b)\\*", ["a+(b)*"], ["aab", "a+(b)x"]],
  ])("%s", (glob, matching, others) => {
    expect(matching.filter((file) => !globExpression(glob).test(file))).toEqual([]);
    expect(others.filter((file) => globExpression(glob).test(file))).toEqual([]);
  });

  it("are rules in order: a later one can take out or put back", () => {
    const files = ["a/x.js", "a/y.js", "b.js"];
    expect(selectFiles(files, ["**.js", "!a/**", "a/y.js"])).toEqual(["a/y.js", "b.js"]);
    expect(selectFiles(files, ["!a/**"])).toEqual([]);
  });
});
