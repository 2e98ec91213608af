import { beforeEach, describe, expect, it } from "vitest";
import { diff } from "../../infra/provider/diff";
import type { MachineSettingsInputs } from "../../infra/model/machine-settings";
import { fakeFly, type FakeFly } from "../support/fake-machines-api";
import {
  asDeployed,
  bench,
  declare,
  deployed,
  isPartial,
  withPath,
  type Bench,
} from "../support/machine-settings-kit";
import { virtualClock, type VirtualClock } from "../support/virtual-clock";

let clock: VirtualClock;
let fly: FakeFly;
let run: Bench;

beforeEach(() => {
  clock = virtualClock(1);
  fly = fakeFly(clock);
  run = bench(fly, clock);
});

const actions = (): string[] => fly.calls.map(({ action }) => action);
const pathsOf = (): unknown[] =>
  fly.machines.map(({ config }) => {
    const [service] = config["services"] as { checks: { path: string }[] }[];
    return service?.checks[0]?.path;
  });
const leases = () => fly.machines.filter(({ lease }) => lease !== undefined);
const two = (): void => {
  fly.add({ config: deployed() });
  fly.add({ config: deployed() });
};
const diffOf = (
  state: MachineSettingsInputs,
  declared: MachineSettingsInputs,
  oldInputs = declared,
): string[] =>
  diff({
    state: run.kind.managed?.(state, declared) ?? state,
    oldInputs,
    newInputs: declared,
    inputNames: Object.keys(run.kind.inputs.shape),
    replaceOn: run.kind.replaceOn,
    drifted: [],
    ignoreChanges: [],
  }).map(({ path }) => path);

describe("bringing machines in line", () => {
  it("sends nothing but one look where all are in line, whatever way Fly spells it", async () => {
    two();
    expect(await run.create(declare())).toEqual(declare());
    expect(actions()).toEqual(["list"]);
  });

  it("updates one after the other, and keeps every field that is not its own", async () => {
    two();
    const state = await run.create(
      declare(withPath("/ready", { guest: { cpu_kind: "shared", cpus: 1, memory_mb: 1024 } })),
    );
    expect(
      diffOf(state, declare(withPath("/ready", { guest: { cpu_kind: "shared", cpus: 1, memory_mb: 1024 } }))),
    ).toEqual([]);
    expect(pathsOf()).toEqual(["/ready", "/ready"]);
    const [machine] = fly.machines;
    const { services, guest } = machine?.config ?? {};
    expect(machine?.config).toEqual({ ...deployed(), services, guest });
    expect(guest).toEqual({ cpu_kind: "shared", cpus: 1, memory_mb: 1024, kernel_args: ["quiet"] });
    expect(services).toMatchObject([{ ports: [{ port: 443 }], force_instance_key: null }]);
    expect(fly.violations).toEqual([]);
    expect(leases()).toEqual([]);
    expect(fly.calls.filter(({ status }) => status === 429)).toEqual([]);
  });

  it("sends the version it has read and the lease it holds", async () => {
    fly.add({ config: deployed() });
    await run.create(declare(withPath("/ready")));
    const update = fly.calls.find(({ action }) => action === "update");
    expect(update).toMatchObject({
      headers: {
        "fly-machine-lease-nonce": "n1",
        Authorization: expect.stringMatching(/^FlyV1 fm2_/) as string,
      },
      body: { current_version: "v1", skip_launch: false },
    });
  });

  it("updates stopped and suspended machines without starting them, after the running ones", async () => {
    fly.add({ config: deployed(), state: "stopped" });
    fly.add({ config: deployed(), state: "suspended" });
    fly.add({ config: deployed() });
    await run.create(declare(withPath("/ready")));
    expect(fly.machines.map(({ state }) => state)).toEqual(["stopped", "stopped", "started"]);
    expect(fly.calls.filter(({ action }) => action === "update").map(({ machine }) => machine)).toEqual([
      "m3",
      "m1",
      "m2",
    ]);
    expect(fly.violations).toEqual([]);
  });

  it("leaves standbys, machines of release commands, consoles, schedules and of nobody alone", async () => {
    fly.add({ config: deployed() });
    const metadata = (group: string) => ({
      metadata: { fly_process_group: group, fly_platform_version: "v2" },
    });
    fly.add({ config: deployed({ standbys: ["m1"] }), state: "stopped" });
    fly.add({ config: deployed(metadata("fly_app_release_command")), state: "stopped" });
    fly.add({ config: deployed(metadata("fly_app_console")) });
    fly.add({ config: deployed({ schedule: "daily" }), state: "stopped" });
    fly.add({ config: deployed({ metadata: {} }) });
    fly.add({ config: deployed(metadata("worker")) });
    await run.create(declare(withPath("/ready")));
    expect(pathsOf()).toEqual(["/ready", ...Array<string>(6).fill("/health")]);
  });

  it("keeps a cordoned machine cordoned", async () => {
    fly.add({ config: deployed(), cordoned: true });
    fly.onUpdate = (machine) => {
      machine.cordoned = false;
    };
    await run.create(declare(withPath("/ready")));
    expect(fly.machines[0]?.cordoned).toBe(true);
  });

  it("takes out no machine while another does not serve, and names that one", async () => {
    two();
    fly.failing = (config) => (config["broken"] === true ? "connection refused" : undefined);
    const sick = fly.add({ config: { ...deployed(), broken: true } });
    sick.config = {
      ...sick.config,
      services: [
        {
          ...(sick.config["services"] as object[])[0],
          checks: [{ ...asDeployed.services?.[0]?.checks?.[0], path: "/ready" }],
        },
      ],
    };
    const { message } = await run.failing(() => run.kind.create(declare(withPath("/ready")), run.context));
    expect(message).toContain(
      "the machine m3 (app) does not pass its check servicecheck-00-http-8080 (critical: connection refused)",
    );
    expect(actions()).not.toContain("update");
  });

  it("updates a machine first that is out of service by its own settings", async () => {
    fly.failing = (config) => (JSON.stringify(config).includes("/wrong") ? "404" : undefined);
    fly.add({ config: deployed() });
    fly.add({
      config: JSON.parse(
        JSON.stringify(deployed()).replace("/health", "/wrong"),
      ) as (typeof fly.machines)[0]["config"],
    });
    await run.create(declare(withPath("/ready")));
    expect(fly.calls.filter(({ action }) => action === "update").map(({ machine }) => machine)).toEqual([
      "m2",
      "m1",
    ]);
    expect(fly.violations).toEqual([]);
  });

  it("skips a machine whose host is gone, says so, and takes it up again", async () => {
    two();
    const [lost] = fly.machines;
    if (lost !== undefined) lost.host = "unreachable";
    const { message, error } = await run.failing(() =>
      run.kind.create(declare(withPath("/ready")), run.context),
    );
    expect(message).toContain("The host of the machine m1 of shop (app) is unreachable");
    expect(isPartial(error)).toBe(true);
    expect(pathsOf()).toEqual(["/health", "/ready"]);
    if (lost !== undefined) lost.host = "ok";
    await run.create(declare(withPath("/ready")));
    expect(pathsOf()).toEqual(["/ready", "/ready"]);
  });
});

