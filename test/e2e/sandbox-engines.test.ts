import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchtowerParts, type WatchtowerPartName } from "../../infra/model/watchtower";
import { ensureToolchain } from "../../toolchain/setup";
import { startTestFly, type MachineBody, type TestFly } from "../support/fly-sandbox";

// The engines as machines, with a configuration that is as small as can be and speaks of the others in a circle.

const app = "watch";
type Part = Exclude<WatchtowerPartName, "journal">;
const at = (part: Part): string => `http://${part}.process.${app}.internal:${watchtowerParts[part].port}`;

const exporter = `
const calls = [];
require("node:http").createServer((request, response) => {
  if (request.url === "/metrics") return response.end("greeting 1\\n");
  if (request.url === "/json") return response.end('{"depth": 7}');
  if (request.url === "/calls") return response.end(JSON.stringify(calls));
  let body = "";
  request.on("data", (part) => (body += part)).on("end", () => { calls.push(JSON.parse(body)); response.end(); });
}).listen(${watchtowerParts.exporter.port}, process.env.FLY_PRIVATE_IP);
`;
const scrape = `
scrape_configs:
  - job_name: parts
    scrape_interval: 1s
    static_configs:
      - targets: ["${at("exporter").slice(7)}", "${at("alertmanager").slice(7)}"]
`;
const rules = `
groups:
  - name: trivial
    interval: 1s
    rules:
      - { alert: Greeting, expr: greeting == 1, labels: { severity: info } }
`;
const alertmanager = `
route: { receiver: hook, group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: hook
    webhook_configs: [{ url: "${at("exporter")}/hook" }]
`;
const jsonExporter = `
modules:
  default: { metrics: [{ name: depth, path: "{.depth}" }] }
`;
const gatus = `
web: { address: "\${GATUS_ADDRESS}", port: 8080 }
storage: { type: sqlite, path: /data/gatus.db }
endpoints:
  - { name: metrics, group: parts, url: "${at("metrics")}/health", interval: 1s, conditions: ["[STATUS] == 200"] }
`;

interface Wish {
  readonly init: object;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: object;
  readonly health?: string;
}
const wishes: Readonly<Record<Part, Wish>> = {
  // First of all, and it speaks of those that do not exist yet.
  vmalert: {
    init: {
      cmd: [
        "-rule=/etc/flymon/vmalert/rules/*.yaml",
        `-datasource.url=${at("metrics")}`,
        "-datasource.basicAuth.username=flymon",
        "-datasource.basicAuth.passwordFile=/etc/flymon/secrets/parts-password",
        `-notifier.url=${at("alertmanager")}`,
        "-rule.evalDelay=0s",
        "-httpListenAddr=[::]:8880",
      ],
    },
    files: { "/etc/flymon/vmalert/rules/trivial.yaml": rules, "/etc/flymon/secrets/parts-password": "open" },
  },
  alertmanager: {
    init: {
      cmd: [
        "--config.file=/etc/flymon/alertmanager/alertmanager.yml",
        "--storage.path=/data",
        "--web.listen-address=:9093",
      ],
    },
    files: { "/etc/flymon/alertmanager/alertmanager.yml": alertmanager },
    health: "/-/healthy",
  },
  metrics: {
    init: {
      cmd: [
        "-storageDataPath=/data",
        "-promscrape.config=/etc/flymon/metrics/scrape.yaml",
        "-httpListenAddr",
        ":8428",
        "-httpAuth.username=flymon",
        "-httpAuth.password=file:///etc/flymon/secrets/parts-password",
        "-search.latencyOffset=1s",
        "-inmemoryDataFlushInterval=1s",
      ],
    },
    files: { "/etc/flymon/metrics/scrape.yaml": scrape, "/etc/flymon/secrets/parts-password": "open" },
  },
  exporter: {
    init: { exec: ["node", "/etc/flymon/exporter/main.cjs"] },
    files: { "/etc/flymon/exporter/main.cjs": exporter },
    health: "/metrics",
  },
  // Says nowhere where it listens.
  "json-exporter": {
    init: { cmd: ["--config.file=/etc/flymon/json-exporter/config.yaml"] },
    files: { "/etc/flymon/json-exporter/config.yaml": jsonExporter },
    health: "/metrics",
  },
  gatus: {
    init: {},
    env: { GATUS_CONFIG_PATH: "/etc/flymon/gatus/config.yaml", GATUS_ADDRESS: "" },
    files: { "/etc/flymon/gatus/config.yaml": gatus },
  },
};
const parts = Object.keys(wishes) as Part[];

let sandbox: TestFly;
const machines = new Map<Part, MachineBody>();
const volumes = new Map<Part, string>();

