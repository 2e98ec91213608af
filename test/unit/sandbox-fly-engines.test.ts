import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addresses } from "../../sandbox/fly/host/addresses";
import { programOf, engineNamed } from "../../sandbox/fly/host/engines";
import { commandOf, engineOf, textsOf } from "../../sandbox/fly/host/programs";
import { placeOf, privateNamesIn, rewriting, type Surroundings } from "../../sandbox/fly/host/rewriting";
import { readConfig, type MachineConfig } from "../../sandbox/fly/model/config";
import { startTestFly, type TestFly } from "../support/fly-sandbox";

const config = (value: object): MachineConfig => {
  const read = readConfig({ image: "node:20-alpine", ...value });
  if ("mistake" in read) throw new Error(read.mistake);
  return read.config;
};
const around: Surroundings = {
  address: "127.20.30.4",
  root: "/tmp/machine",
  mounts: new Map([["/data", "/tmp/volumes/vol_1"]]),
  names: new Map([["metrics.process.watch.internal", "127.20.30.5"]]),
};
const placed = config({
  files: [
    { guest_path: "/etc/flymon/secrets/password", raw_value: "" },
    { guest_path: "/etc/flymon/vmalert/rules/a.yaml", raw_value: "" },
    { guest_path: "/etc/hosts.yml", raw_value: "" },
  ],
});

describe("texts of a machine", () => {
  const { word, file } = rewriting(placed, around);

  test.each([
    [":9093", "127.20.30.4:9093"],
    ["0.0.0.0:9093", "127.20.30.4:9093"],
    ["[::]:9093", "127.20.30.4:9093"],
    ["--web.listen-address=:9093", "--web.listen-address=127.20.30.4:9093"],
    ["-httpListenAddr=[::]:8428", "-httpListenAddr=127.20.30.4:8428"],
    ["::", "127.20.30.4"],
    ["0.0.0.0", "127.20.30.4"],
    ["--host=fly-local-6pn", "--host=127.20.30.4"],
    ["10.0.0.0:9093", "10.0.0.0:9093"],
    ["http://metrics.process.watch.internal:8428", "http://127.20.30.5:8428"],
    ["http://other.process.watch.internal:8428", "http://other.process.watch.internal:8428"],
    ["-rule=/etc/flymon/vmalert/rules/*.yaml", "-rule=/tmp/machine/etc/flymon/vmalert/rules/*.yaml"],
    ["file:///etc/flymon/secrets/password", "file:///tmp/machine/etc/flymon/secrets/password"],
    ["/etc/flymon", "/tmp/machine/etc/flymon"],
    ["/etc/flymon-other", "/etc/flymon-other"],
    ["/etc/hosts.yml", "/tmp/machine/etc/hosts.yml"],
    // Programs look there for what is not the config's.
    ["/etc/ssl/certs", "/etc/ssl/certs"],
    ["-storageDataPath=/data/store", "-storageDataPath=/tmp/volumes/vol_1/store"],
    ["http://somewhere/data", "http://somewhere/data"],
  ])("%s is %s", (text, expected) => {
    expect(word(text)).toBe(expected);
  });

  test("in a file a port alone is nobody's address, and code keeps all but the placed paths", () => {
    const text =
      'a: ":9093", b: "[::]:9093", c: /data, d: metrics.process.watch.internal, e: /etc/flymon/secrets';
    expect(file("/etc/flymon/a.yaml", text)).toBe(
      'a: ":9093", b: "127.20.30.4:9093", c: /tmp/volumes/vol_1, d: 127.20.30.5, e: /tmp/machine/etc/flymon/secrets',
    );
    expect(file("/etc/flymon/main.cjs", text)).toBe(
      text.replace("/etc/flymon/secrets", "/tmp/machine/etc/flymon/secrets"),
    );
  });

  test("places are below the root, or in the volume that is mounted over them", () => {
    expect(placeOf("/etc/x", around)).toBe("/tmp/machine/etc/x");
    expect(placeOf("/data/x", around)).toBe("/tmp/volumes/vol_1/x");
    expect(placeOf("/database/x", around)).toBe("/tmp/machine/database/x");
  });

  test("private names are found in arguments, environment and files", () => {
    const texts = textsOf(
      config({
        init: { cmd: ["-url=http://a.process.watch.internal:1"] },
        env: { URL: "http://watch.internal:2" },
        files: [{ guest_path: "/x", raw_value: Buffer.from("b.process.watch.internal").toString("base64") }],
      }),
    );
    expect(privateNamesIn(texts)).toEqual([
      { name: "a.process.watch.internal", app: "watch", group: "a" },
      { name: "watch.internal", app: "watch", group: undefined },
      { name: "b.process.watch.internal", app: "watch", group: "b" },
    ]);
  });
});