describe("an update that fails", () => {
  it("gives the machine its former config, leaves the rest, and names machine, check and output", async () => {
    two();
    const before = structuredClone(fly.machines.map(({ config }) => config));
    fly.failing = (config) =>
      JSON.stringify(config).includes("/wrong") ? "HTTP GET /wrong: 404 Not Found" : undefined;
    const { message, error } = await run.failing(() =>
      run.kind.create(declare(withPath("/wrong")), run.context),
    );
    expect(message).toContain("updating the machine m1 of shop (app)");
    expect(message).toContain("servicecheck-00-http-8080 (critical: HTTP GET /wrong: 404 Not Found)");
    expect(message).toContain("It has its former settings again");
    expect(
      JSON.parse(
        JSON.stringify(fly.machines.map(({ config }) => config)).replaceAll(
          '"autostop":false',
          '"autostop":"off"',
        ),
      ),
    ).toEqual(before);
    expect(fly.calls.filter(({ action }) => action === "update").map(({ machine }) => machine)).toEqual([
      "m1",
      "m1",
    ]);
    expect(fly.machines.map((machine) => fly.isServing(machine))).toEqual([true, true]);
    expect(
      isPartial(error) && diffOf(error.state as MachineSettingsInputs, declare(withPath("/wrong"))),
    ).toEqual(["processGroups.app.services[0].checks[0].path"]);
    expect(fly.violations).toEqual([]);
    expect(leases()).toEqual([]);
  });

  it("does so where the program ends at once, with its exit code", async () => {
    two();
    fly.crashing = (config) => JSON.stringify(config).includes('"memory_mb":256');
    const { message } = await run.failing(() =>
      run.kind.create(
        declare({ ...asDeployed, guest: { cpu_kind: "shared", cpus: 1, memory_mb: 256 } }),
        run.context,
      ),
    );
    expect(message).toContain("with the new settings it is stopped after exit code 1");
    expect(fly.machines.map((machine) => fly.isServing(machine))).toEqual([true, true]);
  });

  it("keeps what is done already in the state", async () => {
    two();
    fly.failing = (config) =>
      JSON.stringify(config).includes("/ready") && fly.machines[1]?.config === config ? "500" : undefined;
    const { error } = await run.failing(() => run.kind.create(declare(withPath("/ready")), run.context));
    expect(pathsOf()).toEqual(["/ready", "/health"]);
    expect(
      isPartial(error) &&
        (error.state as MachineSettingsInputs).processGroups["app"]?.services?.[0]?.checks?.[0]?.path,
    ).toBe("/health");
    fly.failing = () => undefined;
    await run.create(declare(withPath("/ready")));
    expect(pathsOf()).toEqual(["/ready", "/ready"]);
  });

  it.each(["reset-acting", "500-acting", "timeout-acting", "truncated-acting"] as const)(
    "looks up what became of an update whose answer was lost (%s), and sends none twice",
    async (kind) => {
      two();
      let struck = 0;
      fly.fault = ({ action }) => (action === "update" && struck++ === 0 ? kind : undefined);
      expect(await run.create(declare(withPath("/ready")))).toEqual(declare(withPath("/ready")));
      expect(actions().filter((action) => action === "update")).toHaveLength(2);
      expect(fly.violations).toEqual([]);
    },
  );

  it("makes the update anew, from the config of the moment, where a deploy came between", async () => {
    fly.add({ config: deployed() });
    let struck = 0;
    fly.fault = ({ action }) => {
      const [machine] = fly.machines;
      if (action !== "update" || struck++ > 0 || machine === undefined) return undefined;
      machine.config = deployed({ image: "registry.fly.io/shop:deployment-02" });
      machine.version += 1;
      return undefined;
    };
    await run.create(declare(withPath("/ready")));
    expect(fly.machines[0]?.config["image"]).toBe("registry.fly.io/shop:deployment-02");
    expect(pathsOf()).toEqual(["/ready"]);
  });

  it("stops at an interrupt, gives the lease back and says how to go on", async () => {
    two();
    const interrupt = new AbortController();
    run = bench(fly, clock, interrupt.signal);
    fly.onUpdate = () => {
      interrupt.abort(new Error("the run was interrupted"));
    };
    const { message } = await run.failing(() => run.kind.create(declare(withPath("/ready")), run.context));
    expect(message).toContain("the run was interrupted");
    expect(pathsOf()).toEqual(["/ready", "/health"]);
    expect(leases()).toEqual([]);
  });

  it("refuses before anything is touched what no update can bring about", async () => {
    const nothing = await run.failing(() => run.kind.create(declare(), run.context));
    expect(nothing.message).toContain(
      "it has no machines that a deploy has made. Deploy the app first: `fly deploy -a shop`",
    );
    two();
    const group = await run.failing(() =>
      run.kind.create(
        declare(asDeployed, { processGroups: { app: withPath("/x"), worker: { count: 1 } } }),
        run.context,
      ),
    );
    expect(group.message).toContain("no machines in the process group worker");
    const service = await run.failing(() =>
      run.kind.create(
        declare({ services: [{ internal_port: 9000, protocol: "tcp", autostart: true }] }),
        run.context,
      ),
    );
    expect(service.message).toContain(
      "m1 (app) has no service on tcp/9000; m2 (app) has no service on tcp/9000",
    );
    expect(actions()).not.toContain("update");
  });

  it("names the key to set where the token is missing or refused, and the app where there is none", async () => {
    two();
    const without = { ...run.context, configuration: { ...run.context.configuration, flyToken: undefined } };
    expect((await run.failing(() => run.kind.create(declare(), without))).message).toContain(
      "flymon:flyToken",
    );
    const elsewhere = await run.failing(() =>
      run.kind.create(declare(asDeployed, { app: "shopp" }), run.context),
    );
    expect(elsewhere.message).toContain("there is no app of that name");
    fly.fault = () => "403" as never;
    const refused = await run.failing(() => run.kind.create(declare(), run.context));
    expect(refused.message).toMatch(
      /answered 403 .*fly-request-id 01REQ-ord.*flymon:flyToken \(or FLY_API_TOKEN\) may not/,
    );
  });
});

