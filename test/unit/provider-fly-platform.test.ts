import { beforeEach, describe, expect, it } from "vitest";
import { fakeFly, type Config, type FakeFly } from "../support/fake-machines-api";
import {
  app,
  machine,
  machineInputs,
  newRun,
  volume,
  type Declared,
  type RunResult,
  type Stack,
} from "../support/fly-platform-kit";
import { virtualClock, type VirtualClock } from "../support/virtual-clock";

// Apps, volumes and machines against a Machines API in memory.

let clock: VirtualClock;
let fly: FakeFly;
let stack: Stack;

beforeEach(() => {
  clock = virtualClock(1);
  fly = fakeFly(clock);
  fly.estate.apps.clear();
  fly.rules.oneAtATime = false;
  fly.rules.restStays = false;
  stack = new Map();
});

const up = (...program: readonly Declared[]): Promise<RunResult> =>
  clock.run(() => newRun(fly, clock, stack).up(program));
const refresh = (): Promise<RunResult> => clock.run(() => newRun(fly, clock, stack).refresh());
const destroy = (): Promise<RunResult> => clock.run(() => newRun(fly, clock, stack).destroy());
const done = async (result: Promise<RunResult>): Promise<RunResult> => {
  const settled = await result;
  expect(settled.failures).toEqual([]);
  return settled;
};
const failing = async (result: Promise<RunResult>): Promise<string> => {
  const { failures } = await result;
  expect(failures).toHaveLength(1);
  return failures[0] ?? "";
};
const calls = (action: string): number => fly.calls.filter((call) => call.action === action).length;
const alive = () => fly.machines.filter(({ state }) => state !== "destroyed");
/** What is judged by itself, or not on Fly. */
const nothing = { env: undefined, files: undefined, checks: undefined, waitTimeout: undefined };
const only = () => {
  const [found, ...more] = alive();
  if (found === undefined || more.length > 0) throw new Error(`${alive().length} machines`);
  return found;
};
const configOf = (): Config => only().config;
/** A machine's config as somebody else changes it. */
const byHand = (change: Config): void => {
  const found = only();
  found.config = { ...found.config, ...change };
  found.version += 1;
};

describe("an app", () => {
  it("is made once, even where the answer was lost, and adopted by the next stack", async () => {
    let isLost = true;
    fly.fault = ({ action }) => {
      if (action !== "apps.create" || !isLost) return undefined;
      isLost = false;
      return "reset-acting";
    };
    await done(up(app()));
    expect(calls("apps.create")).toBe(1);
    stack.clear();
    await done(up(app()));
    expect(calls("apps.create")).toBe(1);
    expect((await done(up(app()))).operations.size).toBe(0);
  });

  it.each([
    ["another organization", { name: "shop", org: "rivals", network: "default" }, "organization rivals"],
    ["another network", { name: "shop", org: "acme", network: "apart" }, "in the network apart"],
  ])("refuses one of %s with a mend", async (_title, existing, words) => {
    fly.estate.apps.set("shop", existing);
    expect(await failing(up(app()))).toMatch(new RegExp(`creating the app shop: .*${words}.*\\. `));
    expect(calls("apps.create")).toBe(0);
  });

  it("of another organization is told at a preview already", async () => {
    fly.estate.apps.set("shop", { name: "shop", org: "rivals", network: "default" });
    const run = newRun(fly, clock, stack);
    const inputs = { name: "shop", org: "acme", onDestroy: "delete" };
    expect(await clock.run(() => run.preview("App", inputs))).toMatch(/taken by .* rivals \(name_taken\)/);
  });

  it("says what to do about a name that somebody has, and an organization that nobody sees", async () => {
    expect(await failing(up(app({ name: "google" })))).toContain(
      "the name google is taken by an app that the token does not see (name_taken). App names are unique",
    );
    expect(await failing(up(app({ org: "acne" })))).toContain("fly orgs list");
  });

  it("is not removed while machines of others are in it, and names them", async () => {
    await done(up(app()));
    fly.add({ name: "by-hand" });
    expect(await failing(destroy())).toContain(
      "machines are there that this stack has not made: m1 (by-hand)",
    );
    expect(fly.estate.apps.has("shop")).toBe(true);
  });

  it("stays with volumes that are kept, says so, and is taken in again with them", async () => {
    await done(up(app(), volume("data", { onDestroy: "keep" })));
    const { logged } = await done(destroy());
    expect(logged.join("\n")).toMatch(/vol_1 \(data\) of shop stays on Fly with its data/);
    expect(logged.join("\n")).toMatch(/The app shop stays on Fly with its volumes: vol_1 \(data\)/);
    await done(up(app(), volume()));
    expect(stack.get("data")?.id).toBe("vol_1");
    await done(destroy());
    expect([...fly.estate.apps.keys(), ...fly.estate.volumes]).toEqual([]);
  });

  it("stays where it is declared to, and where only its resource was renamed", async () => {
    await done(up(app({ onDestroy: "keep" })));
    expect((await done(destroy())).logged).toEqual(["info: The app shop stays on Fly, as declared."]);
    await done(up(app()));
    await done(up({ ...app(), name: "renamed" }));
    expect([...stack.keys()]).toEqual(["renamed"]);
    expect(fly.estate.apps.has("shop")).toBe(true);
  });

  it("is gone when somebody removed it", async () => {
    await done(up(app()));
    fly.estate.apps.clear();
    await refresh();
    expect(stack.size).toBe(0);
  });
});

