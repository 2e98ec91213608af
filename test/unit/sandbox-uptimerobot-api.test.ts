import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { rateLimit } from "../../sandbox/uptimerobot/api/rate-limit";
import { isOpen } from "../../sandbox/uptimerobot/kinds/maintenance-window";
import { startWorld, type World } from "../../sandbox/world";

let world: World;
let client: SandboxClient;
beforeAll(async () => {
  world = await startWorld({ apps: [], uptimerobotLimits: Infinity });
  client = connect(world.announcement);
});
afterEach(() => client.mendAll());
afterAll(() => world.stop());

type Answer = Readonly<Record<string, unknown>> & { readonly httpStatus: number; readonly id: number };
const send = (
  method: string,
  path: string,
  body?: object,
  of: World = world,
  token = of.announcement.uptimerobot.token,
): Promise<Response> =>
  fetch(path.startsWith("http") ? path : `${of.announcement.uptimerobot.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(4_000),
  });
const api = async (method: string, path: string, body?: object, of: World = world): Promise<Answer> => {
  const response = await send(method, path, body, of);
  const text = await response.text();
  return { httpStatus: response.status, ...(text === "" ? {} : (JSON.parse(text) as object)) } as Answer;
};
/** Reads may be a moment late: until they are not. */
const settled = async (path: string, fits: (answer: Answer) => boolean): Promise<Answer> => {
  for (let tries = 0; tries < 40; tries += 1) {
    const answer = await api("GET", path);
    if (fits(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${path} did not settle`);
};
/** Nothing listens there, and it is no matter. */
const monitor = { type: "HTTP", friendlyName: "shop", url: "http://127.0.0.1:9/", interval: 300 };

const kinds: readonly [path: string, body: object, patch: object][] = [
  ["/monitors", monitor, { interval: 600 }],
  ["/alert-contacts", { type: "Email", value: "ben@hotdash.example" }, { friendlyName: "Ben" }],
  [
    "/maintenance-windows",
    { name: "night", interval: "daily", time: "02:00:00", duration: 60 },
    { duration: 30 },
  ],
  ["/psps", { friendlyName: "status" }, { status: "PAUSED" }],
  ["/monitor-groups", { name: "apps" }, { name: "shops" }],
];

describe.each(kinds)("%s", (path, body, patch) => {
  test("is created, read, changed in what is sent alone, removed once; reads are late by a moment", async () => {
    const created = await api("POST", path, body);
    expect(created).toMatchObject({ ...body, httpStatus: 201 });
    const read = await settled(`${path}/${created.id}`, ({ httpStatus }) => httpStatus === 200);
    expect(read).toMatchObject(body);
    expect(await api("PATCH", `${path}/${created.id}`, patch)).toMatchObject({
      ...body,
      ...patch,
      httpStatus: 200,
    });
    expect((await send("DELETE", `${path}/${created.id}`)).status).toBe(204);
    expect((await send("DELETE", `${path}/${created.id}`)).status).toBe(404);
    expect(await settled(`${path}/${created.id}`, ({ httpStatus }) => httpStatus === 404)).toMatchObject({
      code: "000-004",
    });
  });
});