const create = async (part: Part): Promise<void> => {
  const { image, port } = watchtowerParts[part];
  const { init, files = {}, env, health = "/health" } = wishes[part];
  const volume = volumes.get(part);
  const { body, status } = await sandbox.call<MachineBody>("POST", `/apps/${app}/machines`, {
    name: part,
    region: "ord",
    config: {
      image,
      init,
      env,
      metadata: { fly_process_group: part },
      files: Object.entries(files).map(([guest_path, text]) => ({
        guest_path,
        raw_value: Buffer.from(text).toString("base64"),
      })),
      checks: { alive: { type: "http", port, path: health, interval: "15s" } },
      ...(volume !== undefined && { mounts: [{ volume, path: "/data" }] }),
    },
  });
  expect(status, JSON.stringify(body)).toBe(200);
  machines.set(part, body);
};
const healthy = async (part: Part): Promise<void> => {
  const { id } = machine(part);
  await sandbox
    .until(app, id, ({ state, checks }) => state === "started" && checks?.[0]?.status === "passing", 15_000)
    .catch(async (error: unknown) => {
      throw new Error(`${part}: ${String(error)}\n${await sandbox.others.log(id)}`);
    });
};
const machine = (part: Part): MachineBody => {
  const found = machines.get(part);
  if (found === undefined) throw new Error(`no machine ${part}`);
  return found;
};
const url = (part: Part): string => `http://${machine(part).private_ip}:${watchtowerParts[part].port}`;
/** When the oldest sample of the last hour was taken. */
const oldest = async (): Promise<number> => {
  const query = encodeURIComponent("tfirst_over_time(greeting[1h])");
  const answer = await fetch(`${url("metrics")}/api/v1/query?query=${query}`, {
    headers: { authorization: `Basic ${Buffer.from("flymon:open").toString("base64")}` },
  });
  const body = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(body.data.result[0]?.value[1] ?? Infinity);
};

beforeAll(async () => {
  await ensureToolchain({
    only: ["victoria-metrics", "vmalert", "alertmanager", "json_exporter", "gatus"],
    quiet: true,
  });
  sandbox = await startTestFly();
  await sandbox.call("POST", "/apps", { app_name: app, org_slug: sandbox.fly.announcement.org });
  for (const part of parts) {
    if (!("volume" in watchtowerParts[part])) continue;
    const { body } = await sandbox.call<{ id: string }>("POST", `/apps/${app}/volumes`, {
      name: part,
      region: "ord",
    });
    volumes.set(part, body.id);
  }
  for (const part of parts) await create(part);
});
afterAll(() => sandbox.fly.stop());

test("all six run, pass their checks on their own addresses, and their logs can be read", async () => {
  for (const part of parts) await healthy(part);
  expect(new Set(parts.map((part) => machine(part).private_ip)).size).toBe(6);
  for (const part of parts)
    await expect(fetch(`http://127.0.0.1:${watchtowerParts[part].port}`)).rejects.toThrow();
  expect(await sandbox.others.log(machine("vmalert").id)).toContain("vmalert");
  // A machine is measured when its metrics are read.
  await fetch(sandbox.fly.announcement.metricsUrl);
  const memory = (await sandbox.others.processes()).map(({ memoryMb }) => memoryMb);
  expect(Math.min(...memory)).toBeGreaterThan(0);
});

test("they find each other: what is scraped fires, and the message arrives", async () => {
  const calls = async (): Promise<unknown> => (await fetch(`${url("exporter")}/calls`)).json();
  await expect
    .poll(calls, { timeout: 20_000 })
    .toContainEqual(
      expect.objectContaining({ status: "firing", commonLabels: expect.anything() as unknown }),
    );
  const probe = `/probe?target=${encodeURIComponent(`${url("exporter")}/json`)}`;
  expect(await (await fetch(`${url("json-exporter")}${probe}`)).text()).toContain("depth 7");
  await expect
    .poll(async () => (await fetch(`${url("gatus")}/api/v1/endpoints/statuses`)).text(), { timeout: 10_000 })
    .toContain('"success":true');
});

test("what is on a volume and the address are there after a restart, an update and a new machine", async () => {
  const first = await oldest();
  expect(first).toBeLessThan(Date.now() / 1_000);
  const { id, private_ip: address } = machine("metrics");
  const path = `/apps/${app}/machines/${id}`;

  await sandbox.call("POST", `${path}/restart`);
  await pause(100);
  await healthy("metrics");
  await expect.poll(oldest, { timeout: 10_000 }).toBe(first);

  const { body } = await sandbox.call("GET", path);
  await sandbox.call("POST", path, { config: { ...(body.config as object), env: { CHANGED: "yes" } } });
  await pause(100);
  await healthy("metrics");
  expect(machine("metrics").private_ip).toBe(address);
  await expect.poll(oldest, { timeout: 10_000 }).toBe(first);

  await sandbox.call("DELETE", `${path}?force=true`);
  await sandbox.until(app, id, ({ state }) => state === "destroyed");
  await create("metrics");
  await healthy("metrics");
  expect(machine("metrics").private_ip).toBe(address);
  expect(machine("metrics").id).not.toBe(id);
  await expect.poll(oldest, { timeout: 10_000 }).toBe(first);
});