describe("a volume", () => {
  const named = (name: string, region = "ord", sizeGb = 1) => {
    const found = { id: `vol_old_${fly.estate.volumes.length}`, name, region, sizeGb, retention: 5 };
    fly.estate.volumes.push(found);
    return found;
  };

  it("is the one of its name and region that no machine has, grown to its size", async () => {
    named("data", "ams");
    const attached = named("data");
    const free = named("data");
    fly.add({ name: "other", config: { mounts: [{ volume: attached.id, path: "/" }] } });
    await done(up(app(), volume()));
    expect(stack.get("data")?.id).toBe(free.id);
    expect(free.sizeGb).toBe(3);
    expect(calls("volumes.create")).toBe(0);
  });

  it("is made where none is free, once even where the answer was lost; two free ones are refused", async () => {
    let isLost = true;
    fly.fault = ({ action }) => {
      if (action !== "volumes.create" || !isLost) return undefined;
      isLost = false;
      return "timeout-acting";
    };
    await done(up(app(), volume("data", { snapshotRetention: 14 })));
    expect(fly.estate.volumes).toMatchObject([{ name: "data", sizeGb: 3, retention: 14 }]);
    fly.fault = () => undefined;
    stack.clear();
    named("data");
    expect(await failing(up(app(), volume()))).toContain(
      "2 volumes of that name in ord have no machine: vol_1, vol_old_1",
    );
  });

  it("gives two resources of one name two volumes, not one", async () => {
    await done(up(app(), volume("data"), { ...volume("data"), name: "second" }));
    expect(new Set([stack.get("data")?.id, stack.get("second")?.id]).size).toBe(2);
  });

  it("grows in place, never shrinks, and is not shrunk to what is declared after it grew by itself", async () => {
    await done(up(app(), volume()));
    const grown = await done(up(app(), volume("data", { sizeGb: 5 })));
    expect([grown.operations.get("data"), grown.paths.get("data")]).toEqual(["update", ["sizeGb"]]);
    expect(fly.estate.volumes).toMatchObject([{ sizeGb: 5 }]);
    expect(await failing(up(app(), volume("data", { sizeGb: 4 })))).toContain(
      "must be 5 or more: a volume cannot shrink",
    );
    for (const found of fly.estate.volumes) found.sizeGb = 9;
    expect((await refresh()).logged.join()).toContain("Declare sizeGb 9");
    expect((await done(up(app(), volume("data", { sizeGb: 5 })))).operations.size).toBe(0);
  });

  it("grows once where the answer was lost", async () => {
    await done(up(app(), volume()));
    fly.fault = ({ action }) => (action === "volumes.extend" ? "500-acting" : undefined);
    await done(up(app(), volume("data", { sizeGb: 5 })));
    expect(calls("volumes.extend")).toBe(1);
  });

  it("keeps what of it could not be changed, and the next up does it", async () => {
    await done(up(app(), volume()));
    fly.fault = ({ action }) => (action === "volumes.extend" ? "503" : undefined);
    expect(await failing(up(app(), volume("data", { sizeGb: 5 })))).toContain("changing the volume vol_1");
    fly.fault = () => undefined;
    expect((await done(up(app(), volume("data", { sizeGb: 5 })))).paths.get("data")).toEqual(["sizeGb"]);
  });

  it("waits until its machine has let go of it", async () => {
    await done(up(app(), volume()));
    const holder = fly.add({ config: { mounts: [{ volume: "vol_1", path: "/" }] } });
    let left = 3;
    fly.fault = ({ action }) => {
      if (action === "volumes.delete" && --left === 0) holder.state = "destroyed";
      return undefined;
    };
    await done(destroy());
    expect(fly.estate.volumes).toEqual([]);
  });
});

