import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  alive,
  echo,
  healthCheck,
  startTestFly,
  web,
  type MachineBody,
  type TestFly,
} from "../support/fly-sandbox";

let sandbox: TestFly;
beforeAll(async () => {
  sandbox = await startTestFly();
});
afterAll(() => sandbox.fly.stop());

const exits = ({ events }: MachineBody) =>
  events.flatMap(({ type, request }) => (type === "exit" && request ? [request] : []));
const pidOf = async (id: string): Promise<number> =>
  (await sandbox.others.processes()).find((machine) => machine.id === id)?.pid ?? 0;
const file = (text: string): string => Buffer.from(text).toString("base64");

describe("programs", () => {
  test("each machine has its own address, its environment and its service's port", async () => {
    const { machines } = await sandbox.others.makeApp({
      name: "same-port",
      machines: [{ count: 2, region: "iad", config: echo({ services: [web()], env: { ECHO: "hello" } }) }],
    });
    expect(new Set(machines.map(({ address }) => address)).size).toBe(2);
    for (const { address, id } of machines) {
      await sandbox.until("same-port", id, () => true);
      const answer = await retry(() => fetch(`http://${address}:3000/`));
      expect(await answer.json()).toMatchObject({
        app: "same-port",
        machine: id,
        region: "iad",
        group: "app",
        env: "hello",
      });
    }
  });

  test("PORT goes before the service's port", async () => {
    const { private_ip: address } = await sandbox.machine(
      "port",
      echo({ env: { PORT: "4321" }, services: [web()] }),
    );
    expect((await retry(() => fetch(`http://${address}:4321/health`))).status).toBe(200);
  });

  test("files are placed, and a known program of init.exec runs with them", async () => {
    const script = `require("node:http").createServer((_, response) => response.end(require("node:fs").readFileSync("/etc/own/greeting.txt"))).listen(5000, process.env.FLY_PRIVATE_IP)`;
    const { private_ip: address } = await sandbox.machine("own", {
      image: "anything/at-all",
      init: { exec: ["/usr/bin/node", "/etc/own/server.js"] },
      files: [
        { guest_path: "/etc/own/greeting.txt", raw_value: file("good day") },
        { guest_path: "/etc/own/server.js", raw_value: file(script) },
      ],
    });
    expect(await (await retry(() => fetch(`http://${address}:5000/`))).text()).toBe("good day");
  });

  test("what they print is kept", async () => {
    const { id } = await sandbox.machine("chatty", echo({ services: [web()] }));
    await expect.poll(() => sandbox.others.log(id)).toMatch(/listening on 127\.\d+\.\d+\.\d+:3000/);
  });
});

