import { describe, expect, test } from "vitest";
import { limits } from "../../infra/model/limits";
import { mebibytes } from "../../infra/model/units";
import { autoStart, staysUp, workerMemory } from "../../policies/rules/machines";
import { soundApp } from "../support/declarations";
import { judgedBy, stackOf, withInputs } from "../support/policy-stack";

const sound = stackOf([soundApp()]);

describe("worker-memory-floor", () => {
  const floor = limits.workerMemoryFloor;
  const withGroup = (group: object) =>
    judgedBy(
      workerMemory,
      withInputs(sound, "flyApp", { processGroups: [{ field: "processGroups.worker", ...group }] }),
    );
  const vm = (memory: string) => ({ cpuKind: "shared", cpus: 1, memory });

  test("passes a worker at the floor and above", async () => {
    expect(await withGroup({ role: "worker", vm: vm(floor) })).toEqual([]);
    expect(await withGroup({ role: "worker", vm: vm(`${mebibytes(floor) + 256}mb`) })).toEqual([]);
  });

  test("refuses a worker just below it, naming the value, the limit and the line to write", async () => {
    const memory = `${mebibytes(floor) - 1}mb`;
    const [violation] = await withGroup({ role: "worker", vm: vm(memory) });
    expect(violation).toMatchObject({ level: "mandatory", resource: "shop" });
    expect(violation?.message).toContain(
      `infra/fleet/shop.ts:7  shop: processGroups.worker.vm.memory is "${memory}"`,
    );
    expect(violation?.message).toContain(`${floor} or more`);
    expect(violation?.message).toContain(`write memory: "${floor}"`);
  });

  test("refuses a worker whose size is not declared", async () => {
    const [violation] = await withGroup({ role: "worker" });
    expect(violation?.message).toContain("shop: processGroups.worker.vm is missing");
  });

  test("lets other roles be small", async () => {
    for (const role of ["web", "service", "database"]) {
      expect(await withGroup({ role, vm: vm("256mb") })).toEqual([]);
    }
  });
});

describe("auto-stop-needs-auto-start", () => {
  const found = (changes: object) => judgedBy(autoStart, withInputs(sound, "autoStop", changes));

  test.each(["stop", "suspend"])("refuses %s without auto-start", async (autoStopMachines) => {
    const violations = await found({ autoStopMachines, autoStartMachines: false });
    expect(violations).toHaveLength(1);
    expect(violations[0]?.message).toContain(
      "shop: processGroups.app.autoStop.autoStartMachines is false\n" +
        `    allowed: true with autoStopMachines "${autoStopMachines}"\n` +
        "    mend:    write autoStartMachines: true",
    );
    expect(await found({ autoStopMachines, autoStartMachines: true })).toEqual([]);
  });

  test("lets machines that never stop go without it", async () => {
    expect(await found({ autoStopMachines: "off", autoStartMachines: false })).toEqual([]);
  });
});

describe("critical-apps-stay-up", () => {
  const floor = limits.criticalMachinesFloor;
  const critical = { environment: "production", alertLevel: "critical", workload: "serving" };
  const scaling = (changes: object) =>
    judgedBy(staysUp, withInputs(sound, "autoscaling", { ...critical, ...changes }));
  const stop = (changes: object) =>
    judgedBy(staysUp, withInputs(sound, "autoStop", { ...critical, ...changes }));

  test("passes the floor, and machines that never stop", async () => {
    expect(await scaling({ minMachinesRunning: floor })).toEqual([]);
    expect(await stop({ autoStopMachines: "off" })).toEqual([]);
  });

  test("refuses fewer machines", async () => {
    const [violation] = await scaling({ minMachinesRunning: floor - 1 });
    expect(violation?.message).toContain(
      `shop: processGroups.app.autoscaling.minMachinesRunning is ${floor - 1}`,
    );
    expect(violation?.message).toContain(`write minMachinesRunning: ${floor}`);
  });

  test.each(["stop", "suspend"])("refuses autoStopMachines %s", async (autoStopMachines) => {
    const [violation] = await stop({ autoStopMachines });
    expect(violation?.message).toContain(
      `shop: processGroups.app.autoStop.autoStopMachines is "${autoStopMachines}"`,
    );
  });

  test.each([{ environment: "staging" }, { alertLevel: "warning" }, { workload: "background" }])(
    "lets others scale to zero: %o",
    async (changes) => {
      expect(await scaling({ minMachinesRunning: 0, ...changes })).toEqual([]);
      expect(await stop({ autoStopMachines: "stop", ...changes })).toEqual([]);
    },
  );

  test("does not pass a minimum that is not there", async () => {
    expect(await scaling({ minMachinesRunning: undefined })).toHaveLength(1);
  });
});
