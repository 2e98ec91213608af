import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echo, healthCheck, startTestFly, web, type MachineBody, type TestFly } from "../support/fly-sandbox";

let sandbox: TestFly;
beforeAll(async () => {
  // Slow enough that no autostop pass comes by itself while one is run by hand.
  sandbox = await startTestFly({ factor: 8, hold: 2_000 });
});
afterAll(() => sandbox.fly.stop());

const checked = { ...healthCheck, interval: "1s", grace_period: "0s" };
const asleep = { autostop: "stop", autostart: true, min_machines_running: 0, checks: [checked] };

/** An app of `count` machines with this service; resolves when all are routed to. */
const serve = async (name: string, service: object, options: { count?: number; config?: object } = {}) => {
  const { count = 1, config = {} } = options;
  const app = await sandbox.others.makeApp({
    name,
    machines: [{ count, config: echo({ services: [web(service)], ...config }) }],
  });
  const machines = app.machines.map(({ id }) => id);
  await expect
    .poll(async () => (await stateOf(name)).every(({ routable }) => routable), { timeout: 5_000 })
    .toBe(true);
  return { url: app.url ?? "", machines };
};
const stateOf = async (name: string) =>
  (await sandbox.others.state()).apps.find((app) => app.name === name)?.machines ?? [];
const who = async (url: string): Promise<string> =>
  ((await (await fetch(url)).json()) as { machine: string }).machine;
const states = async (name: string): Promise<readonly string[]> =>
  (await stateOf(name)).map(({ state }) => state);
const reach = (name: string, wanted: readonly string[]): Promise<void> =>
  expect.poll(async () => (await states(name)).toSorted(), { timeout: 5_000 }).toEqual(wanted.toSorted());

describe("routing", () => {
  test("requests take turns, bodies go through, and Fly's headers are there", async () => {
    const { url, machines } = await serve("turns", { checks: [checked] }, { count: 2 });
    const seen = new Set([await who(url), await who(url), await who(url), await who(url)]);
    expect(seen).toEqual(new Set(machines));
    const answer = await fetch(url, { method: "POST", body: "hello" });
    expect(answer.headers.get("via")).toBe("1.1 fly.io");
    expect(answer.headers.get("fly-request-id")).toMatch(/-ord$/);
    expect(await answer.json()).toMatchObject({
      method: "POST",
      headers: { "x-forwarded-proto": "https", "content-length": "5", "fly-region": "ord" },
    });
    expect((await fetch(`${url}/status/418`)).status).toBe(418);
  });

  test("a machine whose check fails, or that is cordoned, gets nothing", async () => {
    const { url, machines } = await serve("sick", { checks: [checked] }, { count: 2 });
    const [one = "", two = ""] = machines;
    await sandbox.call("POST", `/apps/sick/machines/${one}/cordon`);
    expect(new Set([await who(url), await who(url), await who(url)])).toEqual(new Set([two]));
    await sandbox.call("POST", `/apps/sick/machines/${one}/uncordon`);
    await sandbox.others.hang(two);
    await expect
      .poll(async () => (await stateOf("sick")).find(({ id }) => id === two)?.routable, { timeout: 5_000 })
      .toBe(false);
    expect(new Set([await who(url), await who(url), await who(url)])).toEqual(new Set([one]));
    await sandbox.others.unhang(two);
  });

  test("with nobody ready the request is held, and then refused with PR01", async () => {
    const { url, machines } = await serve("nobody", { checks: [checked] });
    await sandbox.call("POST", `/apps/nobody/machines/${machines[0] ?? ""}/cordon`);
    const begun = performance.now();
    const refused = await fetch(url);
    expect(performance.now() - begun).toBeGreaterThan(1_900);
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringMatching(/^PR01: /)]);
    const held = fetch(url);
    await pause(300);
    await sandbox.call("POST", `/apps/nobody/machines/${machines[0] ?? ""}/uncordon`);
    expect((await held).status).toBe(200);
    const [last, first] = await sandbox.others.held();
    expect(last?.machine).toBe(machines[0]);
    expect(last?.waited).toBeGreaterThan(250);
    expect(first?.machine).toBeUndefined();
  });

  test("the hard limit is kept: what is too much waits", async () => {
    const { url } = await serve("full", { concurrency: { type: "requests", soft_limit: 1, hard_limit: 2 } });
    const begun = performance.now();
    await Promise.all([1, 2, 3].map(() => fetch(`${url}/slow?for=500ms`)));
    expect(performance.now() - begun).toBeGreaterThan(950);
  });

  test("a request in flight is answered while its machine is being stopped", async () => {
    const { url, machines } = await serve("draining", { checks: [checked] });
    const slow = fetch(`${url}/slow?for=800ms`);
    await pause(200);
    await sandbox.call("POST", `/apps/draining/machines/${machines[0] ?? ""}/stop`, {});
    expect((await slow).status).toBe(200);
    await reach("draining", ["stopped"]);
  });

  test("what a machine's own address is asked does not count", async () => {
    const { machines } = await serve("private", asleep);
    const { private_ip: address } = await sandbox.get("private", machines[0] ?? "");
    await sandbox.others.pass();
    await reach("private", ["stopped"]);
    await expect(fetch(`http://${address}:3000/`)).rejects.toThrow();
    await pause(200);
    expect(await states("private")).toEqual(["stopped"]);
  });
});

