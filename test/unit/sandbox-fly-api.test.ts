import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setTimeout as pause } from "node:timers/promises";
import { callerOf, echo, startTestFly, web, type MachineBody, type TestFly } from "../support/fly-sandbox";

let sandbox: TestFly;
beforeAll(async () => {
  sandbox = await startTestFly();
});
afterAll(() => sandbox.fly.stop());

let made = 0;
/** An app of its own for a test, with a stopped machine: quick, for nothing has to start. */
const resting = async (
  config: object = echo(),
): Promise<{ app: string; path: string; machine: MachineBody }> => {
  const app = `resting-${(made += 1)}`;
  await sandbox.call("POST", "/apps", { app_name: app, org_slug: "hotdash" });
  const { body } = await sandbox.call<MachineBody>("POST", `/apps/${app}/machines`, {
    config,
    skip_launch: true,
  });
  return { app, path: `/apps/${app}/machines/${body.id}`, machine: body };
};

describe("who may call", () => {
  test.each([
    ["none", undefined, 401],
    ["another one", "Bearer fm2_wrong", 401],
  ])("%s: %s is %i, with the request's id", async (_, authorization, status) => {
    const response = await fetch(`${sandbox.fly.announcement.apiUrl}/v1/apps?org_slug=hotdash`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(response.status).toBe(status);
    expect(response.headers.get("fly-request-id")).toMatch(/^\w{26}-ord$/);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^unauthenticated: /) as unknown });
  });

  test("FlyV1 does as well as Bearer, and a read-only token reads", async () => {
    const { apiUrl, token, readOnlyToken } = sandbox.fly.announcement;
    const flyV1 = await fetch(`${apiUrl}/v1/apps?org_slug=hotdash`, {
      headers: { authorization: `FlyV1 ${token}` },
    });
    expect(flyV1.status).toBe(200);
    const readOnly = callerOf(apiUrl, readOnlyToken);
    expect((await readOnly("GET", "/apps?org_slug=hotdash")).status).toBe(200);
    const refused = await readOnly("POST", "/apps", { app_name: "mine", org_slug: "hotdash" });
    expect([refused.status, refused.body.error]).toEqual([
      403,
      "permission_denied: this token may only read",
    ]);
  });
});

describe("apps", () => {
  test("made, listed, found, refused a second time, deleted", async () => {
    const { call } = sandbox;
    expect((await call("POST", "/apps", { app_name: "shop", org_slug: "hotdash" })).status).toBe(201);
    const again = await call("POST", "/apps", { app_name: "shop", org_slug: "hotdash" });
    expect([again.status, again.body.status]).toEqual([422, "name_taken"]);
    expect((await call("POST", "/apps", { app_name: "Shop!", org_slug: "hotdash" })).status).toBe(422);
    expect((await call("GET", "/apps?org_slug=hotdash")).body.apps).toContainEqual(
      expect.objectContaining({
        name: "shop",
        machine_count: 0,
        organization: { name: "hotdash", slug: "hotdash" },
      }),
    );
    expect((await call("GET", "/apps/shop")).body).toMatchObject({ name: "shop", network: "default" });
    expect((await call("DELETE", "/apps/shop")).status).toBe(202);
    expect((await call("GET", "/apps/shop")).status).toBe(404);
    expect((await call("GET", "/apps/shop/machines")).status).toBe(404);
  });
});

