import { expect, test } from "vitest";
import { z } from "zod";
import { dashboardTexts } from "../../infra/render/dashboards/dashboards";
import { dashboardUid } from "../../infra/render/dashboards/uid";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

const board = z.object({
  uid: z.string(),
  templating: z.object({ list: z.array(z.object({ type: z.string(), name: z.string() })) }),
  panels: z.array(
    z.object({
      title: z.string(),
      datasource: z.object({ uid: z.string() }),
      targets: z.array(z.object({ expr: z.string(), datasource: z.object({ uid: z.string() }) })).length(1),
      fieldConfig: z.object({
        defaults: z.object({
          thresholds: z.object({
            steps: z.array(z.object({ value: z.number().nullable(), color: z.string() })),
          }),
        }),
      }),
    }),
  ),
});
const boards = (fleet = hotdashFleet()) =>
  new Map([...dashboardTexts(fleet)].map(([path, text]) => [path, board.parse(JSON.parse(text))]));
const steps = (name: string, title: string, fleet = hotdashFleet()) =>
  boards(fleet)
    .get(name)
    ?.panels.find((panel) => panel.title === title)?.fieldConfig.defaults.thresholds.steps;

test("there is one dashboard of the fleet and one of each app, all fed by the chosen store", () => {
  const all = boards();
  expect(all.size).toBe(1 + hotdashFleet().apps.length);
  for (const { templating, panels } of all.values()) {
    expect(templating.list).toEqual([expect.objectContaining({ type: "datasource", name: "datasource" })]);
    for (const { datasource, targets } of panels) {
      for (const { uid } of [datasource, ...targets.map((target) => target.datasource)]) {
        expect(uid).toBe("${datasource}");
      }
    }
  }
});

test("the limits of each app are drawn in", () => {
  expect(steps("dashboards/hotdash-staging.json", "Answers are slow")).toEqual([
    { value: null, color: "green" },
    { value: 500, color: "blue" },
    { value: 800, color: "orange" },
    { value: 2000, color: "red" },
  ]);
  // A floor: red below 3 days, orange below 14.
  expect(steps("dashboards/hotdash-staging.json", "A certificate ends soon")).toEqual([
    { value: null, color: "red" },
    { value: 3, color: "orange" },
    { value: 14, color: "green" },
  ]);
});

test("the four signals are asked of Fly's own series, which every store has", () => {
  for (const [name, { panels }] of boards()) {
    for (const { title, targets } of panels) {
      if (!["CPU is high", "Memory is high", "Too many requests fail", "Answers are slow"].includes(title))
        continue;
      expect(targets[0]?.expr, name).not.toMatch(/flymon_|machine:|app:/);
    }
  }
});

test("a uid fits into Grafana's 40 characters and stays apart from others", () => {
  const long = "a".repeat(60);
  expect(dashboardUid(long).length).toBeLessThanOrEqual(40);
  expect(dashboardUid(long)).not.toBe(dashboardUid(`${long}b`));
  expect(boards(fleetOf([soundApp()])).get("dashboards/shop.json")?.uid).toBe("flymon-shop");
});
