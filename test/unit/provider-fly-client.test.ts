import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../infra/provider/clock";
import { readConfiguration } from "../../infra/provider/configuration";
import { connectFly, type FlyClient } from "../../infra/provider/fly/client";
import { goMilliseconds, plainDuration } from "../../infra/provider/fly/go-duration";
import { machineSettings } from "../../infra/provider/fly/machine-settings";
import { flyRates } from "../../infra/provider/fly/rates";
import { createPacer } from "../../infra/provider/http/pacer";
import { authorization, httpTransport } from "../../infra/provider/fly/transport";
import { checkProperties } from "../../infra/provider/check";

// The Machines API's client over a real connection.

let server: ServerType;
let answers: Response[];
let asked: Request[];
let fly: FlyClient;

beforeEach(async () => {
  answers = [];
  asked = [];
  const routes = new Hono().all("*", (c) => {
    asked.push(c.req.raw);
    return answers.shift() ?? c.json([]);
  });
  await new Promise<void>((listening) => {
    server = serve({ fetch: routes.fetch, port: 0, hostname: "127.0.0.1" }, () => {
      listening();
    });
  });
  fly = connectFly(
    { transport: httpTransport, clock: systemClock },
    {
      configuration: readConfiguration(
        {
          flyToken: "fm2_secret",
          flyApiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        },
        {},
      ),
      signal: new AbortController().signal,
      log: () => undefined,
    },
    "shop",
  );
});
afterEach(() => new Promise((closed) => server.close(closed)));

const failing = async (attempt: Promise<unknown>): Promise<string> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return fly.explained(error, "looking").message;
};

describe("the client", () => {
  it("asks below /v1 with the token in the scheme that it wants", async () => {
    await fly.list({ flymon_created: "web-1" });
    expect(new URL(asked[0]?.url ?? "").pathname).toBe("/v1/apps/shop/machines");
    expect(new URL(asked[0]?.url ?? "").search).toBe("?metadata.flymon_created=web-1");
    expect(asked[0]?.headers.get("authorization")).toBe("FlyV1 fm2_secret");
    expect(authorization("plain-token")).toBe("Bearer plain-token");
    expect(authorization("FlyV1 fm2_a,fm2_b")).toBe("FlyV1 fm2_a,fm2_b");
  });

  it("waits as long as Retry-After says, and goes on", async () => {
    answers = [new Response("{}", { status: 429, headers: { "retry-after": "1" } })];
    const started = Date.now();
    expect(await fly.list()).toEqual([]);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_000);
  });

  it("asks again after a gateway's page, a cut answer and a conflict of somebody else's", async () => {
    answers = [
      new Response("<html>Bad gateway</html>", { status: 502 }),
      new Response('[{"id":"m1","sta', { status: 200 }),
      Response.json({ error: "aborted" }, { status: 409 }),
    ];
    expect(await fly.list()).toEqual([]);
    expect(asked).toHaveLength(4);
  }, 15_000);

  it("never sends an update or a create again by itself", async () => {
    const broken = () => new Response("oops", { status: 500 });
    answers = [broken(), broken()];
    const wish = { config: {}, current_version: "1", skip_launch: false };
    await failing(fly.update("m1", "nonce", wish));
    await failing(fly.create({ name: "web-1", region: "ord", config: {}, skip_launch: false }));
    expect(asked).toHaveLength(2);
    expect(asked[0]?.headers.get("fly-machine-lease-nonce")).toBe("nonce");
  });

  it("tells status, Fly's words, the request's id and the mend, and never the token", async () => {
    answers = [
      Response.json({ error: "unauthorized" }, { status: 401, headers: { "fly-request-id": "01ABC-ord" } }),
    ];
    const message = await failing(fly.list());
    expect(message).toMatch(
      /^Fly \(127\.0\.0\.1:\d+\): looking: answered 401 \(unauthorized, fly-request-id 01ABC-ord\)/,
    );
    expect(message).toContain("pulumi config set --secret flymon:flyToken");
    expect(message).not.toContain("fm2_secret");
  });

  it("says where nothing answers", async () => {
    await new Promise((closed) => server.close(closed));
    const message = await failing(fly.releaseLease("m1", "n"));
    expect(message).toMatch(/it is not reachable \(ECONNREFUSED\).*flymon:flyApiUrl/);
    server = serve({ fetch: () => new Response(), port: 0, hostname: "127.0.0.1" });
  }, 15_000);
});

describe("the pacer", () => {
  it("lets a burst through and then one a second, by key", () => {
    let now = 0;
    const pacer = createPacer({ now: () => now });
    const book = (key: string): number => Math.round(pacer(key, flyRates.usual));
    expect([
      book("update m1"),
      book("update m1"),
      book("update m1"),
      book("update m1"),
      book("update m1"),
    ]).toEqual([0, 0, 0, 1_050, 2_100]);
    expect(book("update m2")).toBe(0);
    now = 60_000;
    expect(book("update m1")).toBe(0);
  });
});

describe("durations of the API", () => {
  it.each([
    ["15s", 15_000, "15s"],
    ["1m0s", 60_000, "1m"],
    ["15s0ms", 15_000, "15s"],
    ["1.5s", 1_500, "1500ms"],
    [15_000_000_000, 15_000, "15s"],
    ["1h0m0s", 3_600_000, "1h"],
    ["0s", 0, undefined],
    ["soon", undefined, undefined],
    [null, undefined, undefined],
  ])("%j is %j ms", (value, ms, plain) => {
    expect(goMilliseconds(value)).toBe(ms);
    expect(plainDuration(value)).toBe(plain);
  });
});

describe("the check of the inputs", () => {
  it("reports every mistake at once, by property", () => {
    const { failures } = checkProperties(
      machineSettings.inputs,
      {
        app: "Shop!",
        processGroups: {
          web: {
            services: [
              {
                internal_port: 0,
                autostop: "on",
                checks: [
                  { type: "http", path: "health", interval: "2m", timeout: "500ms", grace_period: "0s" },
                ],
              },
            ],
            checks: { pg: { type: "http", port: 5500, interval: "1s", timeout: "5s" } },
            colour: "red",
          },
        },
      },
      machineSettings.type,
    );
    expect(failures.map(({ property }) => property).sort()).toEqual([
      "app",
      "processGroups.web.checks.pg.interval",
      "processGroups.web.colour",
      "processGroups.web.services[0].autostop",
      "processGroups.web.services[0].checks[0].interval",
      "processGroups.web.services[0].checks[0].path",
      "processGroups.web.services[0].checks[0].timeout",
      "processGroups.web.services[0].internal_port",
    ]);
    expect(failures.find(({ property }) => property.endsWith("checks[0].interval"))?.reason).toBe(
      "must be 1s or longer, and 1m or shorter",
    );
  });
});