describe("machines", () => {
  test("are listed by state, region and metadata, and in short", async () => {
    const { call } = sandbox;
    await call("POST", "/apps", { app_name: "filtered", org_slug: "hotdash" });
    const add = async (name: string, region: string, group: string): Promise<void> => {
      const config = echo({ metadata: { fly_process_group: group } });
      await call("POST", "/apps/filtered/machines", { name, region, config, skip_launch: true });
    };
    await add("a", "ord", "web");
    await add("b", "iad", "web");
    await add("c", "iad", "worker");
    const names = async (query: string): Promise<readonly string[]> =>
      (await call<MachineBody[]>("GET", `/apps/filtered/machines?${query}`)).body.map(({ name }) => name);
    expect(await names("")).toEqual(["a", "b", "c"]);
    expect(await names("region=iad")).toEqual(["b", "c"]);
    expect(await names("metadata.fly_process_group=web&region=iad")).toEqual(["b"]);
    expect(await names("state=started,suspended")).toEqual([]);
    expect(await names("state=stopped,started")).toHaveLength(3);
    const [short] = (await call<MachineBody[]>("GET", "/apps/filtered/machines?summary=true")).body;
    expect(short).not.toHaveProperty("config");
    expect(short).not.toHaveProperty("events");
    expect(short).toMatchObject({ name: "a", state: "stopped", cordoned: false });
  });

  test("two of the same name, an image that there is not, and a machine elsewhere are refused", async () => {
    const { call } = sandbox;
    const { app, machine } = await resting();
    const twin = await call("POST", `/apps/${app}/machines`, { name: machine.name, config: echo() });
    expect([twin.status, twin.body.error]).toEqual([
      409,
      `already_exists: unique machine name violation, machine ID ${machine.id} already exists with name "${machine.name}"`,
    ]);
    const image = await call("POST", `/apps/${app}/machines`, { config: { image: "nobody/nothing:1" } });
    expect([image.status, image.body.error]).toEqual([
      400,
      expect.stringContaining("failed to get manifest"),
    ]);
    const other = await resting();
    expect((await call("GET", `/apps/${app}/machines/${other.machine.id}`)).status).toBe(404);
    const text = await fetch(`${sandbox.fly.announcement.apiUrl}/v1/apps/${app}/machines`, {
      method: "POST",
      body: "{",
      headers: { authorization: `Bearer ${sandbox.fly.announcement.token}` },
    });
    expect(text.status).toBe(400);
  });

  test("update replaces the whole config under a new version, as long as the version is the expected one", async () => {
    const { call } = sandbox;
    const { path, machine } = await resting(echo({ env: { A: "1" }, foreign: { kept: true } }));
    const wrong = await call("POST", path, { config: echo(), current_version: "01AAAAAAAAAAAAAAAAAAAAAAAA" });
    expect([wrong.status, wrong.body.error]).toEqual([412, expect.stringMatching(/^failed_precondition: /)]);
    const right = await call<MachineBody>("POST", path, {
      config: echo({ env: { B: "2" } }),
      current_version: machine.instance_id,
      skip_launch: true,
    });
    expect(right.status).toBe(200);
    expect(right.body.instance_id).not.toBe(machine.instance_id);
    expect(right.body.state).toBe("stopped");
    expect(right.body.config).toMatchObject({ env: { B: "2" } });
    expect(right.body.config).not.toHaveProperty("foreign");
    expect(right.body.events[0]).toMatchObject({ type: "update", source: "user", status: "stopped" });
    const versions = (await call<{ version: string }[]>("GET", `${path}/versions`)).body;
    expect(versions.map(({ version }) => version)).toEqual([right.body.instance_id, machine.instance_id]);
    expect((await call("POST", path, { config: echo(), region: "iad" })).status).toBe(400);
    expect((await call("POST", path, { config: { ...echo(), guest: { cpus: 3 } } })).status).toBe(400);
  });

  test("metadata is read and set by key without a new version", async () => {
    const { call, get } = sandbox;
    const { app, path, machine } = await resting(echo({ metadata: { a: "1" } }));
    expect((await call("POST", `${path}/metadata/b`, { value: "2" })).status).toBe(204);
    expect((await call("GET", `${path}/metadata`)).body).toEqual({ a: "1", b: "2" });
    expect((await call("GET", `${path}/metadata/b`)).body).toEqual({ value: "2" });
    expect((await call("DELETE", `${path}/metadata/a`)).status).toBe(204);
    expect((await call("DELETE", `${path}/metadata/a`)).status).toBe(404);
    expect((await get(app, machine.id)).instance_id).toBe(machine.instance_id);
    expect((await get(app, machine.id)).config?.metadata).toEqual({ b: "2" });
  });

  test("cordon, uncordon, and delete with and without force", async () => {
    const { call, until, machine } = sandbox;
    const { id } = await machine("deleted", echo());
    const path = `/apps/deleted/machines/${id}`;
    await call("POST", `${path}/cordon`);
    expect((await sandbox.get("deleted", id)).cordoned).toBe(true);
    await call("POST", `${path}/uncordon`);
    expect((await sandbox.get("deleted", id)).cordoned).toBe(false);
    const refused = await call("DELETE", path);
    expect([refused.status, refused.body.error]).toEqual([
      412,
      expect.stringContaining("unable to destroy machine"),
    ]);
    expect((await call("DELETE", `${path}?force=true`)).body).toEqual({ ok: true });
    await until("deleted", id, ({ state }) => state === "destroyed");
    expect((await call<MachineBody[]>("GET", "/apps/deleted/machines")).body).toEqual([]);
    expect(
      (await call<MachineBody[]>("GET", "/apps/deleted/machines?include_deleted=true")).body,
    ).toHaveLength(1);
    expect((await call("POST", `${path}/start`)).status).toBe(404);
  });

  test("a host that is not reachable gives no config and takes no changes", async () => {
    const { call, others, get } = sandbox;
    const { app, path, machine } = await resting();
    await others.setHost(machine.id, "unknown");
    const seen = await get(app, machine.id);
    expect([seen.host_status, seen.config]).toEqual(["unknown", null]);
    expect(seen.incomplete_config).toMatchObject({ image: "registry.fly.io/flymon/echo:1" });
    expect((await call("POST", path, { config: echo() })).status).toBe(503);
    await others.setHost(machine.id, "ok");
    expect((await get(app, machine.id)).config).not.toBeNull();
  });
});