describe("starting and stopping", () => {
  test("start, stop, restart and the events that tell of them, newest first", async () => {
    const { call, until } = sandbox;
    const { id } = await sandbox.machine("updown", echo());
    const path = `/apps/updown/machines/${id}`;
    const pid = await pidOf(id);
    expect(alive(pid)).toBe(true);
    await expect.poll(() => sandbox.others.log(id)).toContain("listening");
    expect((await call("POST", `${path}/stop`, { signal: "SIGTERM", timeout: "2s" })).body).toEqual({
      ok: true,
    });
    const stopped = await until("updown", id, ({ state }) => state === "stopped");
    expect(alive(pid)).toBe(false);
    expect(stopped.events.map(({ type, status, source }) => `${type} ${status} ${source}`)).toEqual([
      "stop stopped flyd",
      "exit stopping flyd",
      "stop stopping user",
      "start started flyd",
      "start starting flyd",
      "launch created user",
    ]);
    const [exit] = exits(stopped);
    expect(exit?.exit_event).toEqual({ requested_stop: true, exited_at: expect.any(String) as unknown });
    expect(exit).not.toHaveProperty("restart_count");

    expect((await call("POST", `${path}/start`)).body).toEqual({ previous_state: "stopped" });
    const early = await call("POST", `${path}/start`);
    expect([early.status, early.body.error]).toEqual([
      412,
      "failed_precondition: machine still attempting to start",
    ]);
    await until("updown", id, ({ state }) => state === "started");
    const before = await pidOf(id);
    await call("POST", `${path}/restart`);
    await until("updown", id, ({ state }) => state === "started");
    expect(await pidOf(id)).not.toBe(before);
    expect((await call("GET", `${path}/events?limit=2`)).body).toHaveLength(2);
    expect((await call("POST", `${path}/signal`, { signal: "SIGSTOP" })).status).toBe(400);
  });

  test("a program that does not end when asked is killed after its time", async () => {
    const { id } = await sandbox.machine("stubborn", {
      image: "flymon/stubborn",
      stop_config: { timeout: "300ms" },
    });
    await expect.poll(() => sandbox.others.log(id)).toContain("listening");
    const begun = performance.now();
    await sandbox.call("POST", `/apps/stubborn/machines/${id}/stop`, {});
    const stopped = await sandbox.until("stubborn", id, ({ state }) => state === "stopped");
    expect(performance.now() - begun).toBeGreaterThan(290);
    expect(exits(stopped)[0]?.exit_event).toMatchObject({ exit_code: 137, requested_stop: true });
    expect(await sandbox.others.log(id)).toContain("SIGINT? Not now");
  });

  test("suspend freezes the program and start lets it go on; a big machine is stopped instead", async () => {
    const { call, until } = sandbox;
    const { id, private_ip: address } = await sandbox.machine("nap", echo({ services: [web()] }));
    await retry(() => fetch(`http://${address}:3000/health`));
    const pid = await pidOf(id);
    await call("POST", `/apps/nap/machines/${id}/suspend`);
    await until("nap", id, ({ state }) => state === "suspended");
    await expect(fetch(`http://${address}:3000/`, { signal: AbortSignal.timeout(200) })).rejects.toThrow();
    expect((await call("POST", `/apps/nap/machines/${id}/start`)).body).toEqual({
      previous_state: "suspended",
    });
    await until("nap", id, ({ state }) => state === "started");
    expect((await fetch(`http://${address}:3000/health`)).status).toBe(200);
    expect(await pidOf(id)).toBe(pid);

    const big = await sandbox.machine(
      "big",
      echo({ guest: { cpu_kind: "performance", cpus: 2, memory_mb: 4_096 } }),
    );
    await call("POST", `/apps/big/machines/${big.id}/suspend`);
    await until("big", big.id, ({ state }) => state === "stopped");
  });

  test("update reboots a running machine; with skip_launch a stopped one stays stopped", async () => {
    const { call, until } = sandbox;
    const { id, instance_id: before } = await sandbox.machine("updated", echo({ services: [web()] }));
    const path = `/apps/updated/machines/${id}`;
    const pid = await pidOf(id);
    const updated = await call<MachineBody>("POST", path, {
      config: echo({ services: [web()], env: { ECHO: "new" } }),
    });
    expect(updated.body.state).toBe("replacing");
    expect(updated.body.instance_id).not.toBe(before);
    const refused = await call("POST", `${path}/start`);
    expect(refused.body.error).toBe("failed_precondition: machine getting replaced, refusing to start");
    const waited = await call("GET", `${path}/wait?state=started&instance_id=${updated.body.instance_id}`);
    expect(waited.status).toBe(200);
    expect(alive(pid)).toBe(false);
    const { private_ip: address } = await sandbox.get("updated", id);
    expect(await (await retry(() => fetch(`http://${address}:3000/`))).json()).toMatchObject({
      env: "new",
      version: updated.body.instance_id,
    });
    await call("POST", `${path}/stop`, {});
    await until("updated", id, ({ state }) => state === "stopped");
    await call("POST", path, { config: echo(), skip_launch: true });
    await pause(100);
    expect((await sandbox.get("updated", id)).state).toBe("stopped");
    await call("POST", path, { config: echo() });
    await until("updated", id, ({ state }) => state === "started");
  });
});

describe("restart policy", () => {
  test("a crash loop uses up its budget and the machine stays stopped", async () => {
    const { id } = await sandbox.machine("loop", {
      image: "flymon/crash",
      restart: { policy: "on-failure", max_retries: 3 },
    });
    const over = await sandbox.until("loop", id, ({ state }) => state === "stopped", 10_000);
    const all = exits(over);
    expect(
      all.map(({ exit_event: { restarting }, restart_count }) => [restarting ?? false, restart_count]),
    ).toEqual([
      [false, 3],
      [true, 3],
      [true, 2],
      [true, 1],
    ]);
    expect(all[0]?.exit_event).toMatchObject({ exit_code: 1 });
    expect(all[0]?.exit_event).not.toHaveProperty("requested_stop");
    await pause(200);
    expect((await sandbox.get("loop", id)).state).toBe("stopped");
  });

  test("a good end is an end, unless the policy is always; no means no", async () => {
    const once = await sandbox.machine("once", { image: "flymon/once" });
    await sandbox.until("once", once.id, ({ state }) => state === "stopped");
    expect(exits(await sandbox.get("once", once.id))).toHaveLength(1);

    const always = await sandbox.machine("always", { image: "flymon/once", restart: { policy: "always" } });
    await sandbox.until("always", always.id, (machine) => exits(machine).length >= 3);
    await sandbox.call("POST", `/apps/always/machines/${always.id}/stop`, {});
    await sandbox.until("always", always.id, ({ state }) => state === "stopped");

    const no = await sandbox.machine("no", echo({ restart: { policy: "no" } }));
    await sandbox.others.kill(no.id, "SIGSEGV");
    const ended = await sandbox.until("no", no.id, ({ state }) => state === "stopped");
    expect(exits(ended)[0]?.exit_event).toMatchObject({ exit_code: 139, guest_signal: 11 });
  });

  test("who uses more memory than the guest has is killed for it and started again", async () => {
    const { id } = await sandbox.machine("leak", {
      image: "flymon/leak",
      restart: { policy: "on-failure", max_retries: 1 },
    });
    const over = await sandbox.until("leak", id, (machine) => machine.state === "stopped", 10_000);
    expect(exits(over)[1]).toMatchObject({
      exit_event: { exit_code: 137, oom_killed: true, restarting: true },
      restart_count: 1,
    });
    expect(await sandbox.others.log(id)).toContain("Out of memory");

    const fine = await sandbox.machine("pressed", echo({ restart: { policy: "no" } }));
    await sandbox.others.setMemory(fine.id, 4_096);
    const pressed = await sandbox.until("pressed", fine.id, ({ state }) => state === "stopped");
    expect(exits(pressed)[0]?.exit_event).toMatchObject({ oom_killed: true });
  });
});