describe("autostop and autostart", () => {
  test("an idle machine stops at the second pass after its last request, and a request starts it", async () => {
    const { url, machines } = await serve("idle", asleep);
    expect((await fetch(url)).status).toBe(200);
    expect(await sandbox.others.pass()).not.toContain(machines[0]);
    expect(await sandbox.others.pass()).toContain(machines[0]);
    await reach("idle", ["stopped"]);
    const stopped = await sandbox.get("idle", machines[0] ?? "");
    expect(stopped.events.find(({ type, status }) => type === "stop" && status === "stopping")?.source).toBe(
      "proxy",
    );

    expect((await fetch(url)).status).toBe(200);
    const started = await sandbox.get("idle", machines[0] ?? "");
    expect(started.events.find(({ status }) => status === "starting")?.source).toBe("proxy");
    const [held] = await sandbox.others.held();
    expect(held).toMatchObject({ app: "idle", machine: machines[0] });
    expect(held?.waited).toBeGreaterThan(75);
  });

  test("suspend keeps the program, min_machines_running keeps a machine, off keeps all", async () => {
    const nap = await serve("nap", { ...asleep, autostop: "suspend" });
    await serve("kept", { ...asleep, min_machines_running: 1 }, { count: 2 });
    await serve("off", { checks: [checked], autostop: false, autostart: true });
    for (let turn = 0; turn < 3; turn += 1) await sandbox.others.pass();
    await reach("nap", ["suspended"]);
    await reach("kept", ["started", "stopped"]);
    expect(await states("off")).toEqual(["started"]);
    expect((await fetch(nap.url)).status).toBe(200);
    expect(await states("nap")).toEqual(["started"]);
  });

  test("without autostart a stopped app stays down", async () => {
    const { url, machines } = await serve("never", { ...asleep, autostart: false });
    await sandbox.others.pass();
    await reach("never", ["stopped"]);
    expect((await fetch(url)).status).toBe(503);
    expect((await sandbox.get("never", machines[0] ?? "")).state).toBe("stopped");
  });

  test("load over the soft limit starts another machine; without it the excess stops again", async () => {
    const { url, machines } = await serve(
      "grow",
      { ...asleep, concurrency: { type: "requests", soft_limit: 2, hard_limit: 20 } },
      { count: 2 },
    );
    await sandbox.others.pass();
    await reach("grow", ["started", "stopped"]);
    const load = [1, 2, 3, 4].map(() => fetch(`${url}/slow?for=1500ms`));
    await expect
      .poll(async () => (await stateOf("grow")).filter(({ routable }) => routable).length, { timeout: 5_000 })
      .toBe(2);
    expect(await who(url)).not.toBe("");
    await Promise.all(load);
    await sandbox.others.pass();
    await sandbox.others.pass();
    await reach("grow", ["started", "stopped"]);
    expect(machines).toHaveLength(2);
  });

  test("a leased machine is neither stopped nor started by the proxy", async () => {
    const { url, machines } = await serve("leased", asleep);
    const path = `/apps/leased/machines/${machines[0] ?? ""}`;
    const lease = await sandbox.call<{ data: { nonce: string } }>("POST", `${path}/lease`, { ttl: 30 });
    const { nonce } = lease.body.data;
    await sandbox.others.pass();
    await pause(200);
    expect(await states("leased")).toEqual(["started"]);
    await sandbox.call("POST", `${path}/stop`, {}, { nonce });
    await reach("leased", ["stopped"]);
    const held = fetch(url);
    await pause(300);
    expect(await states("leased")).toEqual(["stopped"]);
    await sandbox.call("DELETE", `${path}/lease`, undefined, { nonce });
    expect((await held).status).toBe(200);
  });
});