describe("what an image runs", () => {
  const run = (value: object): readonly string[] | undefined => {
    const found = engineOf(config(value));
    return found && [found.engine.names[0] ?? "", ...found.args];
  };

  test.each([
    [{ image: "prom/alertmanager:v1", init: { cmd: ["--a"] } }, ["alertmanager", "--a"]],
    [{ image: "ghcr.io/twin/gatus:v5" }, ["gatus"]],
    [{ image: "node:20-alpine", init: { cmd: ["node", "/a.cjs"] } }, ["node", "/a.cjs"]],
    [{ image: "node:20-alpine", init: { exec: ["/usr/local/bin/node", "/a.cjs"] } }, ["node", "/a.cjs"]],
    [{ image: "any/thing", init: { exec: ["/vmalert-prod", "-x"] } }, ["vmalert", "-x"]],
    [
      { image: "victoriametrics/vmalert", init: { entrypoint: ["/vmalert-prod", "-x"], cmd: ["-y"] } },
      ["vmalert", "-x", "-y"],
    ],
    // The harness's own images and commands that nobody knows.
    [{ image: "flymon/echo", init: { cmd: ["node", "x"] } }, undefined],
    [{ image: "prom/alertmanager", init: { exec: ["/bin/sh"] } }, undefined],
  ])("%j", (value, expected) => {
    expect(run(value)).toEqual(expected);
  });

  test("an engine that is not told where to listen is told", () => {
    const node = commandOf(config({ init: { cmd: ["node", "/etc/a.cjs", ":80"] } }), around);
    expect(node?.args).toEqual(["/etc/a.cjs", "127.20.30.4:80"]);
    const silent = engineNamed("alertmanager");
    expect(silent?.listens).toEqual({ "web.listen-address": ":9093", "cluster.listen-address": "" });
  });

  test("the store is told a key by which it shows at once what it has taken in", () => {
    const store = commandOf(
      config({ image: "victoriametrics/victoria-metrics", init: { cmd: ["-httpListenAddr=[::]:8428"] } }),
      around,
    );
    expect(store?.flush?.origin).toBe("http://127.20.30.4:8428");
    expect(store?.args).toContain(`--forceFlushAuthKey=${store?.flush?.searchParams.get("authKey") ?? ""}`);
    expect(commandOf(config({ image: "prom/alertmanager" }), around)?.flush).toBeUndefined();
  });

  test("a program is looked for where setup builds it, then on PATH", () => {
    const engine = engineNamed("vmalert");
    expect(engine && programOf(engine, { FLYMON_CACHE: "/nowhere", PATH: "/nowhere" })).toBeUndefined();
  });
});

