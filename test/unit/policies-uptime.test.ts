import { describe, expect, test } from "vitest";
import { limits } from "../../infra/model/limits";
import { durationOf, milliseconds } from "../../infra/model/units";
import { sleepingAppNotPolled, uptimeMonitorPresent } from "../../policies/rules/uptime";
import { soundApp } from "../support/declarations";
import { judgedBy, stackOf, withInputs, without } from "../support/policy-stack";

const awake = stackOf([soundApp()]);
const asleep = stackOf([
  soundApp({
    workload: "background",
    processGroups: {
      app: {
        ...soundApp().processGroups.app,
        role: "service",
        autoscaling: { minMachinesRunning: 0, maxMachines: 1 },
        autoStop: { autoStopMachines: "stop", autoStartMachines: true },
      },
    },
    uptime: [{ kind: "cold-start", name: "auto-start", path: "/health" }],
  }),
]);

describe("public-app-has-uptime-monitor", () => {
  const found = (resources: typeof awake) => judgedBy(uptimeMonitorPresent, resources);

  test("passes an app that is watched, and one that is not public", async () => {
    expect(await found(awake)).toEqual([]);
    expect(await found(without(withInputs(awake, "flyApp", { public: false }), "uptimeMonitor"))).toEqual([]);
  });

  test("refuses a public app without a monitor, with the one that fits it", async () => {
    const [violation, ...others] = await found(without(awake, "uptimeMonitor"));
    expect(others).toEqual([]);
    expect(violation).toMatchObject({ level: "mandatory", resource: "shop" });
    expect(violation?.message).toContain("infra/fleet/shop.ts:7  shop: uptime is []");
    expect(violation?.message).toContain('write uptime: [{ kind: "poll"');
    const [sleeping] = await found(without(asleep, "uptimeMonitor"));
    expect(sleeping?.message).toContain('write uptime: [{ kind: "cold-start"');
  });

  test("does not take another app's monitor for this one's", async () => {
    expect(await found(withInputs(awake, "uptimeMonitor", { app: "other" }))).toHaveLength(1);
  });
});

describe("sleeping-app-not-polled", () => {
  const found = (changes: object, resources = asleep) =>
    judgedBy(sleepingAppNotPolled, withInputs(resources, "uptimeMonitor", changes));
  const { min } = limits.coldStartInterval;

  test("passes a poll of what is awake, and a seldom cold start", async () => {
    expect(await found({}, awake)).toEqual([]);
    expect(await found({ interval: min })).toEqual([]);
  });

  test("refuses to poll what sleeps", async () => {
    const [violation] = await found({ kind: "poll" });
    expect(violation?.message).toContain('shop: uptime[0].kind is "poll"');
    expect(violation?.message).toContain('write kind: "cold-start"');
  });

  test("refuses cold starts just too often", async () => {
    const interval = durationOf(milliseconds(min) - 1);
    const [violation] = await found({ interval });
    expect(violation?.message).toContain(`shop: uptime[0].interval is "${interval}"`);
    expect(violation?.message).toContain(`write interval: "${min}"`);
  });

  test("takes auto-stop off, and another group's minimum, for awake", async () => {
    const off = withInputs(asleep, "autoStop", { autoStopMachines: "off" });
    expect(await found({ kind: "poll" }, off)).toEqual([]);
    const otherGroup = withInputs(asleep, "autoStop", { processGroup: "other" });
    expect(await found({ kind: "poll" }, otherGroup)).toEqual([]);
  });
});
