import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../../infra/provider/clock";
import { readConfiguration } from "../../infra/provider/configuration";
import { betterStack } from "../../infra/provider/betterstack/service";
import { connect, type HttpClient, type HttpWorld } from "../../infra/provider/http/client";
import { refusalOf } from "../../infra/provider/http/complaints";
import { createOnce } from "../../infra/provider/http/create-once";
import { undiciTransport, type HttpResponse } from "../../infra/provider/http/transport";
import { fakeBetterStack } from "../support/fake-better-stack";
import { jsonAnswer, textAnswer } from "../support/fake-rest";
import { virtualClock } from "../support/virtual-clock";

const token = "http-client-token";
const monitors = "/api/v2/monitors";
const logged: string[] = [];

const clientOf = (world: HttpWorld, url = "http://better.test", signal?: AbortSignal): HttpClient =>
  connect(
    world,
    betterStack,
    {
      configuration: readConfiguration({ betterStackToken: token, betterStackApiUrl: url }, {}),
      signal: signal ?? new AbortController().signal,
      log: (_severity, message) => logged.push(message),
    },
    "trying",
  );
const anything = z.unknown();
const get = (client: HttpClient) => client.call({ method: "GET", path: monitors, answer: anything });
const post = (client: HttpClient) =>
  client.call({ method: "POST", path: monitors, body: { url: "x" }, answer: anything });

const failing = async (client: HttpClient, attempt: () => Promise<unknown>): Promise<string> => {
  const error: unknown = await attempt().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const { message } = client.explained(error, "creating the monitor shop", (path) => `<${path}>`);
  expect(message).not.toContain(token);
  return message;
};

describe("a refusal's body", () => {
  it.each<[string, string, ReturnType<typeof refusalOf>]>([
    [
      "errors by property",
      JSON.stringify({ errors: { name: ["Can't be blank."], url: ["is invalid", "is too long"] } }),
      {
        complaints: [
          { path: "name", words: "Can't be blank." },
          { path: "url", words: "is invalid" },
          { path: "url", words: "is too long" },
        ],
      },
    ],
    [
      "errors by nested property",
      JSON.stringify({ errors: { steps: [{ wait_before: ["is negative"] }], base: ["is full"] } }),
      { complaints: [{ path: "steps[0].wait_before", words: "is negative" }, { words: "is full" }] },
    ],
    [
      "errors as a text",
      JSON.stringify({ errors: "Invalid Team API token" }),
      { complaints: [{ words: "Invalid Team API token" }] },
    ],
    [
      "errors with the values that are allowed",
      JSON.stringify({
        errors: "Unsupported values",
        allowed_values: { layout: ["vertical", "horizontal"] },
      }),
      {
        complaints: [
          { words: "Unsupported values" },
          { path: "layout", words: "must be one of vertical, horizontal" },
        ],
      },
    ],
    [
      "a list of errors that name their property",
      JSON.stringify({ errors: [{ field: "interval", message: "is too short" }, "and more"] }),
      { complaints: [{ path: "interval", words: "is too short" }, { words: "and more" }] },
    ],
    [
      "message and code",
      JSON.stringify({ message: "Monitor not found", code: "000-004" }),
      { complaints: [{ words: "Monitor not found" }], code: "000-004" },
    ],
    [
      "a list of messages",
      JSON.stringify({ message: ["interval must be positive", "url is needed"], error: "Bad Request" }),
      { complaints: [{ words: "interval must be positive" }, { words: "url is needed" }] },
    ],
    ["error", JSON.stringify({ error: "nope" }), { complaints: [{ words: "nope" }] }],
    ["detail", JSON.stringify({ detail: "nope", code: 7 }), { complaints: [{ words: "nope" }], code: "7" }],
    [
      "a page",
      "<html><head><title>502 Bad\n Gateway</title></head></html>",
      { complaints: [{ words: 'a web page titled "502 Bad Gateway"' }] },
    ],
    ["plain text", "upstream timed out", { complaints: [{ words: "upstream timed out" }] }],
    ["nothing", "", { complaints: [] }],
    ["JSON without words", "{}", { complaints: [] }],
  ])("%s", (_name, text, expected) => {
    expect(refusalOf(text)).toEqual(expected);
  });
});

