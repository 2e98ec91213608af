import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { versions } from "../../sandbox/monitoring/versions";
import { startWorld, type World } from "../../sandbox/world";

let world: World;
let client: SandboxClient;
beforeAll(async () => {
  world = await startWorld({ apps: [] });
  client = connect(world.announcement);
});
afterEach(() => client.mendAll());
afterAll(() => world.stop());

interface Resource {
  readonly id: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: unknown;
}
interface Answer {
  readonly status: number;
  readonly data: Resource;
  readonly errors?: unknown;
  readonly allowed_values?: unknown;
}
interface Page {
  readonly data: readonly Resource[];
  readonly pagination: Readonly<Record<"first" | "last" | "prev" | "next", string | null>>;
}
const send = (method: string, path: string, body?: object): Promise<Response> => {
  const { apiUrl, token } = world.announcement.betterstack;
  return fetch(path.startsWith("http") ? path : `${apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(2_000),
  });
};
const api = async (method: string, path: string, body?: object): Promise<Answer> => {
  const response = await send(method, path, body);
  const text = await response.text();
  return { status: response.status, ...(text === "" ? {} : (JSON.parse(text) as object)) } as Answer;
};
const pageOf = async (path: string): Promise<Page> => (await send("GET", path)).json() as Promise<Page>;
/** Paused, so that nothing is probed. */
const monitor = { monitor_type: "status", url: "https://shop.example/health", paused: true };

const kinds: readonly [path: string, body: object, patch: object][] = [
  ["/api/v2/monitors", monitor, { check_frequency: 60 }],
  ["/api/v2/monitor-groups", { name: "group" }, { name: "other" }],
  ["/api/v2/heartbeats", { name: "job", period: 60, grace: 12 }, { grace: 20 }],
  ["/api/v2/heartbeat-groups", { name: "group" }, { paused: true }],
  ["/api/v3/policies", { name: "ladder", steps: [] }, { repeat_count: 2 }],
  ["/api/v2/urgencies", { name: "page" }, { sms: true }],
  ["/api/v2/on-calls", { name: "nights" }, { name: "days" }],
  [
    "/api/v2/outgoing-webhooks",
    { url: "http://127.0.0.1:9/", trigger_type: "incident_change", on_incident_started: true },
    { on_incident_resolved: true },
  ],
  [
    "/api/v2/incoming-webhooks",
    { started_rule_type: "all", acknowledged_rule_type: "unused", resolved_rule_type: "unused" },
    { name: "alerts" },
  ],
  [
    "/api/v2/status-pages",
    {
      company_name: "Hot Dash",
      company_url: "https://shop.example",
      timezone: "Amsterdam",
      subdomain: "hotdash",
    },
    { history: 30 },
  ],
];

describe.each(kinds)("%s", (path, body, patch) => {
  test("is created, read, listed, changed in what is sent alone, removed once", async () => {
    const created = await api("POST", path, body);
    expect(created).toMatchObject({ status: 201, data: { attributes: body } });
    const { id } = created.data;
    expect(id).toMatch(/^\d+$/);
    const read = await api("GET", `${path}/${id}`);
    expect(read).toEqual({ ...created, status: 200 });
    expect((await pageOf(path)).data.map((one) => one.id)).toContain(id);

    const changed = await api("PATCH", `${path}/${id}`, patch);
    expect(changed.status).toBe(200);
    const { updated_at: _, ...before } = created.data.attributes;
    expect(changed.data.attributes).toMatchObject({ ...before, ...patch });

    const gone = await send("DELETE", `${path}/${id}`);
    expect([gone.status, await gone.text()]).toEqual([204, ""]);
    expect(await api("DELETE", `${path}/${id}`)).toMatchObject({ status: 404 });
    expect(await api("GET", `${path}/${id}`)).toEqual({
      status: 404,
      errors: "Resource with provided ID was not found",
    });
  });
});

describe("monitors", () => {
  test("the server fills in what was not sent, and spells the method in lower case", async () => {
    const { data } = await api("POST", "/api/v2/monitors", { ...monitor, http_method: "POST" });
    expect(data).toMatchObject({
      type: "monitor",
      attributes: {
        pronounceable_name: "shop.example/health",
        http_method: "post",
        check_frequency: 30,
        confirmation_period: 120,
        recovery_period: 0,
        request_timeout: 15,
        ssl_expiration: 7,
        domain_expiration: 14,
        policy_id: null,
        status: "paused",
      },
      relationships: { policy: { data: null } },
    });
  });

  test("headers get ids; one without an id is added, one with _destroy removed", async () => {
    const made = await api("POST", "/api/v2/monitors", {
      ...monitor,
      request_headers: [
        { name: "a", value: "1" },
        { name: "b", value: "2" },
      ],
    });
    const [a, b] = made.data.attributes.request_headers as { id: string }[];
    const path = `/api/v2/monitors/${made.data.id}`;
    const added = await api("PATCH", path, { request_headers: [{ name: "a", value: "1" }] });
    expect(added.data.attributes.request_headers, "sent again without an id it is there twice").toHaveLength(
      3,
    );
    const removed = await api("PATCH", path, {
      request_headers: [
        { id: a?.id, _destroy: "true" },
        { id: b?.id, value: "3" },
      ],
    });
    expect(removed.data.attributes.request_headers).toMatchObject([
      { id: b?.id, name: "b", value: "3" },
      { name: "a", value: "1" },
    ]);
  });

  test("null turns the expiry checks off; a policy's id is a text", async () => {
    const policy = await api("POST", "/api/v3/policies", { name: "p" });
    const { data } = await api("POST", "/api/v2/monitors", {
      ...monitor,
      ssl_expiration: null,
      domain_expiration: null,
      policy_id: Number(policy.data.id),
    });
    expect(data.attributes).toMatchObject({
      ssl_expiration: null,
      domain_expiration: null,
      policy_id: policy.data.id,
    });
  });

  test.each([
    [{}, { errors: { monitor_type: ["Can't be blank."] } }],
    [{ monitor_type: "status" }, { errors: { url: ["Can't be blank."] } }],
    [{ ...monitor, url: "shop" }, { errors: { url: ["is invalid"] } }],
    [{ ...monitor, monitor_type: "keyword" }, { errors: { required_keyword: ["Can't be blank."] } }],
    [
      { ...monitor, check_frequency: 29 },
      { errors: { check_frequency: ["must be greater than or equal to 30"] } },
    ],
    [{ ...monitor, policy_id: "1" }, { errors: { policy: ["doesn't exist"] } }],
    [{ ...monitor, team_name: "Others" }, { errors: { team_name: ["doesn't exist"] } }],
    [
      { ...monitor, request_timeout: 4 },
      {
        errors: "Sorry, these attributes have unsupported values",
        allowed_values: { request_timeout: [2, 3, 5, 10, 15, 30, 45, 60] },
      },
    ],
    [
      { monitor_type: "tcp", url: "127.0.0.1", port: "80", request_timeout: 5 },
      {
        errors: "Sorry, these attributes have unsupported values",
        allowed_values: { request_timeout: [500, 1_000, 2_000, 3_000, 5_000] },
      },
    ],
    [
      { ...monitor, regions: ["mars"], ip_version: "ipv5" },
      {
        errors: "Sorry, these attributes have unsupported values",
        allowed_values: { regions: ["us", "eu", "as", "au"], ip_version: ["ipv4", "ipv6"] },
      },
    ],
    [
      { ...monitor, maintenance_timezone: "Europe/Amsterdam" },
      { errors: { maintenance_timezone: ["is not included in the list"] } },
    ],
  ])("%j is refused with its shape of a 422", async (body, answer) => {
    expect(await api("POST", "/api/v2/monitors", body)).toEqual({ status: 422, ...answer });
  });

  test("lists have pages and filters, and addresses of the others", async () => {
    const names = Array.from({ length: 5 }, (_, i) => `paged ${i}`);
    for (const name of names)
      await api("POST", "/api/v2/monitors", {
        ...monitor,
        url: "https://paged.example/",
        pronounceable_name: name,
      });
    const path = "/api/v2/monitors?url=https://paged.example/&per_page=2";
    const first = await pageOf(path);
    expect(first.pagination.prev).toBeNull();
    const seen: unknown[] = [];
    for (let next: string | null = path; next !== null;) {
      const page: Page = await pageOf(next);
      seen.push(...page.data.map(({ attributes }) => attributes.pronounceable_name));
      next = page.pagination.next;
    }
    expect(seen).toEqual(names);
    expect((await pageOf(first.pagination.last ?? "")).data).toHaveLength(1);
    expect((await pageOf("/api/v2/monitors?pronounceable_name=paged%203")).data).toHaveLength(1);
    expect((await pageOf("/api/v2/monitors?pronounceable_name=paged")).data).toEqual([]);
  });

  test("availability is in percent, and a bad span a 400", async () => {
    const { data } = await api("POST", "/api/v2/monitors", monitor);
    const sla = `/api/v2/monitors/${data.id}/sla`;
    expect((await api("GET", sla)).data).toMatchObject({
      type: "monitor_sla",
      attributes: { availability: 100 },
    });
    expect(await api("GET", `${sla}?from=2026-02-01&to=2026-01-01`)).toMatchObject({ status: 400 });
  });
});

describe("other kinds", () => {
  test("a heartbeat's period is at least 30 s, and a time zone wants an hour", async () => {
    expect(await api("POST", "/api/v2/heartbeats", { name: "x", period: 29, grace: 0 })).toMatchObject({
      status: 422,
      errors: { period: ["must be greater than or equal to 30"] },
    });
    const zoned = { name: "x", period: 60, grace: 0, server_timezone: "Europe/Amsterdam" };
    expect((await api("POST", "/api/v2/heartbeats", zoned)).status).toBe(422);
    expect((await api("POST", "/api/v2/heartbeats", { ...zoned, period: 3_600 })).status).toBe(201);
  });

  test("a policy answers its users by id and e-mail, whichever was sent", async () => {
    const people = await pageOf("/api/v2/team-members");
    const ada = people.data[0];
    const step = (member: object): object => ({ type: "escalation", wait_before: 0, step_members: [member] });
    const { data } = await api("POST", "/api/v3/policies", {
      name: "both",
      steps: [
        step({ type: "user", email: ada?.attributes.email }),
        step({ type: "user", id: Number(ada?.id) }),
      ],
    });
    const both = { type: "user", id: Number(ada?.id), email: ada?.attributes.email };
    expect(data.attributes.steps).toMatchObject([{ step_members: [both] }, { step_members: [both] }]);
    for (const member of [
      { type: "user", email: "no@body.example" },
      { type: "webhook", id: 1 },
      { type: "cat" },
    ])
      expect(await api("POST", "/api/v3/policies", { name: "x", steps: [step(member)] })).toMatchObject({
        status: 422,
      });
  });

  test("every account starts with two severities and one calendar with somebody on call", async () => {
    const names = (await pageOf("/api/v2/urgencies")).data.map(({ attributes }) => attributes.name);
    expect(names.slice(0, 2)).toEqual(["High Severity", "Low Severity"]);
    const [calendar] = (await pageOf("/api/v2/on-calls")).data;
    expect(calendar).toMatchObject({
      attributes: { default_calendar: true },
      relationships: { on_call_users: { data: [{ type: "user" }] } },
    });
  });

  test("a rotation is made and changed by the same POST, and 404 before", async () => {
    const { data } = await api("POST", "/api/v2/on-calls", { name: "nights" });
    const path = `/api/v2/on-calls/${data.id}/rotation`;
    expect((await api("GET", path)).status).toBe(404);
    const rotation = {
      users: ["ada@hotdash.example", "ben@hotdash.example"],
      rotation_length: 1,
      rotation_interval: "week",
      start_rotations_at: "2026-01-01T00:00:00Z",
      end_rotations_at: "2099-01-01T00:00:00Z",
    };
    expect((await api("POST", path, rotation)).status).toBe(201);
    expect(await api("GET", path)).toMatchObject({ users: rotation.users, rotation_interval: "week" });
    expect((await api("POST", path, { ...rotation, rotation_length: 2 })).status).toBe(201);
    expect(await api("GET", path)).toMatchObject({ rotation_length: 2 });
    expect(await api("POST", path, { ...rotation, users: ["no@body.example"] })).toMatchObject({
      status: 422,
    });
    const { data: calendar } = await api("GET", `/api/v2/on-calls/${data.id}`);
    expect(calendar.relationships).toMatchObject({ on_call_users: { data: [{ type: "user" }] } });
  });

  test("metadata is an upsert, read by its owner", async () => {
    const { data } = await api("POST", "/api/v2/monitors", monitor);
    const write = (values: object[]): Promise<Answer> =>
      api("POST", "/api/v3/metadata", { owner_type: "Monitor", owner_id: data.id, key: "team", values });
    expect((await write([{ type: "String", value: "a" }])).status).toBe(201);
    expect((await write([{ type: "String", value: "b" }])).status).toBe(200);
    const list = await pageOf(`/api/v3/metadata?owner_id=${data.id}&owner_type=Monitor`);
    expect(list.data).toMatchObject([{ attributes: { key: "team", values: [{ value: "b" }] } }]);
    expect((await write([])).status).toBe(204);
    expect((await pageOf(`/api/v3/metadata?owner_id=${data.id}&owner_type=Monitor`)).data).toEqual([]);
  });

  test("a status page has sections and resources, its own subdomain, and goes with all of them", async () => {
    const body = { company_name: "H", company_url: "https://h.example", timezone: "UTC", subdomain: "parts" };
    const { data } = await api("POST", "/api/v2/status-pages", body);
    expect(await api("POST", "/api/v2/status-pages", body)).toMatchObject({
      status: 422,
      errors: { subdomain: ["has already been taken"] },
    });
    const base = `/api/v2/status-pages/${data.id}`;
    const section = await api("POST", `${base}/sections`, { name: "Apps", position: 0 });
    const watched = await api("POST", "/api/v2/monitors", monitor);
    const resource = await api("POST", `${base}/resources`, {
      resource_id: Number(watched.data.id),
      resource_type: "Monitor",
      public_name: "Shop",
      status_page_section_id: Number(section.data.id),
    });
    expect(resource).toMatchObject({
      status: 201,
      data: { attributes: { availability: 1, status: "not_monitored", widget_type: "history" } },
    });
    expect((await api("GET", `/api/v2/status-pages/1/resources/${resource.data.id}`)).status).toBe(404);
    await api("DELETE", base);
    expect((await client.betterstack.state()).counts).toMatchObject({
      "status-page-sections": 0,
      "status-page-resources": 0,
    });
  });

  test("Slack cannot be linked by the API", async () => {
    expect((await api("POST", "/api/v2/slack-integrations", { slack_channel_name: "#x" })).status).toBe(404);
  });
});

describe("access and faults", () => {
  test("a wrong token is 401, a refused one 401 or 403", async () => {
    const { apiUrl } = world.announcement.betterstack;
    expect((await fetch(`${apiUrl}/api/v2/monitors`)).status).toBe(401);
    await client.breakService("betterstack", "token-refused", { status: 403 });
    expect((await api("GET", "/api/v2/monitors")).status).toBe(403);
  });

  test("calls are logged with the keys that were sent and those that were passed over", async () => {
    await client.betterstack.forgetCalls();
    await api("POST", "/api/v2/monitors", { ...monitor, colour: "red" });
    await client.breakService("betterstack", "server-error", { calls: 1 });
    await api("GET", "/api/v2/monitors?page=2");
    expect(await client.betterstack.calls()).toMatchObject([
      {
        action: "monitors.create",
        status: 201,
        sent: ["monitor_type", "url", "paused", "colour"],
        ignored: ["colour"],
      },
      { action: "monitors.list", status: 500, path: "/api/v2/monitors?page=2", fault: "server-error" },
    ]);
  });

  const outcome = (promise: Promise<Answer>): Promise<number | string> =>
    promise.then(
      ({ status }) => status,
      (error: unknown) =>
        (error as Error & { cause?: { code?: string } }).cause?.code ?? (error as Error).name,
    );
  const count = async (): Promise<number> => (await client.betterstack.state()).counts["monitor-groups"] ?? 0;

  test.each([
    ["rate-limited", { retryAfter: 7 }, 429, 0],
    ["rate-limited", { retryAfter: null }, 429, 0],
    ["server-error", {}, 500, 0],
    ["bad-gateway", {}, "SyntaxError", 0],
    ["unavailable", {}, 503, 0],
    ["no-answer", {}, "TimeoutError", 0],
    ["reset-before", {}, "UND_ERR_SOCKET", 0],
    ["lost-answer", {}, "UND_ERR_SOCKET", 1],
    ["truncated", {}, "SyntaxError", 1],
    ["slow-body", { delay: "5s" }, "TimeoutError", 1],
  ])("%s %j strikes the second create alone", async (fault, parameters, expected, made) => {
    await client.breakService("betterstack", fault, {
      ...parameters,
      calls: 1,
      nth: 2,
      method: "POST",
      path: "/api/v2/monitor-groups",
    });
    expect((await api("POST", "/api/v2/monitor-groups", { name: "a" })).status).toBe(201);
    const before = await count();
    const found = await outcome(api("POST", "/api/v2/monitor-groups", { name: "b" }));
    expect(
      expected === "UND_ERR_SOCKET" ? String(found).replace("ECONNRESET", "UND_ERR_SOCKET") : found,
    ).toBe(expected);
    expect((await count()) - before).toBe(made);
    expect((await api("POST", "/api/v2/monitor-groups", { name: "c" })).status).toBe(201);
  });

  test("Retry-After comes with a 429 or does not", async () => {
    await client.breakService("betterstack", "rate-limited", { retryAfter: 7 });
    expect((await send("GET", "/api/v2/monitors")).headers.get("retry-after")).toBe("7");
    await client.breakService("betterstack", "rate-limited", { retryAfter: null });
    expect((await send("GET", "/api/v2/monitors")).headers.get("retry-after")).toBeNull();
  });

  test("a stale read shows what was there before, and not what is new", async () => {
    const { data } = await api("POST", "/api/v2/monitor-groups", { name: "old" });
    await new Promise((resolve) => setTimeout(resolve, 80));
    await api("PATCH", `/api/v2/monitor-groups/${data.id}`, { name: "new" });
    await client.breakService("betterstack", "stale-read", { lag: "60ms" });
    expect((await api("GET", `/api/v2/monitor-groups/${data.id}`)).data.attributes.name).toBe("old");
    const fresh = await api("POST", "/api/v2/monitor-groups", { name: "fresh" });
    expect((await api("GET", `/api/v2/monitor-groups/${fresh.data.id}`)).status).toBe(404);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect((await api("GET", `/api/v2/monitor-groups/${data.id}`)).data.attributes.name).toBe("new");
  });

  test("versions keep what was, for a while", () => {
    let now = 0;
    const kept = versions<string>(() => now);
    kept.set(1, "a");
    now = 100;
    kept.set(1, "b");
    now = 200;
    expect(kept.remove(1)).toBe(true);
    expect(kept.remove(1)).toBe(false);
    now = 300;
    expect([kept.get(1), kept.get(1, 100), kept.get(1, 150), kept.get(1, 250), kept.get(1, 400)]).toEqual([
      undefined,
      undefined,
      "b",
      "a",
      undefined,
    ]);
    expect(kept.list(150)).toEqual(["b"]);
    now = 10 * 60_000;
    kept.set(2, "c");
    kept.remove(2);
    expect(kept.list(now - 250), "too old to be kept").toEqual([]);
  });
});
