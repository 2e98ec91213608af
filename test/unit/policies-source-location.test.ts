import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isOverridden, lineOf, overrideLineOf } from "../../infra/model/source-location";
import { locateIn } from "../../policies/places";
import { repositoryRoot } from "../../toolchain/root";
import type { Finding } from "../../policies/rule";

const source = `import { declareApp } from "../model/fleet";

const channel = { name: "incidents" };

export const shop = declareApp("infra/fleet/shop.ts", {
  name: "shop",
  processGroups: {
    // a comment
    web: { role: "web",
      services: [
        { kind: "http", checks: [] },
        {
          checks: [
            { path: "/a" },
            {
              path: "/b",
            },
          ],
        },
      ],
    },
    "back-end": ({
      vm: { memory: "512mb" } as const,
    }),
  },
  thresholds: { ...shared },
});

export const other = declareApp("infra/fleet/shop.ts", {
  name: "other",
  uptime: [],
});
`;

describe("lineOf", () => {
  test.each([
    ["", 5],
    ["name", 6],
    ["processGroups.web.role", 9],
    ["processGroups.web.services[0].checks", 11],
    ["processGroups.web.services[1]", 12],
    ["processGroups.web.services[1].checks[0].path", 14],
    ["processGroups.web.services[1].checks[1].path", 16],
    ["processGroups.back-end.vm.memory", 23],
    ['processGroups["back-end"].vm.memory', 23],
  ])("finds %s", (field, line) => {
    expect(lineOf(source, "shop", field)).toBe(line);
  });

  test.each([
    ["processGroups.web.vm.memory", 9],
    ["processGroups.web.services[7].checks", 10],
    ["processGroups.web.services[1].forceHttps", 12],
    ["thresholds.cpu.critical", 26],
    ["uptime[0].interval", 5],
  ])("gives the nearest parent of %s, which is not written there", (field, line) => {
    expect(lineOf(source, "shop", field)).toBe(line);
  });

  test("keeps apps of one file apart, and knows none that is not declared", () => {
    expect(lineOf(source, "other", "uptime")).toBe(31);
    expect(lineOf(source, "unknown", "uptime")).toBeUndefined();
  });

  test("finds the fields of the real declarations", () => {
    const text = readFileSync(path.join(repositoryRoot, "infra/fleet/chatwoot.ts"), "utf8");
    const line = lineOf(text, "hotdash-chatwoot", "processGroups.worker.vm.memory") ?? 0;
    expect(text.split("\n")[line - 1]).toContain("memory: ");
    expect(text.split("\n").slice(0, line).join("\n")).toContain("worker: {");
  });
});

const stackFile = `config:
  hotdash:environment: production
  hotdash:overrides:
    shop:
      processGroups:
        worker:
          vm:
            memory: 512mb
        web:
          services:
            - kind: http
              checks:
                - path: /a
    other: '{"region":"ord"}'
`;

describe("overrideLineOf", () => {
  test.each([
    ["shop", "processGroups.worker.vm.memory", 8],
    ["shop", "processGroups.web.services[0].checks[0].path", 13],
    ["shop", "processGroups.worker.vm.cpus", 7],
    ["shop", "region", 4],
    ["other", "region", 14],
  ])("finds %s %s", (app, field, line) => {
    expect(overrideLineOf(stackFile, app, field)).toBe(line);
  });

  test("knows no line of an app that is not overridden, nor of what is not YAML", () => {
    expect(overrideLineOf(stackFile, "unknown", "region")).toBeUndefined();
    expect(overrideLineOf("config: {}", "shop", "region")).toBeUndefined();
    expect(overrideLineOf("", "shop", "region")).toBeUndefined();
    expect(overrideLineOf("config: [", "shop", "region")).toBeUndefined();
  });
});

describe("isOverridden", () => {
  test.each([
    ["thresholds.cpu.warning.above", "thresholds.cpu.warning", true],
    ["processGroups.web.services", "processGroups.web.services[0].forceHttps", true],
    ["uptime", "uptime", true],
    ["processGroups.worker.vm.memory", "processGroups.workers.vm.memory", false],
    ["processGroups.worker.vm.memory", "processGroups.worker.vm.cpus", false],
    ["region", "", false],
  ])("set %s, field %s: %s", (set, field, expected) => {
    expect(isOverridden([set], field)).toBe(expected);
  });
});

describe("locateIn", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "places-"));
    mkdirSync(path.join(root, "infra/fleet"), { recursive: true });
    writeFileSync(path.join(root, "infra/fleet/shop.ts"), source);
    writeFileSync(path.join(root, "Pulumi.test.yaml"), stackFile);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const finding = (field: string, overridden: string[] = []): Finding => ({
    origin: {
      app: "shop",
      environment: "production",
      declaredIn: "infra/fleet/shop.ts",
      overridden,
      stackFile: "Pulumi.test.yaml",
      field: "",
    },
    field,
    value: 1,
    limit: "",
    mend: "",
  });

  test("points into the declaration, or into the stack's file where that has set the field", () => {
    const memory = "processGroups.worker.vm.memory";
    expect(locateIn(root)(finding("name"))).toEqual({ file: "infra/fleet/shop.ts", line: 6 });
    expect(locateIn(root)(finding(memory, [memory]))).toEqual({ file: "Pulumi.test.yaml", line: 8 });
  });

  test("names the file without a line where it cannot be read", () => {
    rmSync(path.join(root, "infra"), { recursive: true });
    expect(locateIn(root)(finding("name"))).toEqual({ file: "infra/fleet/shop.ts", line: undefined });
  });
});
