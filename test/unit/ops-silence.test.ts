import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hotdashFleet } from "../support/declarations";
import type { Alertmanager, Silence } from "../../ops/alertmanager/client";
import { alertmanagerAt, matcherWords } from "../../ops/alertmanager/client";
import { ended, endingAt, silenced } from "../../ops/alertmanager/silences";
import { durationOf, matchersFor, reach, silenceBounds } from "../../ops/commands/silence-target";
import { exitCodes } from "../../ops/exit-codes";
import { Failure } from "../../ops/failure";

// Alertmanager's silences over a real connection, with answers that go wrong.

let server: ServerType;
let stored: Silence[];
let asked: string[];
/** What goes wrong at the next calls: undefined is nothing, "lost" does what was asked and answers 502. */
let faults: ("lost" | number | undefined)[];
let alertmanager: Alertmanager;

const impatient = { requestMs: 2_000, attempts: 3, waitMs: 1 };
const urlOf = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  stored = [];
  asked = [];
  faults = [];
  const routes = new Hono();
  routes.use(async (c, next) => {
    asked.push(`${c.req.method} ${c.req.path.replace("/api/v2", "")}`);
    const fault = faults.shift();
    if (typeof fault === "number") return c.text("fault", fault as 500);
    await next();
    if (fault === "lost") c.res = new Response("lost", { status: 502 });
  });
  routes
    .get("/api/v2/silences", (c) => c.json(stored))
    .get("/api/v2/silence/:id", (c) => {
      const silence = stored.find(({ id }) => id === c.req.param("id"));
      return silence ? c.json(silence) : c.json("not found", 404);
    })
    .post("/api/v2/silences", async (c) => {
      const wanted = await c.req.json<Silence>();
      const id = wanted.id || randomUUID();
      stored = [...stored.filter((one) => one.id !== id), { ...wanted, id, status: { state: "active" } }];
      return c.json({ silenceID: id });
    })
    .delete("/api/v2/silence/:id", (c) => {
      stored = stored.map((one) =>
        one.id === c.req.param("id") ? { ...one, status: { state: "expired" } } : one,
      );
      return c.body(null, 200);
    });
  server = await new Promise<ServerType>((resolve) => {
    const listening = serve({ fetch: routes.fetch, port: 0, hostname: "127.0.0.1" }, () => {
      resolve(listening);
    });
  });
  alertmanager = alertmanagerAt({ url: urlOf() }, impatient);
});
afterEach(() => {
  server.close();
});

const fleet = hotdashFleet();
const wish = (changes: { app?: string; createdBy?: string; comment?: string; minutes?: number } = {}) => ({
  matchers: matchersFor(fleet, { app: changes.app ?? "hotdash-staging", alert: "FlyCpuHigh" }),
  createdBy: changes.createdBy ?? "ada",
  comment: changes.comment ?? "deploy",
  endsAt: new Date(Date.now() + (changes.minutes ?? 15) * 60_000),
});
const make = (changes = {}) => silenced(alertmanager, wish(changes), impatient);
const failureOf = async (run: () => unknown): Promise<Failure> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it did not fail");
};

describe("a silence", () => {
  test("is looked for before it is made", async () => {
    const first = await make();
    expect(first.isAdopted).toBe(false);
    expect(asked.slice(0, 2)).toEqual(["GET /silences", "POST /silences"]);
    const second = await make({ minutes: 10 });
    expect(second).toEqual({ silence: first.silence, isAdopted: true });
    expect(stored).toHaveLength(1);
  });

  test("is prolonged where it ends too early", async () => {
    const { silence } = await make();
    const longer = await make({ minutes: 60 });
    expect([longer.silence.id, longer.isAdopted]).toEqual([silence.id, true]);
    expect(Date.parse(longer.silence.endsAt) - Date.parse(silence.endsAt)).toBeGreaterThan(40 * 60_000);
    expect(longer.silence.startsAt).toBe(silence.startsAt);
    expect(stored).toHaveLength(1);
  });

  test.each([
    ["another app's", { app: "hotdash-chatwoot" }],
    ["somebody else's", { createdBy: "grace" }],
    ["one for another reason", { comment: "load test" }],
  ])("is not %s", async (_, changes) => {
    await make(changes);
    expect((await make()).isAdopted).toBe(false);
    expect(stored).toHaveLength(2);
  });

  test("that is over is not adopted", async () => {
    const { silence } = await make();
    await alertmanager.end(silence.id);
    expect((await make()).silence.id).not.toBe(silence.id);
  });

  test("is made once although the answer is lost", async () => {
    faults = [undefined, "lost"];
    const { silence, isAdopted } = await make();
    expect(isAdopted).toBe(false);
    expect(stored.map(({ id }) => id)).toEqual([silence.id]);
    expect(asked).toEqual(["GET /silences", "POST /silences", "GET /silences"]);
  });

  test("ends earlier or at once, and once over stays so", async () => {
    const { silence } = await make();
    const soon = await endingAt(alertmanager, silence, new Date(Date.now() + 1_000));
    expect([soon.id, stored.length]).toEqual([silence.id, 1]);
    expect(await ended(alertmanager, silence.id)).toBe(true);
    expect(await ended(alertmanager, silence.id)).toBe(true);
    expect(asked.filter((call) => call.startsWith("DELETE"))).toHaveLength(1);
    expect(await ended(alertmanager, "nothing")).toBe(false);
  });
});

