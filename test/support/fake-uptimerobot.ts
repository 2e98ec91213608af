import type { Clock } from "../../infra/provider/clock";
import type { HttpRequest, HttpResponse, Transport } from "../../infra/provider/http/transport";
import { escaped } from "../../sandbox/uptimerobot/answers";
import { versions, type Versions } from "../../sandbox/monitoring/versions";

export const faultKinds = [
  "reset before",
  "reset after",
  "429",
  "429 with Retry-After",
  "500 before",
  "500 after",
  "502 page before",
  "502 page after",
  "slow body",
  "truncated",
  "stale",
  "404 after create",
] as const;
export type FaultKind = (typeof faultKinds)[number];

type Attributes = { readonly [name: string]: unknown };
export interface FakeThing {
  readonly id: number;
  readonly path: string;
  readonly attributes: Attributes;
}
export interface FakeCall {
  readonly method: HttpRequest["method"];
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: Attributes;
  readonly at: number;
}

/** An in-memory UptimeRobot on a clock of its own: every read is a little late, and lists come in small pages. */
export interface FakeUptimeRobot {
  readonly transport: Transport;
  readonly calls: FakeCall[];
  /** Everything that is there. */
  readonly things: () => readonly FakeThing[];
  readonly add: (path: string, attributes: Attributes) => FakeThing;
  readonly patch: (id: number, attributes: Attributes) => void;
  readonly remove: (id: number) => void;
  /** Which fault strikes a call. */
  fault: (call: FakeCall) => FaultKind | undefined;
  /** How old the state is that a read sees, in ms. */
  lag: () => number;
  /** The same of a read that is struck by "stale". */
  longLag: () => number;
  /** Calls a minute; as many as there come where not set. */
  perMinute: number;
  pageSize: number;
  /** Answers in place of the usual one, whatever was asked. */
  answer: (call: FakeCall) => HttpResponse | undefined;
}

const connectionReset = (): Error =>
  Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
const response = (status: number, text: string, headers: { [name: string]: string } = {}): HttpResponse => ({
  status,
  text,
  headers: { get: (name) => headers[name.toLowerCase()] ?? null },
});
export const jsonAnswer = (
  status: number,
  body: unknown,
  headers: { [name: string]: string } = {},
): HttpResponse => response(status, JSON.stringify(body), headers);

const badGateway =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>";
const notFound = jsonAnswer(404, { message: "Monitor not found", code: "000-004" });

const defaults: { readonly [path: string]: Attributes } = {
  "/monitors": {
    url: "",
    timeout: 30,
    httpMethodType: "HEAD",
    assignedAlertContacts: [],
    customHttpHeaders: {},
    tagNames: [],
    maintenanceWindowsIds: [],
    status: "UP",
  },
  "/maintenance-windows": { days: [], date: null, autoAddMonitors: false },
  "/psps": { status: "ENABLED", noIndex: false, monitorIds: [] },
};

const lowerCased = (headers: unknown): unknown =>
  Object.fromEntries(
    Object.entries((headers ?? {}) as Attributes).map(([name, value]) => [name.toLowerCase(), value]),
  );

/** What comes back, by other names and escaped. */
const shown = ({ id, path, attributes }: FakeThing): Attributes => {
  const { tagNames, maintenanceWindowsIds, ...others } = attributes;
  const texts = Object.fromEntries(
    ["friendlyName", "name", "url", "value"].flatMap((name) =>
      typeof others[name] === "string" ? [[name, escaped(others[name])]] : [],
    ),
  );
  if (path !== "/monitors") return { id, ...others, ...texts };
  return {
    id,
    ...others,
    ...texts,
    customHttpHeaders: lowerCased(others["customHttpHeaders"]),
    tags: (tagNames as string[]).map((name, index) => ({ id: index, name })),
    maintenanceWindows: (maintenanceWindowsIds as number[]).map((window) => ({ id: window })),
  };
};

/** Integrations are sent as type and data, with the address by a name of the type's. */
const unpacked = (path: string, body: Attributes): Attributes => {
  if (path !== "/integrations") return body;
  const { webhookURL, urlToNotify, ...data } = body["data"] as Attributes;
  const value = webhookURL ?? urlToNotify;
  return { type: body["type"], ...data, ...(value !== undefined && { value }) };
};