describe("a machine", () => {
  it("is made with all that is declared, started and healthy; the same again asks for nothing", async () => {
    await done(up(app(), volume(), machine("web", { metadata: { team: "r" } }, "data")));
    expect(fly.isServing(only())).toBe(true);
    expect(configOf()).toMatchObject({
      image: "registry.fly.io/echo:1",
      guest: { cpu_kind: "shared", cpus: 1, memory_mb: 256 },
      env: { PORT: "8080" },
      files: [{ guest_path: "/etc/flymon/config.yaml", raw_value: Buffer.from("a: 1\n").toString("base64") }],
      mounts: [{ volume: "vol_1", path: "/data" }],
      metadata: { fly_process_group: "web", flymon_resource: "tower/test/web", team: "r" },
    });
    expect(stack.get("web")?.state).toMatchObject({
      machineId: "m1",
      privateIp: "fdaa::m1",
      state: "started",
    });
    const before = fly.calls.length;
    expect(
      (await done(up(app(), volume(), machine("web", { metadata: { team: "r" } }, "data")))).paths.size,
    ).toBe(0);
    expect(fly.calls.length).toBe(before);
  });

  it("is asked for by one list for all that are made at once", async () => {
    await done(up(app(), ...["a", "b", "c", "d", "e", "f", "g"].map((name) => machine(name))));
    expect(alive()).toHaveLength(7);
    expect(calls("list")).toBe(1);
    expect(calls("create")).toBe(7);
    expect(fly.calls.filter(({ status }) => status === 429)).toEqual([]);
  });

  it("of an interrupted run is taken for its own, others' are not", async () => {
    await done(up(app(), machine()));
    stack.delete("web");
    await done(up(app(), machine("web", { env: { PORT: "8080", MORE: "1" } })));
    expect([only().id, configOf()["env"]]).toEqual(["m1", { PORT: "8080", MORE: "1" }]);
    stack.delete("web");
    byHand({ metadata: { flymon_resource: "tower/production/web" } });
    expect(await failing(up(app(), machine()))).toContain(
      'there is one of that name already (m1), made by tower/production/web. Import it ("shop/web")',
    );
  });

  it("is never made twice where the answer was lost, and two of a name are told", async () => {
    fly.rules.uniqueNames = false;
    let isLost = true;
    fly.fault = ({ action }) => {
      if (action !== "create" || !isLost) return undefined;
      isLost = false;
      return "truncated-acting";
    };
    await done(up(app(), machine()));
    expect(only().id).toBe("m1");
    fly.add({ name: "web" });
    stack.delete("web");
    expect(await failing(up(app(), machine()))).toContain("2 machines have the name web: m1, m2");
  });

  it.each<[string, Partial<ReturnType<typeof machineInputs>>, readonly string[]]>([
    ["image", { image: "registry.fly.io/echo:2" }, ["image"]],
    ["kind of CPUs", { cpuKind: "performance", memory: "2gb" }, ["cpuKind", "memory"]],
    ["a variable", { env: { PORT: "8080", NEW: "1" } }, ["env.NEW"]],
    ["a variable away", { env: {} }, ["env.PORT"]],
    ["all variables away", { env: undefined }, ["env"]],
    [
      "a file",
      { files: { "/etc/flymon/config.yaml": { content: "a: 2\n" } } },
      ['files["/etc/flymon/config.yaml"].content'],
    ],
    ["files away", { files: undefined }, ["files"]],
    ["the command", { init: { cmd: ["serve"] } }, ["init"]],
    ["the process group away", { processGroup: undefined }, ["processGroup"]],
    ["checks away", { checks: {} }, ["checks.alive"]],
    ["a service", { services: [{ internal_port: 8080, protocol: "tcp", autostart: true }] }, ["services"]],
    ["metrics", { metrics: { port: 9090, path: "/metrics" } }, ["metrics"]],
    ["restart", { restart: { policy: "always" } }, ["restart"]],
    ["stop", { stopConfig: { timeout: "1m" } }, ["stopConfig"]],
  ])("changes %s in place, there and back, and keeps what is not its own", async (_title, changes, paths) => {
    await done(up(app(), machine()));
    const mine = structuredClone(configOf());
    const foreign = { dns: { skip: true }, auto_destroy: false };
    byHand({ ...foreign, env: { ...(mine["env"] as Config), OTHERS: "kept" } });
    const there = await done(up(app(), machine("web", changes)));
    expect([there.operations.get("web"), there.paths.get("web")]).toEqual(["update", [...paths].sort()]);
    const found = await clock.run(() => newRun(fly, clock, new Map()).read("Machine", "shop/web"));
    const declared = machineInputs("web", changes);
    expect(found?.inputs).toMatchObject(JSON.parse(JSON.stringify({ ...declared, ...nothing })) as Config);
    const tables = { env: { ...declared.env, OTHERS: "kept" }, files: declared.files };
    expect({ env: found?.inputs["env"], files: found?.inputs["files"] }).toEqual(tables);
    for (const name of ["checks", "processGroup"] as const) {
      const isDeclared = Object.keys(declared[name] ?? {}).length > 0;
      expect([name, found?.inputs[name] !== undefined]).toEqual([name, isDeclared]);
    }
    expect((await done(up(app(), machine("web", changes)))).operations.size).toBe(0);
    await refresh();
    expect((await done(up(app(), machine("web", changes)))).operations.size).toBe(0);
    await done(up(app(), machine()));
    const now = JSON.parse(JSON.stringify(configOf())) as Config;
    expect(now).toMatchObject(foreign);
    expect((now["env"] as Config)["OTHERS"]).toBe("kept");
    for (const key of ["dns", "auto_destroy"]) Reflect.deleteProperty(now, key);
    Reflect.deleteProperty(now["env"] as Config, "OTHERS");
    for (const [key, value] of Object.entries(now)) {
      if (!(key in mine)) expect([{}, []]).toContainEqual(value);
    }
    expect(now).toMatchObject(mine);
    expect(only().id).toBe("m1");
  });

  it("is made anew in another region, the old one away first", async () => {
    await done(up(app(), machine()));
    const { operations, paths } = await done(up(app(), machine("web", { region: "ams" })));
    expect([operations.get("web"), paths.get("web")]).toEqual(["replace", ["region"]]);
    expect(only()).toMatchObject({ region: "ams", name: "web" });
    expect(calls("stop")).toBe(1);
    const verbs = fly.calls.map(({ action }) => action);
    expect(verbs.indexOf("stop")).toBeLessThan(verbs.indexOf("delete"));
    expect(verbs.lastIndexOf("create")).toBeGreaterThan(verbs.indexOf("delete"));
  });

  it("gets its former config back where it does not come up with the new one, and says why", async () => {
    await done(up(app(), machine()));
    const before = structuredClone(configOf());
    fly.crashing = (config) => (config["env"] as Config | undefined)?.["PORT"] === "1";
    const message = await failing(up(app(), machine("web", { env: { PORT: "1" } })));
    expect(message).toMatch(/updating the machine web \(m1\) of shop: with the new config it is stopped/);
    expect(message).toContain("after exit code 1; its latest events: exit (exit code 1). It has its former");
    expect(configOf()).toEqual(before);
    expect(fly.isServing(only())).toBe(true);
    expect(stack.get("web")).toMatchObject({ initErrors: true, state: { env: { PORT: "8080" } } });
    const next = await done(up(app(), machine("web", { env: { PORT: "9090" } })));
    expect(next.paths.get("web")).toEqual(["env.PORT"]);
  });

  it("that Fly changes in silence is told", async () => {
    fly.onUpdate = (changed) => {
      changed.config = { ...changed.config, env: { PORT: "8080" } };
    };
    await done(up(app(), machine()));
    const { logged } = await done(up(app(), machine("web", { env: { PORT: "9090" } })));
    expect(logged.join()).toMatch(/shows other values than declared: env\.PORT\. Declare what Fly shows/);
  });

  it("stays where it does not come up at first, and the next up finishes it", async () => {
    fly.failing = () => "503 Service Unavailable";
    expect(await failing(up(app(), machine()))).toMatch(
      /creating the machine web of shop: it does not pass its check alive \(critical: 503 Service Unavailable\)/,
    );
    expect(stack.get("web")).toMatchObject({ id: "m1", initErrors: true });
    fly.failing = () => undefined;
    await done(up(app(), machine()));
    expect([only().id, stack.get("web")?.initErrors]).toEqual(["m1", false]);
  });

  it("that was stopped, or changed by hand, is seen by a refresh and mended by the next up", async () => {
    await done(up(app(), machine()));
    byHand({ env: { PORT: "1" } });
    only().state = "stopped";
    await refresh();
    const { paths } = await done(up(app(), machine()));
    expect(paths.get("web")).toEqual(["env.PORT", "state"]);
    expect(configOf()["env"]).toEqual({ PORT: "8080" });
    expect(fly.isServing(only())).toBe(true);
    only().state = "stopped";
    await refresh();
    expect((await done(up(app(), machine()))).paths.get("web")).toEqual(["state"]);
    expect(calls("start")).toBe(1);
    expect(fly.isServing(only())).toBe(true);
  });

  it("that the proxy stops when it is idle may rest", async () => {
    const service = { internal_port: 8080, protocol: "tcp", autostop: "stop", autostart: true } as const;
    await done(up(app(), machine("web", { services: [service] })));
    only().state = "stopped";
    only().exits.unshift({ exitCode: 0, isAskedFor: true });
    await refresh();
    expect((await done(up(app(), machine("web", { services: [service] })))).operations.size).toBe(0);
    await done(up(app(), machine("web", { services: [service], cpus: 2, memory: "512mb" })));
    expect(only()).toMatchObject({ state: "stopped", config: { guest: { cpus: 2 } } });
  });

  it("that is gone is forgotten by a refresh and made anew; destroy is at peace with it", async () => {
    await done(up(app(), machine()));
    only().state = "destroyed";
    await done(destroy());
    await done(up(app(), machine()));
    only().state = "destroyed";
    expect(await failing(up(app(), machine("web", { env: {} })))).toContain("pulumi refresh");
    await refresh();
    await done(up(app(), machine()));
    expect(only().id).toBe("m3");
  });

  it("on a host out of reach is left as it is", async () => {
    await done(up(app(), machine()));
    only().host = "unreachable";
    expect((await refresh()).logged.join()).toContain("The host of the machine m1 of shop is unreachable");
    expect((await done(up(app(), machine()))).operations.size).toBe(0);
    const message = await failing(up(app(), machine("web", { env: {} })));
    expect(message).toContain("the host of the machine m1 is unreachable");
    expect(calls("update")).toBe(0);
  });

  it("is imported by its name or id; what may be a secret is one", async () => {
    await done(up(app(), machine()));
    for (const id of ["shop/web", "shop/m1"]) {
      const found = await clock.run(() => newRun(fly, clock, new Map()).read("Machine", id));
      const { waitTimeout: _, ...inputs } = machineInputs("web");
      expect(found).toMatchObject({ id: "m1", inputs });
      expect(found?.inputs).not.toHaveProperty("waitTimeout");
      expect([...(found?.secretPaths ?? [])]).toEqual([
        "env.PORT",
        'files["/etc/flymon/config.yaml"].content',
      ]);
    }
    const read = (id: string) => clock.run(() => newRun(fly, clock, new Map()).read("Machine", id));
    expect(await read("shop/none")).toBeUndefined();
    await expect(read("web")).rejects.toThrow('Write it as "app/machine"');
  });

  it("keeps a secret out of every message, and marks it in what is left of a failure", async () => {
    const hidden = "s3cret-of-the-tower\n";
    const files = { "/etc/flymon/token": { content: hidden } };
    const secrets = ["files./etc/flymon/token.content"];
    fly.failing = ({ files: placed }) => `cannot read ${JSON.stringify(placed)} ${hidden}`;
    const declared = { ...machine("web", { files }), secrets };
    const { failures, logged } = await up(app(), declared);
    const said = [...failures, ...logged].join("\n");
    expect(said).toContain("[secret]");
    expect(said).not.toContain("s3cret");
    expect(said).not.toContain(Buffer.from(hidden).toString("base64"));
    expect([...(stack.get("web")?.secretPaths ?? [])]).toEqual(secrets);
  });

  it.each([
    [
      "memory",
      { memory: "300mb" as const },
      "must be a multiple of 256mb from 256mb to 2gb for 1 shared CPU",
    ],
    ["cpus", { cpus: 3 }, "must be one of 1, 2, 4, 6, 8 for shared CPUs"],
    ["files", { files: { "etc/x": { content: "" } } }, "is not a file's absolute path"],
    ["metadata", { metadata: { fly_process_group: "x" } }, "is set by processGroup"],
    ["env", { env: { "A-B": "1" } }, "is not a variable's name"],
  ])("refuses a wrong %s before anything is asked", async (_name, changes, words) => {
    expect(await failing(up(machine("web", changes)))).toContain(words);
    expect(fly.calls).toEqual([]);
  });
});