describe("addresses", () => {
  test("a group's is kept: asked for before it has a machine, and after it had one", async () => {
    const pool = addresses();
    const before = await pool.addressOf({ app: "watch", group: "metrics" });
    expect(await pool.addressOf({ app: "watch", group: "vmalert" })).not.toBe(before);
    expect(await pool.take("watch", "metrics")).toBe(before);
    expect(pool.isTaken("watch", "metrics")).toBe(true);
    const second = await pool.take("watch", "metrics");
    expect(second).not.toBe(before);
    pool.give(before);
    expect(pool.isTaken("watch", "metrics")).toBe(false);
    // Nobody else gets it meanwhile.
    const others = await Promise.all(
      Array.from({ length: 300 }, (_, index) => pool.take(`app-${index}`, "app")),
    );
    expect(others).not.toContain(before);
    expect(new Set(others).size).toBe(300);
    expect(await pool.take("watch", "metrics")).toBe(before);
    await pool.stop();
  });

  test("an app's name is its first group's", async () => {
    const pool = addresses();
    const early = await pool.addressOf({ app: "shop", group: undefined });
    expect(await pool.take("shop", "web")).toBe(early);
    expect(await pool.take("shop", "worker")).not.toBe(early);
    expect(await pool.addressOf({ app: "shop", group: undefined })).toBe(early);
    await pool.stop();
  });
});

describe("machines", () => {
  let sandbox: TestFly;
  beforeAll(async () => {
    sandbox = await startTestFly();
  });
  afterAll(() => sandbox.fly.stop());

  test("one that takes another's place gets its address, also while the other is ending", async () => {
    const before = await sandbox.machine("shop", { image: "flymon/echo" }, "first");
    await sandbox.call("DELETE", `/apps/shop/machines/${before.id}?force=true`);
    const { body } = await sandbox.call<{ private_ip: string }>("POST", "/apps/shop/machines", {
      name: "second",
      config: { image: "flymon/echo" },
    });
    expect(body.private_ip).toBe(before.private_ip);
  });

  test("programs of one's own find each other, and what they wrote to a volume stays", async () => {
    const file = (text: string): string => Buffer.from(text).toString("base64");
    const counter = `
      const fs = require("node:fs");
      const file = process.argv[2] + "/count";
      const count = fs.existsSync(file) ? Number(fs.readFileSync(file)) + 1 : 1;
      fs.writeFileSync(file, String(count));
      const [host, port] = process.argv[3].split(":");
      require("node:http").createServer((_, response) => response.end(String(count))).listen(Number(port), host);
    `;
    const asker = `
      require("node:http").createServer(async (_, response) => {
        const answer = await fetch(process.env.PEER);
        response.end("there is " + (await answer.text()));
      }).listen(5000, process.env.FLY_PRIVATE_IP);
    `;
    await sandbox.call("POST", "/apps", { app_name: "pair", org_slug: sandbox.fly.announcement.org });
    const { body: volume } = await sandbox.call<{ id: string }>("POST", "/apps/pair/volumes", {
      name: "data",
      region: "ord",
    });
    const own = (group: string, script: string, more: object): object => ({
      name: group,
      config: {
        image: "node:20-alpine",
        metadata: { fly_process_group: group },
        files: [{ guest_path: "/etc/own/main.cjs", raw_value: file(script) }],
        ...more,
      },
    });
    const { body: asking } = await sandbox.call<{ private_ip: string }>(
      "POST",
      "/apps/pair/machines",
      own("asker", asker, {
        init: { exec: ["node", "/etc/own/main.cjs"] },
        env: { PEER: "http://counter.process.pair.internal:5001/" },
      }),
    );
    const { body: counting } = await sandbox.call<{ id: string }>(
      "POST",
      "/apps/pair/machines",
      own("counter", counter, {
        init: { exec: ["node", "/etc/own/main.cjs", "/data", "[::]:5001"] },
        mounts: [{ volume: volume.id, path: "/data" }],
      }),
    );
    const ask = async (): Promise<string> =>
      fetch(`http://${asking.private_ip}:5000/`).then(
        (response) => response.text(),
        () => "nobody",
      );
    await expect.poll(ask, { timeout: 10_000 }).toBe("there is 1");
    await sandbox.call("POST", `/apps/pair/machines/${counting.id}/restart`);
    await expect.poll(ask, { timeout: 10_000 }).toBe("there is 2");
  });
});
