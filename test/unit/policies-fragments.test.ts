import { describe, expect, test } from "vitest";
import { flyTomlFile } from "../../infra/render/files";
import { fragmentLintsClean } from "../../policies/rules/fragments";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";
import { judgedBy, resourcesOf, stackOf, withInputs } from "../support/policy-stack";

describe("fragment-lints-clean", () => {
  test("passes what is rendered from the fleet", async () => {
    expect(await judgedBy(fragmentLintsClean, resourcesOf(hotdashFleet()))).toEqual([]);
  });

  test("leaves to the other policies what they say themselves", async () => {
    const { app } = soundApp().processGroups;
    const unchecked = soundApp({
      processGroups: {
        app: { ...app, role: "web", services: [{ kind: "http", internalPort: 8080, checks: [] }] },
      },
    });
    expect(await judgedBy(fragmentLintsClean, stackOf([unchecked]))).toEqual([]);
  });

  test("refuses a key that Fly does not know, let in by a transform, with the app and the line", async () => {
    const [app] = fleetOf([soundApp()]).apps;
    if (app === undefined) throw new Error("an app is needed");
    const { settings } = flyTomlFile(app, "test");
    const violations = await judgedBy(
      fragmentLintsClean,
      withInputs(stackOf([soundApp()]), "flyToml", {
        settings: { ...settings, scale: { max_machines_running: 3 } },
      }),
    );
    expect(violations).toHaveLength(1);
    expect(violations[0]?.message).toContain("infra/fleet/shop.ts:7  shop: fly.toml (");
    expect(violations[0]?.message).toContain("[scale]");
  });
});
