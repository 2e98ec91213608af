import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { anchor } from "../../infra/render/alerts/compose";
import { alertsPage } from "../../infra/render/alerts/page";
import { alertKinds, rulesByApp } from "../../infra/render/alerts/registry";
import { wholeFleet } from "../../ops/docs/whole-fleet";
import { repositoryRoot } from "../../toolchain/root";

test("docs/alerts.md is what the rules say (npm run docs:alerts)", () => {
  expect(readFileSync(path.join(repositoryRoot, "docs/alerts.md"), "utf8")).toBe(alertsPage(wholeFleet()));
});

test("every alert's link leads to a section of its own, with meaning, actions and limits", () => {
  const page = alertsPage(wholeFleet());
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
  for (const kind of alertKinds) {
    expect(headings.filter((heading) => heading.toLowerCase() === anchor(kind))).toEqual([kind.name]);
    for (const text of [kind.meaning, ...Object.values(kind.action)]) expect(page).toContain(text);
  }
  for (const rule of [...rulesByApp(wholeFleet()).values()].flat()) {
    expect(page).toContain(rule.limit);
    expect(Object.keys(rule.kind.action)).toContain(rule.severity);
  }
});
