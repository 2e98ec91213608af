import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test } from "vitest";
import type { FlyAppArgs } from "../../infra/components/fly-app";
import type { Fleet } from "../../infra/model/fleet";
import { resourceTypes } from "../../infra/model/resources";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";
import type { Mocks, Registered } from "../support/pulumi-mocks";
import { mockPulumi } from "../support/pulumi-mocks";

let mocks: Mocks;
beforeEach(async () => {
  mocks = await mockPulumi();
});
const ofType = (type: string): readonly Registered[] => mocks.ofType(type);

const makeApp = async (fleet: Fleet, transform?: FlyAppArgs["transform"]) => {
  const { FlyApp } = await import("../../infra/components/fly-app");
  const [app] = fleet.apps;
  if (app === undefined) throw new Error("an app is needed");
  new FlyApp(app.name, { app, settings: fleet.settings, ...(transform && { transform }) });
  await mocks.settled();
};

describe("FlyApp", () => {
  test("sets the running machines only in a stack that applies", async () => {
    await makeApp(fleetOf([soundApp()], { apply: true }));
    expect(ofType(resourceTypes.machineSettings)).toMatchObject([
      { name: "shop", inputs: { app: "shop", processGroups: { app: { count: 2 } } } },
    ]);
  });

  test("registers every check, scaling and auto-stop setting and the fragment, with plain inputs", async () => {
    await makeApp(fleetOf([soundApp()]));
    expect(mocks.registered.map(({ type, name }) => [type, name]).sort()).toEqual(
      [
        [resourceTypes.flyApp, "shop"],
        [resourceTypes.healthCheck, "shop-app-health"],
        [resourceTypes.autoscaling, "shop-app"],
        [resourceTypes.autoStop, "shop-app"],
        [resourceTypes.flyToml, "shop"],
      ].sort(),
    );
    expect(ofType(resourceTypes.healthCheck)[0]?.inputs).toMatchObject({
      app: "shop",
      environment: "production",
      declaredIn: "infra/fleet/shop.ts",
      field: "processGroups.app.services[0].checks[0]",
      kind: "service",
      port: 8080,
      interval: "15s",
    });
    expect(ofType(resourceTypes.flyToml)[0]?.inputs).toMatchObject({
      path: "generated/test/fly/shop.toml",
      settings: { app: "shop", http_service: { internal_port: 8080 } },
    });
  });

  test("shows the policies the whole threshold table", async () => {
    await makeApp(fleetOf([soundApp({ thresholds: { cpu: { critical: { above: 80, for: "3m" } } } })]));
    const { thresholds } = ofType(resourceTypes.flyApp)[0]?.inputs as {
      thresholds: Record<string, unknown>[];
    };
    expect(thresholds).toContainEqual({
      signal: "cpu",
      severity: "critical",
      unit: "percent",
      above: 80,
      for: "3m",
      field: "thresholds.cpu.critical",
    });
    expect(thresholds.filter(({ signal }) => signal === "memory")).toHaveLength(3);
  });

  test("lets a transform reach each child", async () => {
    await makeApp(fleetOf([soundApp()]), {
      flyToml: { path: "elsewhere.toml" },
      healthCheck: (check) => ({ ...check, interval: "20s" }),
    });
    expect(ofType(resourceTypes.flyToml)[0]?.inputs["path"]).toBe("elsewhere.toml");
    expect(ofType(resourceTypes.healthCheck)[0]?.inputs["interval"]).toBe("20s");
  });
});

describe("AlertChannels and Drill", () => {
  const make = async (fleet: Fleet, slackToken?: pulumi.Output<string>) => {
    const { AlertChannels } = await import("../../infra/components/alert-channels");
    const { Drill } = await import("../../infra/components/drill");
    const channels = new AlertChannels("alerting", fleet);
    new Drill("drill", { fleet, channels: channels.slack, slackToken });
    await mocks.settled();
  };

  test("make each channel, kept on destroy unless the stack says otherwise", async () => {
    await make(hotdashFleet());
    expect(ofType(resourceTypes.slackChannel).map(({ name, inputs }) => [name, inputs["onDestroy"]])).toEqual(
      [
        ["incidents", "keep"],
        ["monitoring", "keep"],
      ],
    );
  });

  test("drill each channel again only when its id or route changes", async () => {
    await make(hotdashFleet());
    const triggersOf = () =>
      Object.fromEntries(
        ofType("command:local:Command").map(({ name, inputs }) => [name, inputs["triggers"]]),
      );
    const first = triggersOf();
    expect(Object.keys(first)).toEqual(["drill-incidents", "drill-monitoring"]);
    expect(first["drill-incidents"]).toContain("C-incidents");

    mocks = await mockPulumi();
    await make(hotdashFleet({ timeDivisor: 30 }));
    expect(triggersOf()).toEqual(first);

    mocks = await mockPulumi();
    await make(hotdashFleet({ slackApiUrl: "http://127.0.0.1:1/api/" }));
    expect(triggersOf()).not.toEqual(first);
  });

  test("hand the drill a token only where the stack keeps one, as a secret", async () => {
    await make(hotdashFleet());
    expect(ofType("command:local:Command")[0]?.inputs["environment"]).not.toHaveProperty("SLACK_BOT_TOKEN");

    mocks = await mockPulumi();
    await make(hotdashFleet(), pulumi.secret("xoxb-test"));
    // Mocks see through secrets; that the state does not is shown with the real engine.
    expect(JSON.stringify(ofType("command:local:Command")[0]?.inputs["environment"])).toContain("xoxb-test");
  });
});

describe("Uptime", () => {
  test("registers a monitor for each entry and one configuration for all", async () => {
    const { Uptime } = await import("../../infra/components/uptime");
    new Uptime("uptime", { fleet: hotdashFleet() });
    await mocks.settled();
    expect(
      ofType(resourceTypes.uptimeMonitor).map(({ inputs }) => [inputs["app"], inputs["kind"], inputs["url"]]),
    ).toContainEqual([
      "hotdash-llamaindex-mcp",
      "cold-start",
      "https://hotdash-llamaindex-mcp.fly.dev/health",
    ]);
    expect(ofType(resourceTypes.gatusConfig).map(({ inputs }) => inputs["path"])).toEqual([
      "generated/test/gatus/config.yaml",
    ]);
  });
});
