import { describe, expect, test } from "vitest";
import { fleet as hotdash } from "../../infra/fleet";
import type { AppDeclaration } from "../../infra/model/app";
import { Refusal } from "../../infra/model/diagnostics";
import { parseSettings, resolveFleet } from "../../infra/model/fleet";
import { defaultThresholds, thresholdOf } from "../../infra/model/signals";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

const refusal = (make: () => unknown): Refusal => {
  try {
    make();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

const fields = (error: Refusal): string[] => error.diagnostics.map(({ field }) => field);

/** A declaration as a person might type it, past what the compiler checks. */
const typo = (changes: object): AppDeclaration => ({ ...soundApp(), ...changes });

describe("the HotDash fleet", () => {
  const { apps } = hotdashFleet();
  const app = (name: string) => apps.find((candidate) => candidate.name === name);

  test("has every app of the runbook and production", () => {
    expect(apps.map(({ name }) => name).sort()).toEqual([
      "hotdash-agent-service",
      "hotdash-chatwoot",
      "hotdash-llamaindex-mcp",
      "hotdash-production",
      "hotdash-staging",
      "hotdash-staging-db",
    ]);
  });

  test("takes the runbook's table where a declaration says nothing", () => {
    const production = app("hotdash-production")?.thresholds ?? [];
    expect(thresholdOf(production, "cpu", "critical")).toMatchObject({
      above: 90,
      for: "5m",
      unit: "percent",
    });
    expect(thresholdOf(production, "memory", "critical")).toMatchObject(defaultThresholds.memory.critical);
    expect(thresholdOf(production, "errorRate", "info")).toMatchObject({ above: 0.5, for: "15m" });
  });

  test("has the app-specific thresholds of the runbook", () => {
    expect(thresholdOf(app("hotdash-chatwoot")?.thresholds ?? [], "latencyP95", "warning")?.above).toBe(500);
    expect(thresholdOf(app("hotdash-chatwoot")?.thresholds ?? [], "latencyP95", "info")).toBeUndefined();
    expect(thresholdOf(app("hotdash-chatwoot")?.thresholds ?? [], "sidekiqQueue", "critical")?.above).toBe(
      1_000,
    );
    expect(thresholdOf(app("hotdash-staging")?.thresholds ?? [], "latencyP95", "warning")?.above).toBe(800);
    expect(
      thresholdOf(app("hotdash-llamaindex-mcp")?.thresholds ?? [], "mcpQueryP95", "critical")?.above,
    ).toBe(1_000);
    expect(
      thresholdOf(app("hotdash-agent-service")?.thresholds ?? [], "approvalQueueAge", "warning")?.above,
    ).toBe(30);
  });

  test("sends the header of the runbook with every HTTP check", () => {
    const checks = apps.flatMap(({ processGroups }) =>
      Object.values(processGroups).flatMap((group) => [
        ...group.checks,
        ...group.services.flatMap((service) => service.checks),
      ]),
    );
    const http = checks.filter((check) => check.type === "http");
    expect(http.length).toBeGreaterThan(6);
    for (const check of http) expect(check.headers).toEqual({ "X-Monitoring": "fly-health-check" });
  });
});

describe("mistakes in declarations", () => {
  test("all are reported at once, each with file, field, value, limit and mend", () => {
    const broken = typo({
      region: "Amsterdam",
      alertLevel: "fatal",
      colour: "red",
      uptime: [{ kind: "poll", name: "health", path: "health" }],
    });
    const error = refusal(() => fleetOf([broken]));
    expect(fields(error).sort()).toEqual(["alertLevel", "colour", "region", "uptime[0].path"]);
    expect(error.diagnostics.find(({ field }) => field === "region")).toEqual({
      file: "infra/fleet/shop.ts",
      subject: "shop",
      field: "region",
      value: "Amsterdam",
      limit: "a region code of three letters",
      mend: 'write it as "ord" or "iad"',
    });
    expect(error.message).toContain("4 mistakes to mend before anything is applied");
    expect(error.message).toContain('shop: alertLevel is "fatal"');
  });

  test.each<[string, object, string]>([
    [
      "a number where a duration belongs",
      { uptime: [{ kind: "poll", name: "a", path: "/", interval: 60 }] },
      "uptime[0].interval",
    ],
    ["no process group", { processGroups: {} }, "processGroups"],
    [
      "memory without unit",
      { processGroups: { app: { role: "service", vm: { cpuKind: "shared", cpus: 1, memory: "512" } } } },
      "processGroups.app.vm.memory",
    ],
    [
      "a number of CPUs Fly has not",
      { processGroups: { app: { role: "service", vm: { cpuKind: "shared", cpus: 3, memory: "1gb" } } } },
      "processGroups.app.vm.cpus",
    ],
    [
      "more memory than the CPUs carry",
      { processGroups: { app: { role: "service", vm: { cpuKind: "shared", cpus: 1, memory: "4gb" } } } },
      "processGroups.app.vm.memory",
    ],
    [
      "auto-stop without a service",
      {
        processGroups: {
          app: { role: "worker", autoStop: { autoStopMachines: "stop", autoStartMachines: true } },
        },
      },
      "processGroups.app.autoStop",
    ],
    [
      "two groups without commands",
      { processGroups: { web: { role: "service" }, worker: { role: "worker", command: "work" } } },
      "processGroups.web.command",
    ],
    [
      "two monitors of one name",
      {
        uptime: [
          { kind: "poll", name: "a", path: "/" },
          { kind: "poll", name: "a", path: "/b" },
        ],
      },
      "uptime[1].name",
    ],
    ["a threshold of a signal that is not", { thresholds: { cpus: {} } }, "thresholds.cpus"],
  ])("%s is refused", (_, changes, field) => {
    const base = { ...changes, ...("uptime" in changes ? {} : { uptime: [] }) };
    expect(fields(refusal(() => fleetOf([typo(base)])))).toEqual([field]);
  });

  test("polling what scales to zero is refused, since it would keep it awake", () => {
    const { processGroups } = soundApp();
    const app = processGroups["app"];
    const sleeping = typo({
      processGroups: {
        app: {
          ...app,
          autoscaling: { minMachinesRunning: 0, maxMachines: 1 },
          autoStop: { autoStopMachines: "stop", autoStartMachines: true },
        },
      },
    });
    const [mistake] = refusal(() => fleetOf([sleeping])).diagnostics;
    expect(mistake).toMatchObject({
      field: "uptime[0].kind",
      value: "poll",
      mend: 'write kind: "cold-start"',
    });
  });

  test("what is well-formed but too lax is not the model's business", () => {
    expect(() =>
      fleetOf([soundApp({ thresholds: { cpu: { critical: { above: 99, for: "1h" } } } })]),
    ).not.toThrow();
  });
});

describe("a stack's settings", () => {
  test("name every mistake with the stack's file", () => {
    const error = refusal(() =>
      parseSettings("staging", { environment: "stagign", apps: [], timeDivisor: 0, colour: 1 }),
    );
    expect(fields(error).sort()).toEqual(["apps", "colour", "environment", "timeDivisor"]);
    expect(new Set(error.diagnostics.map(({ file }) => file))).toEqual(new Set(["Pulumi.staging.yaml"]));
  });

  test("an unknown app is refused with the nearest name", () => {
    const settings = parseSettings("production", {
      environment: "production",
      apps: ["hotdash-chatwoot", "hotdash-stagign"],
      overrides: { "hotdash-chatwot": {} },
      addresses: { other: "http://127.0.0.1:1" },
    });
    const { diagnostics } = refusal(() => resolveFleet(hotdash, settings));
    expect(diagnostics.map(({ field, value, mend }) => [field, value, mend])).toEqual([
      ["apps", "hotdash-stagign", "did you mean hotdash-staging?"],
      ["overrides", "hotdash-chatwot", "did you mean hotdash-chatwoot?"],
      ["addresses", "other", "declare the app in infra/fleet, or remove the name"],
    ]);
  });

  test("an override is laid over the declaration and a mistake in it points at the stack's file", () => {
    const memory = (value: string) => ({
      "hotdash-chatwoot": { processGroups: { worker: { vm: { memory: value } } } },
    });
    const [chatwoot] = hotdashFleet({ overrides: memory("1gb") }).apps;
    expect(chatwoot?.processGroups["worker"]?.vm).toEqual({ cpuKind: "shared", cpus: 1, memory: "1gb" });
    expect(chatwoot?.overridden).toEqual(["processGroups.worker.vm.memory"]);

    const { diagnostics } = refusal(() => hotdashFleet({ overrides: memory("1g") }));
    expect(diagnostics).toMatchObject([
      {
        file: "Pulumi.test.yaml",
        subject: "hotdash-chatwoot",
        field: "processGroups.worker.vm.memory",
        value: "1g",
      },
    ]);
  });
});
