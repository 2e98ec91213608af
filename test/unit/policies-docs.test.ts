import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { limits } from "../../infra/model/limits";
import { policiesPage } from "../../policies/page";
import { rules } from "../../policies/registry";
import { repositoryRoot } from "../../toolchain/root";

test("docs/policies.md is what the rules say (npm run docs:policies)", () => {
  expect(readFileSync(path.join(repositoryRoot, "docs/policies.md"), "utf8")).toBe(policiesPage());
});

test("the page has every rule with its limit, source and mend", () => {
  const page = policiesPage();
  for (const { name, limit, source, mend } of rules) {
    for (const text of [`## ${name}\n`, limit, source, mend]) expect(page).toContain(text);
  }
  expect(page).toContain(limits.workerMemoryFloor);
});