describe("how many machines there are", () => {
  const three = (more: Partial<typeof asDeployed> = {}) => declare({ ...asDeployed, count: 3, ...more });

  it("copies what is missing from one that serves, marked, in its region", async () => {
    fly.add({ config: deployed(), region: "ams" });
    fly.add({ config: deployed(), region: "ord" });
    expect(await run.create(three())).toEqual(three());
    expect(fly.machines).toHaveLength(3);
    expect(fly.machines[2]).toMatchObject({
      name: "app-1",
      region: "ord",
      state: "started",
      config: { future_field: { kept: [1, { deep: true }] }, metadata: { flymon_created: "app-1" } },
    });
    expect(leases()).toEqual([]);
  });

  it("makes no second one when the answer of a create is lost", async () => {
    two();
    let lost = 0;
    fly.fault = ({ action }) => (action === "create" && lost++ === 0 ? "reset-acting" : undefined);
    await run.create(three());
    expect(fly.machines).toHaveLength(3);
    expect(actions().filter((action) => action === "create")).toHaveLength(1);
  });

  it("removes a copy again that does not serve", async () => {
    two();
    fly.failing = (config) =>
      (config["metadata"] as object | undefined) && "flymon_created" in (config["metadata"] as object)
        ? "refused"
        : undefined;
    const { message } = await run.failing(() => run.kind.create(three(), run.context));
    expect(message).toContain("it is removed again");
    expect(fly.machines.map(({ state }) => state)).toEqual(["started", "started", "destroyed"]);
  });

  it("never copies a volume: it names the command", async () => {
    fly.add({ config: deployed({ mounts: [{ volume: "vol_1", path: "/data" }] }) });
    const { message, error } = await run.failing(() => run.kind.create(three(), run.context));
    expect(message).toContain("`fly scale count 3 --process-group app -a shop`");
    expect(isPartial(error) && diffOf(error.state as MachineSettingsInputs, three())).toEqual([
      "processGroups.app.count",
    ]);
    expect(fly.machines).toHaveLength(1);
  });

  it("leaves a surplus with a warning, and no difference, unless it is allowed to remove it", async () => {
    for (const state of ["started", "started", "stopped", "started", "stopped"] as const)
      fly.add({ config: deployed(), state });
    const state = await run.create(three());
    expect(state).toEqual(three());
    expect(run.logged.join()).toContain("2 more than declared; they stay");
    expect(actions()).not.toContain("delete");
    await run.create(three({ removeSurplus: true }));
    expect(fly.machines.map((machine) => machine.state)).toEqual([
      "started",
      "started",
      "destroyed",
      "started",
      "destroyed",
    ]);
  });

  it("stops a running surplus before it goes, and keeps the minimum running", async () => {
    for (let index = 0; index < 3; index++) fly.add({ config: deployed() });
    await run.create(declare({ ...asDeployed, count: 1, removeSurplus: true }));
    expect(fly.machines.map((machine) => machine.state)).toEqual(["started", "destroyed", "destroyed"]);
    expect(fly.violations).toEqual([]);
  });
});