describe("leases", () => {
  const nonceOf = (body: unknown): string => (body as { data: { nonce: string } }).data.nonce;

  test("who holds one may change, all others get 409 until it is given back", async () => {
    const { call } = sandbox;
    const { app, path, machine } = await resting();
    expect((await call("GET", `${path}/lease`)).status).toBe(404);
    const taken = await call("POST", `${path}/lease`, { ttl: 30, description: "flymon" });
    expect(taken.status).toBe(201);
    expect(taken.body).toMatchObject({
      status: "success",
      data: { description: "flymon", version: machine.instance_id },
    });
    const nonce = nonceOf(taken.body);
    const words = new RegExp(
      `^aborted: machine ID ${machine.id} lease currently held by .+@tokens\\.fly\\.io, expires at .+Z$`,
    );
    for (const [method, rest, body] of [
      ["POST", "", { config: echo() }],
      ["POST", "/stop", {}],
      ["POST", "/lease", {}],
      ["DELETE", "/lease", undefined],
      ["DELETE", "?force=true", undefined],
    ] as const) {
      const refused = await call(method, `${path}${rest}`, body);
      expect([method, rest, refused.status, refused.body.error]).toEqual([
        method,
        rest,
        409,
        expect.stringMatching(words),
      ]);
    }
    const read = await call("GET", `${path}/lease`);
    expect(JSON.stringify(read.body)).not.toContain(nonce);
    const [listed] = (await call<object[]>("GET", `/apps/${app}/machines?include_leases=true`)).body;
    expect(listed).toMatchObject({ lease: { description: "flymon" } });
    expect((await call("POST", path, { config: echo(), skip_launch: true }, { nonce })).status).toBe(200);
    expect((await call("DELETE", `${path}/lease`, undefined, { nonce })).status).toBe(200);
    expect((await call("POST", `${path}/cordon`)).status).toBe(200);
  });

  test("it is prolonged with its nonce, ends by itself, and a nonce that is over is refused", async () => {
    const { call } = sandbox;
    const { path } = await resting();
    const nonce = nonceOf((await call("POST", `${path}/lease?ttl=1`)).body);
    const longer = await call("POST", `${path}/lease?ttl=2`, undefined, { nonce });
    expect([longer.status, nonceOf(longer.body)]).toEqual([201, nonce]);
    await pause(1_200);
    expect((await call("POST", `${path}/cordon`)).status).toBe(409);
    await pause(1_000);
    expect((await call("POST", `${path}/cordon`)).status).toBe(200);
    expect((await call("POST", `${path}/uncordon`, undefined, { nonce })).status).toBe(409);
    expect((await call("POST", `${path}/lease`, { ttl: 5 })).status).toBe(201);
  });

  test("a machine is made with a lease where asked for", async () => {
    const { app } = await resting();
    const { body } = await sandbox.call<{ id: string; nonce: string }>("POST", `/apps/${app}/machines`, {
      config: echo(),
      lease_ttl: 10,
      skip_launch: true,
    });
    const path = `/apps/${app}/machines/${body.id}`;
    expect((await sandbox.call("POST", `${path}/cordon`)).status).toBe(409);
    expect((await sandbox.call("POST", `${path}/cordon`, undefined, { nonce: body.nonce })).status).toBe(200);
  });
});