test("a rolling update by hand keeps an app of two machines serving with no failed request", async () => {
  const { url, machines } = await serve("rolling", { checks: [checked] }, { count: 2 });
  const results: number[] = [];
  let over = false;
  const client = async (): Promise<void> => {
    while (!over && results.length < 3_000) {
      const post = results.length % 3 === 0;
      const path = results.length % 5 === 0 ? "/slow?for=60ms" : "/";
      results.push(
        await fetch(`${url}${path}`, post && path === "/" ? { method: "POST", body: "x" } : {}).then(
          async (response) => {
            await response.text();
            return response.status;
          },
          () => 0,
        ),
      );
      await pause(5);
    }
  };
  const clients = Promise.all([client(), client(), client()]);
  for (let round = 0; round < 2; round += 1)
    for (const id of machines) {
      const path = `/apps/rolling/machines/${id}`;
      const { body: machine } = await sandbox.call<MachineBody>("GET", path);
      const updated = await sandbox.call<MachineBody>("POST", path, {
        config: { ...machine.config, env: { ECHO: String(round) } },
      });
      const { instance_id: version } = updated.body;
      expect((await sandbox.call("GET", `${path}/wait?state=started&instance_id=${version}`)).status).toBe(
        200,
      );
      await sandbox.until(
        "rolling",
        id,
        ({ checks }) => checks?.every(({ status }) => status === "passing") ?? false,
      );
    }
  over = true;
  await clients;
  expect(results.length).toBeGreaterThan(100);
  expect(results.filter((status) => status !== 200)).toEqual([]);

  const moments = (await sandbox.others.timeline("rolling")).slice();
  const serving = moments
    .slice(moments.findIndex(({ serving: count }) => count === 2))
    .map(({ serving: count }) => count);
  expect(Math.min(...serving)).toBe(1);
}, 30_000);

test("the metrics have Fly's names and labels, from what really happened", async () => {
  const { url, machines } = await serve("measured", { checks: [checked] });
  for (const path of ["/", "/", "/status/500"]) await (await fetch(`${url}${path}`)).text();
  const [id = ""] = machines;
  const { metricsUrl, prometheusUrl, readOnlyToken } = sandbox.fly.announcement;
  const all = await (await fetch(metricsUrl)).text();
  const value = (series: RegExp): number =>
    Number(new RegExp(`^${series.source} (\\S+)$`, "m").exec(all)?.[1] ?? NaN);
  expect(
    value(
      /fly_edge_http_responses_count\{app="measured",region="ord",host="edge",status="200",proxy_id="blue"\}/,
    ),
  ).toBe(2);
  const instance = `app="measured",region="ord",host="[0-9a-f]{4}",instance="${id}"`;
  expect(
    value(new RegExp(`fly_app_http_responses_count\\{${instance},status="500",proxy_id="blue"\\}`)),
  ).toBe(1);
  expect(
    value(
      new RegExp(
        `fly_app_http_response_time_seconds_bucket\\{${instance},status="200",proxy_id="blue",le="10"\\}`,
      ),
    ),
  ).toBe(2);
  expect(value(new RegExp(`fly_instance_up\\{${instance}\\}`))).toBe(1);
  expect(value(new RegExp(`fly_instance_memory_mem_total\\{${instance}\\}`))).toBe(268_435_456);
  const available = value(new RegExp(`fly_instance_memory_mem_available\\{${instance}\\}`));
  expect(available).toBeGreaterThan(0);
  expect(available).toBeLessThan(230_000_000);
  expect(value(new RegExp(`fly_instance_cpu\\{${instance},cpu_id="0",mode="user"\\}`))).toBeGreaterThan(0);

  await sandbox.others.kill(id, "SIGTERM");
  const federate = (match: string, token: string): Promise<Response> =>
    fetch(`${prometheusUrl}/federate?match[]=${encodeURIComponent(match)}`, {
      headers: { authorization: `FlyV1 ${token}` },
    });
  const match = '{__name__=~"fly_instance_(up|exit_code)",app="measured"}';
  await expect
    .poll(async () => (await federate(match, readOnlyToken)).text())
    .toMatch(new RegExp(`^fly_instance_exit_code\\{${instance}\\} 0$`, "m"));
  expect((await federate(match, "wrong")).status).toBe(401);
  expect((await federate("not a selector!", readOnlyToken)).status).toBe(400);
});
