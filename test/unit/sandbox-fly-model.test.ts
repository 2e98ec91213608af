import { describe, expect, test } from "vitest";
import { mergePatch } from "../../sandbox/fly/control/merge-patch";
import { imageName } from "../../sandbox/fly/host/image-name";
import { imageOf } from "../../sandbox/fly/host/images";
import { readSeries } from "../../sandbox/fly/metrics/series";
import { selector } from "../../sandbox/fly/metrics/selector";
import { machineToStop, type Loaded } from "../../sandbox/fly/model/autostop";
import { namedChecks } from "../../sandbox/fly/model/check-names";
import { readConfig, shownConfig, type MachineConfig } from "../../sandbox/fly/model/config";
import { goMilliseconds, goText } from "../../sandbox/fly/model/go-duration";
import { ulid } from "../../sandbox/fly/model/ids";
import { seededRandom } from "../../sandbox/faults/random";
import { isRestarted } from "../../sandbox/fly/model/restart";
import { pick, type Candidate } from "../../sandbox/fly/model/routing";

const config = (value: object): MachineConfig => {
  const read = readConfig({ image: "flymon/echo", ...value });
  if ("mistake" in read) throw new Error(read.mistake);
  return read.config;
};
const mistake = (value: object): string => {
  const read = readConfig({ image: "flymon/echo", ...value });
  return "mistake" in read ? read.mistake : "";
};

describe("durations", () => {
  test.each([
    ["60s", 60_000, "1m0s"],
    ["1m30s", 90_000, "1m30s"],
    ["500ms", 500, "500ms"],
    ["1.5s", 1_500, "1.5s"],
    ["1h", 3_600_000, "1h0m0s"],
    [15_000_000_000, 15_000, "15s"],
    ["0s", 0, "0s"],
  ] as const)("%s is %i ms and comes back as %s", (written, ms, shown) => {
    expect(goMilliseconds(written)).toBe(ms);
    expect(goText(written)).toBe(shown);
  });
});

describe("config", () => {
  test("what is not known is kept, off and stop are shown as booleans, durations as Go prints them", () => {
    const shown = shownConfig(
      config({
        dns: { skip_registration: true },
        services: [
          { internal_port: 1, autostop: "off", odd: [1] },
          { internal_port: 2, autostop: "stop", checks: [{ type: "tcp", interval: "60s" }] },
          { internal_port: 3, autostop: "suspend" },
          { internal_port: 4, autostop: true },
          { internal_port: 5 },
        ],
      }),
    );
    expect(shown.dns).toEqual({ skip_registration: true });
    expect(shown.services?.map(({ autostop }) => autostop)).toEqual([
      false,
      true,
      "suspend",
      true,
      undefined,
    ]);
    expect(shown.services?.[0]).toMatchObject({ odd: [1] });
    expect(shown.services?.[1]?.checks?.[0]?.interval).toBe("1m0s");
  });

  test.each([
    [{ image: "" }, "config.image"],
    [{ guest: { cpu_kind: "shared", cpus: 3, memory_mb: 1_024 } }, "1, 2, 4, 6, 8 CPUs"],
    [{ guest: { cpu_kind: "shared", cpus: 1, memory_mb: 4_096 } }, "from 256 to 2048"],
    [{ guest: { cpu_kind: "shared", cpus: 1, memory_mb: 300 } }, "multiple of 256"],
    [{ guest: { cpu_kind: "performance", cpus: 1, memory_mb: 1_024 } }, "from 2048 to 8192"],
    [{ restart: { policy: "sometimes" } }, "config.restart.policy"],
    [{ services: [{ internal_port: 1, autostop: "on" }] }, "config.services.0.autostop"],
    [{ services: [{ internal_port: 1, checks: [{ type: "script" }] }] }, "config.services.0.checks.0.type"],
    [{ services: [{ internal_port: 1, checks: [{ type: "http", interval: "soon" }] }] }, "interval"],
    [{ checks: { up: { type: "tcp" } } }, "config.checks.up: port is required"],
  ])("%j is refused", (value, words) => {
    expect(mistake(value)).toContain(words);
  });

  test("checks have the names that Fly gives them", () => {
    const names = namedChecks(
      config({
        services: [
          { internal_port: 3_000, checks: [{ type: "http" }, { type: "http", path: "/b" }, { type: "tcp" }] },
          { internal_port: 8_080, checks: [{ type: "http", port: 9_090 }] },
        ],
        checks: { role: { type: "tcp", port: 5_500 } },
      }),
    ).map(({ name }) => name);
    expect(names).toEqual([
      "servicecheck-00-http-3000",
      "servicecheck-01-http-3000",
      "servicecheck-00-tcp-3000",
      "servicecheck-00-http-9090",
      "role",
    ]);
  });

  test("images are known by their repository, and Chatwoot's by its command", () => {
    expect(imageName("registry.fly.io/web:v1@sha256:abc")).toEqual({
      registry: "registry.fly.io",
      repository: "web",
      tag: "v1",
      digest: "sha256:abc",
    });
    expect(imageName("flyio/postgres-flex:17")).toMatchObject({
      repository: "flyio/postgres-flex",
      tag: "17",
    });
    const chatwoot = "localhost:5000/chatwoot/chatwoot";
    expect(imageOf(config({ image: chatwoot }))?.program).toBe("hotdash-chatwoot");
    expect(imageOf(config({ image: chatwoot, init: { cmd: ["bundle", "exec", "sidekiq"] } }))?.program).toBe(
      "sidekiq",
    );
    expect(imageOf(config({ image: "nobody/nothing" }))).toBeUndefined();
  });
});

