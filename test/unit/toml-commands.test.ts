import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tomlLint } from "../../ops/commands/toml-lint";
import { tomlMerge } from "../../ops/commands/toml-merge";
import { fixture } from "../support/fly-toml-fixtures";

let folder: string;
let out: string;
let talk: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "flymon-toml-"));
  out = "";
  talk = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    talk += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  const place = path.join(folder, name);
  writeFileSync(place, text);
  return place;
};

test("lint ends with 0 clean, 1 findings, 2 unreadable, and judges what it can", () => {
  const clean = file("clean.toml", fixture("clean.toml"));
  const found = file("found.toml", fixture("django.toml"));
  expect(tomlLint([clean], { format: "text" })).toBe(0);
  expect(out).toBe("");
  expect(tomlLint([clean, found], { format: "text" })).toBe(1);
  expect(out).toContain(`${found}:18:3  error  unknown-key`);
  expect(tomlLint([found, folder, path.join(folder, "none.toml")], { format: "text" })).toBe(2);
  expect(talk).toContain(`${folder}  it is a folder: name the fly.toml in it`);
  expect(talk).toContain("there is no such file");
});

test("lint tells text that is no TOML with its line, as JSON too", () => {
  const broken = file("broken.toml", "app = 'a'\n<<<<<<< HEAD\n");
  expect(tomlLint([broken], { format: "text", json: true })).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ files: 1, findings: [], unreadable: [{ file: broken, line: 2 }] });
});

test("merge shows a patch, --check ends with 7, --write writes once and keeps mode and link", () => {
  const target = file("fly.toml", fixture("clean.toml"));
  chmodSync(target, 0o640);
  const link = path.join(folder, "link.toml");
  symlinkSync(target, link);
  const app = "hotdash-staging";
  expect(tomlMerge(link, { app })).toBe(0);
  expect(out).toContain(`--- a/${link}\n+++ b/${link}\n@@`);
  expect(tomlMerge(link, { app, check: true })).toBe(7);
  expect(readFileSync(target, "utf8")).toBe(fixture("clean.toml"));
  expect(tomlMerge(link, { app, write: true })).toBe(0);
  expect(readFileSync(target, "utf8")).toContain('app = "hotdash-staging"');
  expect(statSync(target).mode & 0o777).toBe(0o640);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["fly.toml", "link.toml"]);
  expect(tomlMerge(link, { app, check: true })).toBe(0);
});

test("merge refuses unknown apps, unreadable files and what is no TOML, and touches nothing", () => {
  const broken = file("broken.toml", "a = \n");
  const refusal = expect.objectContaining({ exitCode: 3 }) as unknown;
  expect(() => tomlMerge(broken, { app: "hotdash-stagin" })).toThrow(/did you mean hotdash-staging/);
  for (const each of [broken, folder, path.join(folder, "none.toml"), file("odd.toml", "vm = 1\n")]) {
    let thrown: unknown;
    try {
      tomlMerge(each, { app: "hotdash-staging", write: true });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toEqual(refusal);
  }
  expect(readFileSync(broken, "utf8")).toBe("a = \n");
});