describe("looking at machines", () => {
  const read = (declared: MachineSettingsInputs, state = declared) =>
    clock.run(() => run.kind.read("shop", state, run.context, declared));

  it("shows what was changed outside, value by value, the same at each look", async () => {
    two();
    const [first] = fly.machines;
    if (first !== undefined)
      first.config = deployed({
        services: [{ ...(deployed()["services"] as object[])[0], min_machines_running: 0 }],
      });
    const found = await read(declare());
    expect(found?.inputs).toEqual(declare());
    expect(diffOf(found?.state as MachineSettingsInputs, declare())).toEqual([
      "processGroups.app.services[0].min_machines_running",
    ]);
    expect(run.logged).toEqual([
      "warning: app: services[0].min_machines_running 1 -> 0 on m1, changed outside",
    ]);
    const again = await read(declare(), found?.state);
    expect(again?.state).toEqual(found?.state);
  });

  it("imports by the app's name, with an empty difference", async () => {
    two();
    const found = await clock.run(() => run.kind.read("shop", undefined, run.context));
    const imported = found?.state as MachineSettingsInputs;
    expect(imported.processGroups["app"]?.services?.[0]).toMatchObject({
      autostop: "off",
      min_machines_running: 1,
    });
    const checked = run.kind.normalize?.(imported, run.context) as MachineSettingsInputs;
    expect(diffOf(imported, checked)).toEqual([]);
    expect(diffOf(imported, declare(asDeployed, { waitTimeout: "5m", primaryRegion: undefined }))).toEqual(
      [],
    );
    expect(run.kind.inputs.safeParse(imported).success).toBe(true);
  });

  it("knows an app that is gone", async () => {
    expect(
      await clock.run(() => run.kind.read("shopp", declare(asDeployed, { app: "shopp" }), run.context)),
    ).toBeUndefined();
  });

  it("says at a preview what would be rebooted, and changes nothing", async () => {
    two();
    await clock.run(
      () => run.kind.forecast?.(declare(withPath("/ready", { count: 3 })), run.context) ?? Promise.resolve(),
    );
    expect(run.logged[0]).toBe(
      "info: app: m1 would be updated and rebooted: services[0].checks[0].path /health -> /ready",
    );
    expect(run.logged.at(-1)).toBe("info: app: machines would be added: 1");
    expect(actions()).toEqual(["list"]);
  });

  it("leaves the machines as they are when it is deleted, and says so", async () => {
    two();
    await run.kind.delete("shop", declare(), run.context);
    expect(run.logged.join()).toContain("keep their settings");
    expect(actions()).toEqual([]);
  });
});