describe("restart policy", () => {
  const exit = { exitCode: 1, restarts: [] as number[], now: 1_000_000, window: 300_000 };
  const times = (count: number, at: number): number[] => Array.from({ length: count }, () => at);

  test("on-failure is the default, and a good end is an end", () => {
    expect(isRestarted(config({}), exit)).toBe(true);
    expect(isRestarted(config({}), { ...exit, exitCode: 0 })).toBe(false);
  });
  test("ten restarts in five minutes are the budget; older ones do not count", () => {
    expect(isRestarted(config({}), { ...exit, restarts: times(9, 900_000) })).toBe(true);
    expect(isRestarted(config({}), { ...exit, restarts: times(10, 900_000) })).toBe(false);
    expect(isRestarted(config({}), { ...exit, restarts: times(10, 700_000) })).toBe(true);
    const own = config({ restart: { policy: "on-failure", max_retries: 2 } });
    expect(isRestarted(own, { ...exit, restarts: times(2, 900_000) })).toBe(false);
  });
  test("always never gives up, no never begins", () => {
    const always = config({ restart: { policy: "always" } });
    expect(isRestarted(always, { ...exit, exitCode: 0, restarts: times(99, 900_000) })).toBe(true);
    expect(isRestarted(config({ restart: { policy: "no" } }), exit)).toBe(false);
  });
});

describe("autostop", () => {
  const at = (id: string, peak: number, current = 0): Loaded => ({ id, peak, current, softLimit: 10 });
  test("the only machine stops when it had no load at all", () => {
    expect(machineToStop([at("a", 0)], 0)).toBe("a");
    expect(machineToStop([at("a", 1)], 0)).toBeUndefined();
  });
  test("of several, the excess over those that are busy and one: the least loaded", () => {
    expect(machineToStop([at("a", 5), at("b", 2)], 0)).toBe("b");
    expect(machineToStop([at("a", 11), at("b", 2)], 0)).toBeUndefined();
    expect(machineToStop([at("a", 11), at("b", 2), at("c", 0)], 0)).toBe("c");
    expect(machineToStop([at("a", 11), at("b", 11), at("c", 0)], 0)).toBeUndefined();
  });
  test("never below the minimum", () => {
    expect(machineToStop([at("a", 0)], 1)).toBeUndefined();
    expect(machineToStop([at("a", 0), at("b", 0)], 2)).toBeUndefined();
    expect(machineToStop([at("a", 0), at("b", 0)], 1)).toBe("a");
  });
});

describe("routing", () => {
  const at = (id: string, load: number, rest: Partial<Candidate> = {}): Candidate => ({
    id,
    load,
    softLimit: 5,
    hardLimit: 10,
    near: true,
    ...rest,
  });
  test("under the soft limit before over it, then the least load, in turns", () => {
    expect(pick([at("a", 6), at("b", 4)], 0)?.id).toBe("b");
    expect(pick([at("a", 3), at("b", 1)], 0)?.id).toBe("b");
    expect(["a", "b"]).toEqual([
      pick([at("a", 1), at("b", 1)], 0)?.id,
      pick([at("a", 1), at("b", 1)], 1)?.id,
    ]);
  });
  test("none at its hard limit; another region only when the near ones are full", () => {
    expect(pick([at("a", 10)], 0)).toBeUndefined();
    expect(pick([at("a", 9), at("b", 0, { near: false })], 0)?.id).toBe("a");
    expect(pick([at("a", 10), at("b", 0, { near: false })], 0)?.id).toBe("b");
  });
});

test("chance by a seed is the same again, and evenly spread", () => {
  const draw = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 1_000 }, random);
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  const share = draw(7).filter((value) => value < 0.2).length / 1_000;
  expect(share).toBeGreaterThan(0.15);
  expect(share).toBeLessThan(0.25);
});

test("ids of versions sort by time", () => {
  expect(ulid(1_000_000)).toHaveLength(26);
  expect(ulid(1_000_000) < ulid(1_000_001)).toBe(true);
});

test("a merge patch merges objects, removes by null and replaces lists", () => {
  const before = { a: { b: 1, c: 2 }, list: [1, 2], gone: true };
  expect(mergePatch(before, { a: { b: 3 }, list: [9], gone: null })).toEqual({
    a: { b: 3, c: 2 },
    list: [9],
  });
});

test.each([
  ['fly_instance_up{app="web"}', 'fly_instance_up{app="web",region="ord"} 1', true],
  ['fly_instance_up{app="api"}', 'fly_instance_up{app="web"} 1', false],
  ['{__name__=~"fly_.+"}', 'fly_instance_up{app="web"} 1', true],
  ['{__name__=~"fly_.+",app!="web"}', 'fly_instance_up{app="web"} 1', false],
  ["pg_up", 'pg_up{app="db"} 1', true],
  ['{app!~"w.b"}', 'x{app="web"} 1', false],
])("%s of %s: %s", (text, line, expected) => {
  const series = readSeries(line);
  expect(series && selector(text)?.(series.name, series.labels)).toBe(expected);
});