describe("wait", () => {
  test("answers when the state is reached, and with 408 when it is not in time", async () => {
    const { call } = sandbox;
    const { path, machine } = await resting();
    const late = await call("GET", `${path}/wait?state=started&timeout=1`);
    expect([late.status, late.body.error]).toEqual([
      408,
      "machine failed to reach desired state, started, currently stopped",
    ]);
    const waiting = call("GET", `${path}/wait?state=started&instance_id=${machine.instance_id}&timeout=10`);
    expect((await call("POST", `${path}/start`)).body).toEqual({ previous_state: "stopped" });
    expect((await waiting).body).toMatchObject({ ok: true, state: "started", version: machine.instance_id });
    expect((await call("GET", `${path}/wait?state=settled`)).body).toMatchObject({ state: "started" });
  });

  test("stopped wants a version; a version that was replaced or never was is told so", async () => {
    const { call } = sandbox;
    const { path, machine } = await resting();
    const bare = await call("GET", `${path}/wait?state=stopped`);
    expect([bare.status, bare.body.error]).toEqual([
      400,
      "instance_id required when waiting for stopped machine",
    ]);
    expect((await call("GET", `${path}/wait?state=stopped&version=${machine.instance_id}`)).status).toBe(200);
    await call("POST", path, { config: echo(), skip_launch: true });
    expect((await call("GET", `${path}/wait?state=stopped&version=${machine.instance_id}`)).status).toBe(400);
    expect((await call("GET", `${path}/wait?state=stopped&version=01AAAAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(
      404,
    );
  });
});

describe("the organization", () => {
  test("lists all its machines in pages, oldest change first", async () => {
    const { call } = sandbox;
    await resting();
    await resting();
    const first = await call<{ machines: object[]; next_cursor?: string }>(
      "GET",
      "/orgs/hotdash/machines?limit=2",
    );
    expect(first.body.machines).toHaveLength(2);
    expect(first.body.machines[0]).not.toHaveProperty("checks");
    const ids = new Set<unknown>();
    type Page = { readonly machines: readonly { readonly id: string }[]; readonly next_cursor?: string };
    let cursor: string | undefined = "";
    for (let page = 0; cursor !== undefined && page < 50; page += 1) {
      const { body }: { readonly body: Page } = await call<Page>(
        "GET",
        `/orgs/hotdash/machines?limit=2&cursor=${cursor}`,
      );
      for (const { id } of body.machines) ids.add(id);
      cursor = body.next_cursor;
    }
    const all = sandbox.fly.platform.estate;
    expect(ids.size).toBe([...all.machines.values()].filter(({ state }) => state !== "destroyed").length);
    expect((await call("GET", "/orgs/nobody/machines")).status).toBe(404);
  });

  test("volumes tell what is used of them", async () => {
    const { call, others } = sandbox;
    const volume = { name: "data", sizeGb: 2, path: "/data", used: 0.5 };
    const { machines } = await others.makeApp({
      name: "disk",
      machines: [{ config: echo(), state: "stopped", volume }],
    });
    const { body } = await call<{ id: string; bytes_used: number; bytes_total: number }[]>(
      "GET",
      "/apps/disk/volumes",
    );
    expect(body).toEqual([
      expect.objectContaining({
        size_gb: 2,
        bytes_used: 1_073_741_824,
        bytes_total: 2_147_483_648,
        attached_machine_id: machines[0]?.id,
      }),
    ]);
    expect((await call("GET", `/apps/disk/volumes/${body[0]?.id ?? ""}`)).body).toMatchObject({
      name: "data",
    });
    expect((await call("GET", "/apps/disk/volumes/vol_none")).status).toBe(404);
    const config = echo({ mounts: [{ volume: body[0]?.id, path: "/data" }] });
    const second = await call("POST", "/apps/disk/machines", { config });
    expect([second.status, second.body.error]).toEqual([
      412,
      expect.stringContaining("is attached to machine"),
    ]);
  });
});

test("rate limits are an action and a machine: bursts of three, ten for reading one, with Retry-After", async () => {
  const limited = await startTestFly({ limits: 1 });
  try {
    const { call, others } = limited;
    const { machines } = await others.makeApp({
      name: "limited",
      machines: [{ config: echo({ services: [web()] }), count: 2, state: "stopped" }],
    });
    const [one, two] = machines.map(({ id }) => `/apps/limited/machines/${id}`);
    const statuses = async (times: number, path: string, method = "GET"): Promise<number[]> => {
      const found: number[] = [];
      for (let turn = 0; turn < times; turn += 1) found.push((await call(method, path)).status);
      return found;
    };
    expect(await statuses(4, `${one ?? ""}/cordon`, "POST")).toEqual([200, 200, 200, 429]);
    expect(await statuses(1, `${one ?? ""}/uncordon`, "POST")).toEqual([200]);
    expect(await statuses(1, `${two ?? ""}/cordon`, "POST")).toEqual([200]);
    expect((await statuses(12, one ?? "")).filter((status) => status === 200).length).toBeGreaterThanOrEqual(
      10,
    );
    const refused = await call("POST", `${one ?? ""}/cordon`);
    expect([refused.status, refused.headers.get("retry-after"), refused.body]).toEqual([
      429,
      "1",
      { error: "rate limit exceeded" },
    ]);
    await pause(1_050);
    expect((await call("POST", `${one ?? ""}/cordon`)).status).toBe(200);
  } finally {
    await limited.fly.stop();
  }
});