describe("monitors", () => {
  test("names and addresses come back escaped; tags in lower case; defaults filled in", async () => {
    const made = await api("POST", "/monitors", {
      ...monitor,
      friendlyName: `A & "B"`,
      url: "http://127.0.0.1:9/?a=1&b=<2>",
      tagNames: ["Shop", "shop"],
    });
    expect(made).toMatchObject({
      friendlyName: "A &amp; &quot;B&quot;",
      url: "http://127.0.0.1:9/?a=1&amp;b=&lt;2&gt;",
      tags: [{ name: "shop" }],
      timeout: 30,
      httpMethodType: "HEAD",
      successHttpResponseCodes: ["2xx", "3xx"],
      status: "STARTED",
    });
  });

  test("a heartbeat's address is made by the server and not taken from outside", async () => {
    const beat = { type: "HEARTBEAT", friendlyName: "job", interval: 60 };
    expect(await api("POST", "/monitors", { ...beat, url: "http://127.0.0.1:9/" })).toMatchObject({
      httpStatus: 400,
    });
    const { url } = await api("POST", "/monitors", beat);
    expect(String(url).startsWith(`${world.announcement.uptimerobot.heartbeats}/`)).toBe(true);
  });

  test.each([
    [{ friendlyName: "" }, "friendlyName should not be empty"],
    [{ type: "WEB" }, "type must be one of the following values"],
    [{ interval: 29 }, "interval must be greater than or equal to 30"],
    [{ url: "shop" }, "url must be a URL address"],
    [{ type: "KEYWORD" }, "keywordType and keywordValue"],
    [{ type: "PORT", url: "127.0.0.1" }, "port should not be empty"],
    [{ type: "API" }, "1 to 5"],
    [
      { assignedAlertContacts: [{ alertContactId: "1", threshold: 0, recurrence: 0 }] },
      "alert contact 1 not found",
    ],
    [{ assignedAlertContacts: [{ alertContactId: "1" }] }, "threshold and recurrence"],
    [{ maintenanceWindowsIds: [1] }, "maintenance window 1 not found"],
  ])("%j is refused with a 400 that says why", async (change, words) => {
    const answer = await api("POST", "/monitors", { ...monitor, ...change });
    expect(answer).toMatchObject({ httpStatus: 400, code: "000-001" });
    expect(answer.message).toContain(words);
  });

  test("a list goes from page to page by its next link, and has filters", async () => {
    const names = Array.from({ length: 5 }, (_, i) => `paged ${i}`);
    for (const friendlyName of names) await api("POST", "/monitors", { ...monitor, friendlyName });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const seen: unknown[] = [];
    for (let next: unknown = "/monitors?name=paged&limit=2"; typeof next === "string";) {
      const page = await api("GET", next);
      seen.push(...(page.data as Answer[]).map(({ friendlyName }) => friendlyName));
      next = page.nextLink;
    }
    expect(seen).toEqual(names);
  });
});