describe("the HTTP client", () => {
  const answering = (answer: HttpResponse) => {
    const clock = virtualClock(1);
    const service = fakeBetterStack(clock);
    service.answer = () => answer;
    return { clock, service, client: clientOf({ clock, transport: service.transport }) };
  };

  it.each<[string, HttpResponse, string]>([
    [
      "a refused property by its path in the declaration",
      jsonAnswer(422, { errors: { url: ["is invalid"] } }),
      "Better Stack (better.test): creating the monitor shop: answered 422 (<url>: is invalid). Change what is refused in the declaration, then run again.",
    ],
    [
      "a token that is not valid",
      jsonAnswer(401, { errors: "Invalid Team API token" }),
      "answered 401 (Invalid Team API token). The token in flymon:betterStackToken (or BETTERSTACK_API_TOKEN) is not valid. Set an Uptime API token",
    ],
    [
      "a token that may not",
      jsonAnswer(403, {}),
      "answered 403 without a word. The token in flymon:betterStackToken (or BETTERSTACK_API_TOKEN) may not do this.",
    ],
    [
      "something that is no answer of the service",
      textAnswer(200, "<html></html>"),
      "answered 200 (not an answer of its API). Check flymon:betterStackApiUrl (or BETTERSTACK_API_URL)",
    ],
    [
      "trouble at the service",
      textAnswer(503, ""),
      "answered 503 without a word. See https://status.betterstack.com, then run again",
    ],
    [
      "a redirect",
      textAnswer(302, ""),
      "answered 302 (not an answer of its API). Check flymon:betterStackApiUrl",
    ],
  ])("tells %s", async (_name, answer, message) => {
    const { clock, client } = answering(answer);
    expect(await clock.run(() => failing(client, () => get(client)))).toContain(message);
  });

  it("sends a create once, and everything else again", async () => {
    const { clock, client, service } = answering(textAnswer(500, ""));
    await clock.run(() => failing(client, () => post(client)));
    expect(service.calls).toHaveLength(1);
    await clock.run(() => failing(client, () => get(client)));
    expect(service.calls).toHaveLength(6);
  });

  it("gives up on a service in trouble within 20 s and jitter", async () => {
    const { clock, client, service } = answering(textAnswer(500, ""));
    service.answer = () => undefined;
    service.fault = () => "slow body";
    const started = clock.now();
    expect(await clock.run(() => failing(client, () => get(client)))).toContain("no answer came in time");
    expect(clock.now() - started).toBeLessThan(30_000);
  });

  it("holds all calls back for as long as the service says, and a create, too", async () => {
    const clock = virtualClock(1);
    const service = fakeBetterStack(clock);
    const client = clientOf({ clock, transport: service.transport });
    let isLimited = true;
    service.answer = () =>
      isLimited ? jsonAnswer(429, { errors: "Too many requests" }, { "retry-after": "7" }) : undefined;
    const started = clock.now();
    await clock.run(async () => {
      const first = post(client);
      await clock.sleep(1_000, client.signal);
      isLimited = false;
      await Promise.all([first, get(client)]);
    });
    expect(clock.now() - started).toBeGreaterThanOrEqual(7_000);
    expect(clock.now() - started).toBeLessThan(8_000);
    expect(service.calls).toHaveLength(3);
    expect(logged.at(-1)).toMatch(/^Better Stack's rate limit: waiting \d s, as it asked\.$/);
  });

  it("keeps to 8 requests a second after a burst of 10, for all that share a token", async () => {
    const clock = virtualClock(1);
    const service = fakeBetterStack(clock);
    const world = { clock, transport: service.transport };
    const started = clock.now();
    await clock.run(() => Promise.all(Array.from({ length: 90 }, () => get(clientOf(world)))));
    const seconds = (clock.now() - started) / 1_000;
    expect(seconds).toBeGreaterThanOrEqual(10);
    expect(seconds).toBeLessThan(10 * 1.1);
  });

  it("does not tear a create that is sent, and stops everything else, when the run is interrupted", async () => {
    const clock = virtualClock(1);
    const service = fakeBetterStack(clock);
    const interrupted = new AbortController();
    const client = clientOf({ clock, transport: service.transport }, undefined, interrupted.signal);
    await clock.run(async () => {
      const made = post(client);
      const seen = get(client).catch((error: unknown) => error);
      await clock.sleep(60, new AbortController().signal);
      interrupted.abort(new Error("interrupted"));
      expect(await made).toMatchObject({ data: { id: "101" } });
      expect(await seen).toEqual(new Error("interrupted"));
    });
  });
});

describe("creating once", () => {
  const lost = Object.assign(new Error("reset"), { code: "ECONNRESET" });
  const creation = (answers: (string | Error)[], found: string[][]) => {
    const clock = virtualClock(1);
    const started = clock.now();
    let creates = 0;
    const run = () =>
      clock.run(() =>
        createOnce({
          create: () => {
            const answer = answers[creates++];
            return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
          },
          findByKey: () => Promise.resolve(found.length > 1 ? (found.shift() ?? []) : (found[0] ?? [])),
          ambiguous: (several) => new Error(`ambiguous: ${several.join()}`),
          settlesWithin: 10_000,
          clock,
          signal: new AbortController().signal,
        }),
      );
    return { run, creates: () => creates, seconds: () => (clock.now() - started) / 1_000 };
  };

  it("takes what a lost answer has made, as soon as it shows", async () => {
    const { run, creates, seconds } = creation([lost], [[], [], ["made"]]);
    expect(await run()).toBe("made");
    expect(creates()).toBe(1);
    expect(seconds()).toBeLessThan(3);
  });

  it("creates again only after nothing has shown for as long as the service may take", async () => {
    const { run, creates, seconds } = creation([lost, "made"], [[]]);
    expect(await run()).toBe("made");
    expect(creates()).toBe(2);
    expect(seconds()).toBeGreaterThanOrEqual(10);
  });

  it("gives up after three, and at once on a refusal or on two of one key", async () => {
    const hopeless = creation([lost, lost, lost, "never"], [[]]);
    await expect(hopeless.run()).rejects.toBe(lost);
    expect(hopeless.creates()).toBe(3);
    const refused = creation([new Error("refused")], [["not looked at"]]);
    await expect(refused.run()).rejects.toThrow("refused");
    const twice = creation([lost], [["one", "two"]]);
    await expect(twice.run()).rejects.toThrow("ambiguous: one,two");
  });
});

describe("the transport", () => {
  let server: Server | undefined;
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        server?.closeAllConnections();
        server?.close(() => {
          resolve();
        });
        server = undefined;
      }),
  );
  const serve = async (handle: Parameters<typeof createServer>[1]): Promise<string> => {
    const started = createServer(handle);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  };
  const real: HttpWorld = { transport: undiciTransport, clock: systemClock };

  it("carries method, token, body and headers", async () => {
    let seen: object = {};
    const url = await serve((request, answer) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { authorization, accept, "content-type": type, "user-agent": agent } = request.headers;
        const body = Buffer.concat(chunks).toString();
        seen = { method: request.method, path: request.url, authorization, accept, type, agent, body };
        answer.writeHead(201, { "content-type": "application/json" }).end('{"data":"ü"}');
      });
    });
    expect(await post(clientOf(real, `${url}/`))).toEqual({ data: "ü" });
    expect(seen).toEqual({
      method: "POST",
      path: monitors,
      authorization: `Bearer ${token}`,
      accept: "application/json",
      type: "application/json",
      agent: "flymon",
      body: '{"url":"x"}',
    });
  });

  it("takes a cut connection for a lost answer, before and within the body", async () => {
    let calls = 0;
    const url = await serve((request, answer) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else if (calls === 2) {
        answer.writeHead(200, { "content-length": "100" }).write('{"data":');
        setTimeout(() => request.socket.destroy(), 20);
      } else answer.end("[]");
    });
    expect(await get(clientOf(real, url))).toEqual([]);
    expect(calls).toBe(3);
  });

  it("tells a service that is not there, and uses no proxy towards loopback", async () => {
    process.env["http_proxy"] = "http://127.0.0.1:9";
    try {
      const url = await serve(() => undefined);
      await new Promise<void>((resolve) =>
        server?.close(() => {
          resolve();
        }),
      );
      const client = clientOf(real, url);
      const message = await failing(client, () => post(client));
      expect(message).toMatch(
        /it is not reachable \(ECONNREFUSED\)\. Check the network, flymon:betterStackApiUrl/,
      );
    } finally {
      delete process.env["http_proxy"];
    }
  });
});