describe("Alertmanager", () => {
  test("is asked again where asking twice does no harm", async () => {
    faults = [503, 429];
    expect(await alertmanager.silences()).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  test("is given up after some attempts, with what it said and what to do", async () => {
    faults = [500, 500, 500, 500];
    const failure = await failureOf(() => alertmanager.silences());
    expect(failure.exitCode).toBe(exitCodes.remote);
    expect(failure.message).toMatch(
      /^Alertmanager \(127\.0\.0\.1:\d+\): list silences: answered with HTTP status 500, fault\.\n {4}mend: {4}\S/,
    );
    expect(asked).toHaveLength(3);
  });

  test("that wants a password is told it, and never tells it", async () => {
    faults = [401];
    const failure = await failureOf(() =>
      alertmanagerAt({ url: urlOf(), password: "pass-word" }, impatient).silences(),
    );
    expect(failure.message).toContain("FLYMON_ALERTMANAGER_PASSWORD");
    expect(failure.message).not.toContain("pass-word");
    expect(asked).toHaveLength(1);
  });

  test("is not anything that answers", async () => {
    stored = [{ id: "no silence" } as Silence];
    const failure = await failureOf(() => alertmanager.silences());
    expect(failure.message).toContain("something that is not Alertmanager's");
    expect(failure.exitCode).toBe(exitCodes.remote);
  });
});

describe("what is meant", () => {
  const words = (target: Parameters<typeof matchersFor>[1]): string =>
    matcherWords(matchersFor(fleet, target));

  test("is matched by labels; a process group also where alerts are of several", () => {
    expect(words({ app: "hotdash-staging" })).toBe('app="hotdash-staging"');
    expect(words({ app: "hotdash-staging", severity: "warning" })).toBe(
      'app="hotdash-staging" severity="warning"',
    );
    const [, group] = matchersFor(fleet, { app: "hotdash-chatwoot", processGroup: "worker" });
    const pattern = new RegExp(`^(?:${group?.value ?? ""})$`);
    for (const value of ["worker", "web+worker", "worker+web"]) expect(value).toMatch(pattern);
    for (const value of ["web", "workers", "web+workers"]) expect(value).not.toMatch(pattern);
  });

  test("of the watchtower leaves its heartbeat alone", () => {
    expect(words({ app: "watchtower" })).toBe('app="watchtower" alertname!="DeadMansSwitch"');
  });

  test.each([
    [{ app: "hotdash-stagin" }, "did you mean hotdash-staging?"],
    [{ app: "hotdash-staging", alert: "FlyCpuHihg" }, "did you mean FlyCpuHigh?"],
    [{ app: "hotdash-chatwoot", processGroup: "workr" }, "did you mean worker?"],
    [{ app: "hotdash-staging", severity: "critcal" }, "did you mean critical?"],
  ])("is refused where nothing has the name: %j", async (target, mend) => {
    const failure = await failureOf(() => matchersFor(fleet, target));
    expect([failure.exitCode, failure.message.includes(mend)]).toEqual([exitCodes.usage, true]);
  });

  test("lasts at least a minute and at most a day", async () => {
    expect(durationOf("for", "15m", silenceBounds)).toBe(900_000);
    for (const text of ["15", "10s", "2d"]) {
      expect((await failureOf(() => durationOf("for", text, silenceBounds))).exitCode).toBe(exitCodes.usage);
    }
  });
});

describe("where Alertmanager is", () => {
  test.each(["ftp://host", "host:9093", "http://user:pass-word@host"])("is not %s", async (url) => {
    const failure = await failureOf(() => reach(fleet, url, {}));
    expect(failure.exitCode).toBe(exitCodes.usage);
    expect(failure.message).not.toContain("pass-word");
  });

  test("is told by the stack, the environment or the flag", async () => {
    expect((await failureOf(() => reach(fleet, undefined, {}))).exitCode).toBe(exitCodes.refused);
    const tower = hotdashFleet({ watchtower: { app: "tower", region: "iad" } });
    expect(reach(tower, undefined, {})).toBeDefined();
    const fromEnvironment = reach(fleet, undefined, { FLYMON_ALERTMANAGER_URL: urlOf() });
    expect(await fromEnvironment.silences()).toEqual([]);
    expect(
      await reach(fleet, `${urlOf()}/`, { FLYMON_ALERTMANAGER_URL: "http://127.0.0.1:65433" }).silences(),
    ).toEqual([]);
  });
});