export const fakeUptimeRobot = (clock: Clock, latencyMs = 40): FakeUptimeRobot => {
  const kept: Versions<FakeThing> = versions(clock.now);
  const calls: FakeCall[] = [];
  let lastId = 100;
  let window = { startedAt: -Infinity, taken: 0 };

  const add: FakeUptimeRobot["add"] = (path, attributes) => {
    const id = (lastId += 1);
    const url = attributes["type"] === "HEARTBEAT" && { url: `https://fake.example/heartbeat/secret${id}` };
    const thing = { id, path, attributes: { ...defaults[path], ...attributes, ...url } };
    kept.set(id, thing);
    return thing;
  };
  const patch = (id: number, attributes: Attributes): void => {
    const thing = kept.get(id);
    if (thing !== undefined) kept.set(id, { ...thing, attributes: { ...thing.attributes, ...attributes } });
  };

  const list = (path: string, url: URL, lag: number): HttpResponse => {
    const cursor = Number(url.searchParams.get("cursor") ?? 0);
    const left = kept.list(lag).filter((thing) => thing.path === path && thing.id > cursor);
    const here = left.slice(0, fake.pageSize);
    const last = here.at(-1)?.id;
    return jsonAnswer(200, {
      data: here.map(shown),
      nextLink: left.length > here.length ? `https://other.example/v3${path}?cursor=${last}` : null,
    });
  };

  const act = ({ method, path, body }: FakeCall, url: URL, lag: number): HttpResponse => {
    const [, collection = "", text, verb] = /^(\/[\w-]+)(?:\/(\d+))?(?:\/(\w+))?$/.exec(path) ?? [];
    if (text === undefined) {
      if (method === "GET") return list(collection, url, lag);
      const attributes = unpacked(collection, body);
      const isTaken = kept
        .list()
        .some(
          (thing) =>
            thing.path === "/integrations" &&
            thing.attributes["value"] === attributes["value"] &&
            thing.attributes["type"] === attributes["type"],
        );
      if (collection === "/integrations" && isTaken)
        return jsonAnswer(409, { message: "Integration already exists", code: "000-009" });
      return jsonAnswer(201, shown(add(collection, attributes)));
    }
    const id = Number(text);
    const seen = kept.get(id, lag);
    if (seen === undefined || seen.path !== collection || kept.get(id) === undefined) return notFound;
    if (method === "GET") return jsonAnswer(200, shown(seen));
    if (method === "DELETE") {
      kept.remove(id);
      return response(204, "");
    }
    if (verb !== undefined) patch(id, { status: verb === "pause" ? "PAUSED" : "UP" });
    else patch(id, unpacked(collection, body));
    return jsonAnswer(200, shown(kept.get(id) as FakeThing));
  };

  /** @returns the headers, or the refusal */
  const counted = (): { headers: { [name: string]: string } } | HttpResponse => {
    if (!Number.isFinite(fake.perMinute)) return { headers: {} };
    if (clock.now() - window.startedAt >= 60_000) window = { startedAt: clock.now(), taken: 0 };
    window.taken += 1;
    const reset = window.startedAt + 60_000;
    const headers = {
      "x-ratelimit-limit": String(fake.perMinute),
      "x-ratelimit-remaining": String(Math.max(0, fake.perMinute - window.taken)),
      "x-ratelimit-reset": String(Math.ceil(reset / 1_000)),
    };
    if (window.taken <= fake.perMinute) return { headers };
    const after = String(Math.max(1, Math.ceil((reset - clock.now()) / 1_000)));
    return jsonAnswer(429, { message: "Too many requests" }, { ...headers, "retry-after": after });
  };

  const fake: FakeUptimeRobot = {
    calls,
    fault: () => undefined,
    lag: () => 0,
    longLag: () => 5_000,
    perMinute: Infinity,
    pageSize: 3,
    answer: () => undefined,
    add,
    patch,
    remove: (id) => {
      kept.remove(id);
    },
    things: () => kept.list(),
    transport: async ({ method, url: address, body, signal }) => {
      const url = new URL(address);
      const call: FakeCall = {
        method,
        path: url.pathname.replace(/^\/v3/, ""),
        query: url.search,
        body: body === undefined ? {} : (JSON.parse(body) as Attributes),
        at: clock.now(),
      };
      calls.push(call);
      await clock.sleep(latencyMs, signal);
      const instead = fake.answer(call);
      if (instead !== undefined) return instead;
      const limit = counted();
      if ("status" in limit) return limit;
      const fault = fake.fault(call);
      if (fault === "reset before") throw connectionReset();
      if (fault === "429") return jsonAnswer(429, { message: "Too many requests" });
      if (fault === "429 with Retry-After")
        return jsonAnswer(429, { message: "Too many requests" }, { "retry-after": "3" });
      if (fault === "500 before") return jsonAnswer(500, { message: "Internal server error" });
      if (fault === "502 page before") return response(502, badGateway);
      const answer = act(call, url, fault === "stale" ? fake.longLag() : fake.lag());
      const told = {
        ...answer,
        headers: { get: (name: string) => limit.headers[name.toLowerCase()] ?? null },
      };
      await clock.sleep(latencyMs, signal);
      switch (fault) {
        case "reset after":
          throw connectionReset();
        case "500 after":
          return jsonAnswer(500, { message: "Internal server error" });
        case "502 page after":
          return response(502, badGateway);
        case "truncated":
          return { ...told, text: told.text.slice(0, Math.floor(told.text.length / 2)) };
        case "slow body":
          await clock.sleep(3_600_000, signal);
          return told;
        case "404 after create":
          return method === "POST" && told.status === 201 ? notFound : told;
        default:
          return told;
      }
    },
  };
  return fake;
};
