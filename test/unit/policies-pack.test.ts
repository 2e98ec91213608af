import { describe, expect, test } from "vitest";
import { resourceTypes } from "../../infra/model/resources";
import { policiesOf } from "../../policies/pack";
import { rules } from "../../policies/registry";
import { fleetNotEmpty } from "../../policies/rules/fleet";
import { hotdashFleet, soundApp } from "../support/declarations";
import { secret, unknownValue, violationsOf } from "../support/policy-kit";
import { judged, judgedBy, resourcesOf, stackOf, withInputs } from "../support/policy-stack";

const sound = stackOf([soundApp()]);
const nowhere = () => ({ file: "nowhere" });

describe("fleet-not-empty", () => {
  test("refuses a stack without apps, whatever else is in it", async () => {
    for (const resources of [[], [{ type: "flymon:slack:Channel", name: "incidents", inputs: {} }]]) {
      const violations = await judged(resources);
      expect(violations).toMatchObject([{ policy: fleetNotEmpty.name, level: "mandatory" }]);
      expect(violations[0]?.message).toContain("stack: hotdash:apps is []");
    }
  });

  test("passes one app", async () => {
    expect(await judgedBy(fleetNotEmpty, sound)).toEqual([]);
  });
});

describe("the pack", () => {
  test.each([
    { environment: "staging", apps: ["hotdash-staging", "hotdash-staging-db"] },
    {
      environment: "production",
      apps: ["hotdash-production", "hotdash-chatwoot", "hotdash-llamaindex-mcp", "hotdash-agent-service"],
    },
  ] as const)("passes the HotDash fleet on $environment", async ({ environment, apps }) => {
    expect(await judged(resourcesOf(hotdashFleet({ environment, apps: [...apps] })))).toEqual([]);
  });

  test("reports several mistakes of an app at once", async () => {
    const resources = withInputs(withInputs(sound, "autoStop", { autoStopMachines: "stop" }), "flyApp", {
      processGroups: [{ name: "worker", field: "processGroups.worker", role: "worker" }],
      thresholds: [],
    });
    expect(new Set((await judged(resources)).map(({ policy }) => policy))).toEqual(
      new Set(["critical-apps-stay-up", "thresholds-strict", "worker-memory-floor"]),
    );
  });

  test("does not start without rules, nor with two of one name", () => {
    expect(() => policiesOf([], nowhere)).toThrow(RangeError);
    expect(() =>
      policiesOf(
        rules.filter((rule) => "judge" in rule),
        nowhere,
      ),
    ).toThrow(RangeError);
    expect(() => policiesOf([...rules, fleetNotEmpty], nowhere)).toThrow(
      "two policies are named fleet-not-empty",
    );
  });

  test("gives the SDK what it has fields for", () => {
    for (const policy of policiesOf(rules, nowhere)) {
      expect(policy.name).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(policy.enforcementLevel).toBe("mandatory");
      expect(policy.description).toMatch(/^[A-Z].*\.$/);
      expect(policy.displayName).toMatch(/^[A-Z]/);
      expect(policy.severity).toMatch(/^(medium|high|critical)$/);
      expect(policy.remediationSteps).toContain("Source: ");
    }
  });
});

describe("a rule that cannot see", () => {
  const cases = [
    [
      "flyApp",
      "processGroups",
      [{ field: "x", role: "worker", vm: { memory: unknownValue } }],
      "worker-memory-floor",
      "processGroups[0].vm.memory",
    ],
    ["flyApp", "services", unknownValue, "https-forced", "services"],
    ["flyApp", "services", unknownValue, "health-check-present", "services"],
    ["flyApp", "thresholds", [unknownValue], "thresholds-ordered", "thresholds[0]"],
    ["flyApp", "thresholds", unknownValue, "thresholds-strict", "thresholds"],
    ["flyApp", "public", unknownValue, "public-app-has-uptime-monitor", "public"],
    ["flyApp", "app", unknownValue, "fleet-not-empty", "app"],
    ["healthCheck", "timeout", unknownValue, "health-check-bounds", "timeout"],
    ["autoStop", "autoStopMachines", unknownValue, "auto-stop-needs-auto-start", "autoStopMachines"],
    ["autoscaling", "minMachinesRunning", unknownValue, "critical-apps-stay-up", "minMachinesRunning"],
    ["uptimeMonitor", "interval", unknownValue, "sleeping-app-not-polled", "interval"],
    ["flyToml", "settings", unknownValue, "fragment-lints-clean", "settings"],
  ] as const;

  test("is tried for every rule", () => {
    expect(cases.map(([, , , name]) => name).sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  test.each(cases)("fails: %s.%s = %j, %s", async (type, field, value, name, property) => {
    const violations = (await judged(withInputs(sound, type, { [field]: value }))).filter(
      ({ policy }) => policy === name,
    );
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatchObject({ level: "mandatory" });
    expect(violations[0]?.message).toContain(
      `${property} is not known in preview, so ${name} cannot judge it`,
    );
  });

  test("is never lowered to advisory by the SDK", async () => {
    for (const [type, field, value] of cases) {
      const violations = await judged(withInputs(sound, type, { [field]: value }));
      expect(violations.filter(({ level }) => level !== "mandatory")).toEqual([]);
    }
  });

  test("fails on a value of a shape that it does not know", async () => {
    const violations = await judged([{ type: resourceTypes.flyApp, name: "shop", inputs: {} }]);
    const failed = new Set(violations.map(({ policy }) => policy));
    for (const name of ["worker-memory-floor", "thresholds-ordered", "thresholds-strict"]) {
      expect(failed).toContain(name);
    }
    expect(violations.every(({ level }) => level === "mandatory")).toBe(true);
  });

  test("sees a secret value as it is", async () => {
    const memory = (value: unknown) =>
      withInputs(sound, "flyApp", {
        processGroups: [{ field: "processGroups.worker", role: "worker", vm: { memory: value } }],
      });
    expect(await judged(memory(secret("2gb")))).toEqual([]);
    expect(await judged(memory(secret("1gb")))).toMatchObject([{ policy: "worker-memory-floor" }]);
  });
});

describe("the kit", () => {
  test("shows what the SDK does with an unknown that nobody catches: the reason for all this", async () => {
    const careless = {
      name: "careless",
      description: "Reads an unknown.",
      enforcementLevel: "mandatory" as const,
      validateResource: ({ props }: { props: Record<string, unknown> }) => {
        if (props.size === "huge") throw new Error("unreachable");
      },
    };
    const violations = await violationsOf(
      [careless],
      [{ type: "a:b:C", name: "c", inputs: { size: unknownValue } }],
    );
    expect(violations).toMatchObject([{ policy: "careless", level: "advisory" }]);
  });
});
