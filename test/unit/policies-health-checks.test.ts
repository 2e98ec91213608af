import { describe, expect, test } from "vitest";
import { limits } from "../../infra/model/limits";
import { durationOf, milliseconds } from "../../infra/model/units";
import { healthCheckBounds, healthCheckPresent } from "../../policies/rules/health-checks";
import { soundApp } from "../support/declarations";
import { judgedBy, stackOf, withInputs, without } from "../support/policy-stack";

const sound = stackOf([soundApp()]);

describe("health-check-present", () => {
  const found = (resources: typeof sound) => judgedBy(healthCheckPresent, resources);

  test("passes an app whose group with a service has a service check", async () => {
    expect(await found(sound)).toEqual([]);
  });

  test("passes a group without services by a top-level check", async () => {
    const database = soundApp({
      processGroups: {
        app: {
          role: "database",
          checks: [
            { name: "pg", type: "tcp", port: 5432, interval: "15s", timeout: "5s", gracePeriod: "10s" },
          ],
        },
      },
      uptime: [],
    });
    expect(await found(stackOf([database]))).toEqual([]);
    const [violation] = await found(without(stackOf([database]), "healthCheck"));
    expect(violation?.message).toContain("shop: processGroups.app.checks is []");
  });

  test("names app, field, limit and mend where a check is missing", async () => {
    const [violation, ...others] = await found(without(sound, "healthCheck"));
    expect(others).toEqual([]);
    expect(violation?.message).toContain(
      "infra/fleet/shop.ts:7  shop: processGroups.app.services[0].checks is []",
    );
    expect(violation?.message).toContain("at least 1 service check");
    expect(violation?.message).toContain('write checks: [{ name: "health"');
  });

  test("does not take a top-level check for a service check", async () => {
    expect(await found(withInputs(sound, "healthCheck", { kind: "top-level" }))).toHaveLength(1);
  });

  test("does not take a check of another app or group for this one's", async () => {
    expect(await found(withInputs(sound, "healthCheck", { app: "other" }))).toHaveLength(1);
    expect(await found(withInputs(sound, "healthCheck", { processGroup: "worker" }))).toHaveLength(1);
  });

  test("asks once a group, and each group of an app", async () => {
    const group = (port: number) => ({
      ...soundApp().processGroups.app,
      role: "web" as const,
      command: "run",
      services: [port, port + 1].map((internalPort) => ({
        kind: "tcp" as const,
        internalPort,
        ports: [{ port: internalPort }],
      })),
    });
    const app = soundApp({ processGroups: { web: group(1000), api: group(2000) } });
    expect(await found(stackOf([app]))).toHaveLength(2);
  });
});

describe("health-check-bounds", () => {
  const found = (changes: object) => judgedBy(healthCheckBounds, withInputs(sound, "healthCheck", changes));
  const before = (duration: Parameters<typeof milliseconds>[0]) => durationOf(milliseconds(duration) - 1);
  const after = (duration: Parameters<typeof milliseconds>[0]) => durationOf(milliseconds(duration) + 1);
  const { interval, timeout, gracePeriod } = limits.healthCheck;

  test.each([
    ["the least interval", { interval: interval.min, timeout: timeout.min }],
    ["the greatest interval", { interval: interval.max }],
    ["the least timeout", { timeout: timeout.min }],
    ["the greatest timeout", { interval: interval.max, timeout: timeout.max }],
    ["the least grace period", { gracePeriod: gracePeriod.min }],
    ["the greatest grace period", { gracePeriod: gracePeriod.max }],
    ["a timeout as long as the interval", { interval: interval.min, timeout: interval.min }],
  ])("passes %s", async (_, changes) => {
    expect(await found(changes)).toEqual([]);
  });

  test.each([
    ["interval", { interval: before(interval.min), timeout: timeout.min }, interval.min],
    ["interval", { interval: after(interval.max) }, interval.max],
    ["timeout", { timeout: before(timeout.min) }, timeout.min],
    ["timeout", { interval: interval.max, timeout: after(timeout.max) }, timeout.max],
    ["gracePeriod", { gracePeriod: before(gracePeriod.min) }, gracePeriod.min],
    ["gracePeriod", { gracePeriod: after(gracePeriod.max) }, gracePeriod.max],
    ["timeout", { interval: interval.min, timeout: after(interval.min) }, interval.min],
  ] as const)("refuses a %s just outside", async (field, changes, nearest) => {
    const violations = await found(changes);
    expect(violations).toHaveLength(1);
    const value = JSON.stringify((changes as Partial<Record<string, string>>)[field]);
    expect(violations[0]?.message).toContain(
      `shop: processGroups.app.services[0].checks[0].${field} is ${value}`,
    );
    expect(violations[0]?.message).toContain(`write ${field}: "${nearest}"`);
    expect(violations[0]).toMatchObject({ level: "mandatory", resource: "shop-app-health" });
  });

  test("reports every field that is outside", async () => {
    const wild = { interval: after(interval.max), timeout: after(timeout.max), gracePeriod: "0s" };
    expect(await found(wild)).toHaveLength(3);
  });
});