describe("integrations", () => {
  const slack = { type: "Slack", data: { friendlyName: "incidents", webhookURL: "http://127.0.0.1:9/hook" } };

  test("are sent as type and data, and answered flat", async () => {
    const made = await api("POST", "/integrations", slack);
    expect(made).toMatchObject({
      httpStatus: 201,
      type: "Slack",
      friendlyName: "incidents",
      value: "http://127.0.0.1:9/hook",
      enableNotificationsFor: "UpAndDown",
    });
    const patched = await api("PATCH", `/integrations/${made.id}`, {
      type: "Slack",
      data: { customValue: "x" },
    });
    expect(patched).toMatchObject({ friendlyName: "incidents", customValue: "x" });
    expect(await api("POST", "/integrations", slack)).toMatchObject({ httpStatus: 409 });
    await send("DELETE", `/integrations/${made.id}`);
  });

  test("two at once to the same address: one is made, one is a 409", async () => {
    const both = await Promise.all([
      api("POST", "/integrations", slack),
      api("POST", "/integrations", slack),
    ]);
    expect(both.map(({ httpStatus }) => httpStatus).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  test("one that goes is taken from the monitors that told it", async () => {
    const { id } = await api("POST", "/integrations", {
      type: "Webhook",
      data: { urlToNotify: "http://127.0.0.1:9/gone" },
    });
    const made = await api("POST", "/monitors", {
      ...monitor,
      assignedAlertContacts: [{ alertContactId: String(id), threshold: 5, recurrence: 10 }],
    });
    expect(made.assignedAlertContacts).toEqual([{ alertContactId: id, threshold: 5, recurrence: 10 }]);
    await send("DELETE", `/integrations/${id}`);
    await settled(
      `/monitors/${made.id}`,
      (one) => (one.assignedAlertContacts as object[] | undefined)?.length === 0,
    );
  });
});

describe("access, plan and limits", () => {
  test("no key is 401; a read-only key reads and does not write", async () => {
    const { readOnlyToken } = world.announcement.uptimerobot;
    expect((await send("GET", "/monitors", undefined, world, "nobody")).status).toBe(401);
    expect((await send("GET", "/monitors", undefined, world, readOnlyToken)).status).toBe(200);
    expect((await send("POST", "/monitors", monitor, world, readOnlyToken)).status).toBe(403);
  });

  test("the free plan knows no ladder, no short interval, and ten calls a minute", async () => {
    const free = await startWorld({ apps: [], uptimerobotMonitors: "free" });
    try {
      expect(free.announcement.uptimerobot.plan).toBe("free");
      const [contact] = (await (
        await send("GET", "/user/alert-contacts", undefined, free)
      ).json()) as Answer[];
      const told = (threshold: number): object => ({
        ...monitor,
        assignedAlertContacts: [{ alertContactId: String(contact?.id), threshold, recurrence: 0 }],
      });
      expect(await api("POST", "/monitors", told(5), free)).toMatchObject({
        httpStatus: 400,
        message: "threshold and recurrence must be 0 on the free plan",
      });
      expect(await api("POST", "/monitors", { ...monitor, interval: 60 }, free)).toMatchObject({
        httpStatus: 400,
      });
      const made = await send("POST", "/monitors", told(0), free);
      expect([
        made.status,
        made.headers.get("x-ratelimit-limit"),
        made.headers.get("x-ratelimit-remaining"),
      ]).toEqual([201, "10", "6"]);
      for (let left = 6; left > 0; left -= 1) await api("GET", "/monitors", undefined, free);
      const refused = await send("GET", "/monitors", undefined, free);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
      expect(Number(refused.headers.get("x-ratelimit-reset")) * 1_000).toBeGreaterThan(Date.now());
    } finally {
      await free.stop();
    }
  });

  test("a window of a minute ends, and the next one begins", () => {
    let now = 1_000_000;
    const limit = rateLimit(2, () => now);
    const take = (): string => {
      try {
        limit({ header: () => undefined } as unknown as Parameters<typeof limit>[0]);
        return "taken";
      } catch {
        return "refused";
      }
    };
    expect([take(), take(), take()]).toEqual(["taken", "taken", "refused"]);
    now += 60_000;
    expect(take()).toBe("taken");
  });

  test("maintenance windows open by their rule, over midnight, too", () => {
    const at = (text: string): number => Date.parse(text);
    const base = { name: "w", date: null, time: "23:00:00", duration: 120, autoAddMonitors: false, days: [] };
    const daily = { ...base, interval: "daily" as const };
    expect(isOpen(daily, at("2026-03-02T23:30:00Z"))).toBe(true);
    expect(isOpen(daily, at("2026-03-03T00:59:00Z"))).toBe(true);
    expect(isOpen(daily, at("2026-03-03T01:00:00Z"))).toBe(false);
    const monday = { ...base, interval: "weekly" as const, days: [1] };
    expect(isOpen(monday, at("2026-03-02T23:30:00Z"))).toBe(true);
    expect(isOpen(monday, at("2026-03-03T00:30:00Z")), "began on Monday").toBe(true);
    expect(isOpen(monday, at("2026-03-03T23:30:00Z"))).toBe(false);
    const once = { ...base, interval: "once" as const, date: "2026-03-02" };
    expect(isOpen(once, at("2026-03-02T23:30:00Z"))).toBe(true);
    expect(isOpen(once, at("2026-03-09T23:30:00Z"))).toBe(false);
    const monthly = { ...base, interval: "monthly" as const, days: [2] };
    expect(isOpen(monthly, at("2026-04-02T23:30:00Z"))).toBe(true);
    expect(isOpen(monthly, at("2026-04-03T23:30:00Z"))).toBe(false);
  });
});

describe("faults", () => {
  test("404 after a create that did happen", async () => {
    await client.breakService("uptimerobot", "not-found-after-create", { calls: 1 });
    const lost = await api("POST", "/monitors", { ...monitor, friendlyName: "lost and found" });
    expect(lost).toEqual({ httpStatus: 404, message: "Monitor not found", code: "000-004" });
    await client.mendAll();
    const { monitors } = await client.uptimerobot.state();
    expect(monitors.filter(({ name }) => name === "lost and found")).toHaveLength(1);
  });

  test("chaos strikes a share of the calls, and the same seed the same ones", async () => {
    const run = async (): Promise<readonly number[]> => {
      await client.breakService("uptimerobot", "chaos", {
        probability: 0.5,
        seed: 7,
        kinds: ["server-error", "unavailable", "rate-limited"],
      });
      await client.uptimerobot.forgetCalls();
      for (let i = 0; i < 20; i += 1) await send("GET", "/monitor-groups");
      await client.mendAll();
      return (await client.uptimerobot.calls()).map(({ status }) => status);
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 429, 500, 503]));
    expect(await run()).toEqual(first);
  });

  test("down, and up again with all that was there", async () => {
    const { id } = await api("POST", "/monitor-groups", { name: "stays" });
    await client.breakService("uptimerobot", "down");
    await expect(send("GET", "/monitor-groups")).rejects.toThrow();
    await client.mendService("uptimerobot", "down");
    expect((await settled(`/monitor-groups/${id}`, ({ httpStatus }) => httpStatus === 200)).name).toBe(
      "stays",
    );
  });
});