describe("checks", () => {
  const withCheck = (check: object, config: object = {}): object =>
    echo({ services: [web({ checks: [{ ...healthCheck, grace_period: "0s", ...check }] })], ...config });
  const status = ({ checks }: MachineBody): string | undefined => checks?.[0]?.status;

  test("really ask the program: passing, then critical when it hangs, and updated_at is the change", async () => {
    const { id } = await sandbox.machine("checked", withCheck({ interval: "5s" }));
    const passing = await sandbox.until("checked", id, (machine) => status(machine) === "passing");
    expect(passing.checks?.[0]).toMatchObject({
      name: "servicecheck-00-http-3000",
      output: expect.stringContaining("200 OK Output: ") as unknown,
    });
    await pause(400);
    expect((await sandbox.get("checked", id)).checks?.[0]?.updated_at).toBe(passing.checks?.[0]?.updated_at);
    await sandbox.others.hang(id);
    const critical = await sandbox.until("checked", id, (machine) => status(machine) === "critical");
    expect(critical.checks?.[0]?.output).toContain("deadline exceeded");
    expect(critical.state).toBe("started");
    await sandbox.others.unhang(id);
    await sandbox.until("checked", id, (machine) => status(machine) === "passing");
  });

  test.each([
    ["a path that is not there", { path: "/nowhere" }, {}, "404 Not Found"],
    ["a redirect, which is not followed", { path: "/redirect" }, {}, "302 Found"],
    [
      "a wanted header that is missing",
      {},
      { env: { REQUIRE_HEADER: "X-Monitoring: yes" } },
      "401 Unauthorized",
    ],
    ["a port that nobody listens on", { port: 3_999 }, {}, "connection refused"],
    ["a port that nobody listens on, by tcp", { type: "tcp", port: 3_999 }, {}, "connection refused"],
  ])("critical: %s", async (what, check, config, words) => {
    const app = `critical-${what.replaceAll(/\W+/g, "-")}`;
    const { id } = await sandbox.machine(app, withCheck(check, config));
    // What is refused while the program is starting is not what is looked for.
    const critical = await sandbox.until(
      app,
      id,
      (machine) => status(machine) === "critical" && (machine.checks?.[0]?.output.includes(words) ?? false),
    );
    expect(critical.checks?.[0]?.output).toContain(words);
  });

  test("headers are sent, tcp connects, top-level checks have their names", async () => {
    const { id } = await sandbox.machine(
      "mixed",
      withCheck(
        { headers: [{ name: "X-Monitoring", values: ["yes"] }] },
        {
          env: { REQUIRE_HEADER: "X-Monitoring: yes" },
          checks: { alive: { type: "tcp", port: 3_000, interval: "5s" } },
        },
      ),
    );
    const mixed = await sandbox.until(
      "mixed",
      id,
      ({ checks }) => checks?.every((check) => check.status === "passing") ?? false,
    );
    expect(mixed.checks?.map(({ name, output }) => [name, output.slice(0, 7)])).toEqual([
      ["servicecheck-00-http-3000", "HTTP GE"],
      ["alive", "Success"],
    ]);
  });

  test("within the grace period a failure does not count; a stopped machine is not checked", async () => {
    const { id } = await sandbox.machine("grace", withCheck({ path: "/nowhere", grace_period: "50s" }));
    await pause(400);
    expect(status(await sandbox.get("grace", id))).toBe("warning");
    await sandbox.until("grace", id, (machine) => status(machine) === "critical");
    await sandbox.call("POST", `/apps/grace/machines/${id}/stop`, {});
    const stopped = await sandbox.until("grace", id, ({ state }) => state === "stopped");
    expect(stopped.checks?.[0]).toMatchObject({ status: "warning", output: "the machine hasn't started" });
  });
});

/** Tries until the program listens. */
const retry = async (ask: () => Promise<Response>): Promise<Response> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 100) throw error;
      await pause(30);
    }
  }
};
