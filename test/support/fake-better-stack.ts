import type { Clock } from "../../infra/provider/clock";
import type { HttpRequest, HttpResponse, Transport } from "../../infra/provider/http/transport";

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
] as const;
export type FaultKind = (typeof faultKinds)[number];

type Attributes = { readonly [name: string]: unknown };
interface Version {
  readonly at: number;
  /** undefined once it is deleted */
  readonly attributes: Attributes | undefined;
}
export interface FakeThing {
  readonly id: string;
  readonly path: string;
  readonly attributes: Attributes;
}

export interface FakeCall {
  readonly method: HttpRequest["method"];
  /** Without the query. */
  readonly path: string;
  readonly body: Attributes;
}

/** An in-memory Better Stack on a clock of its own: objects by path, with what it fills in, and its ways to fail. */
export interface FakeBetterStack {
  readonly transport: Transport;
  readonly calls: FakeCall[];
  /** Everything that is there. */
  readonly things: () => readonly FakeThing[];
  readonly add: (path: string, attributes: Attributes) => FakeThing;
  readonly patch: (id: string, attributes: Attributes) => void;
  /** Which fault strikes a call. */
  fault: (call: FakeCall) => FaultKind | undefined;
  /** How old the state is that a stale call sees, in ms. */
  lag: () => number;
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
): HttpResponse => response(status, JSON.stringify(body), { "content-type": "application/json", ...headers });
export const textAnswer = response;

const badGateway =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>";
const notFound = jsonAnswer(404, { errors: "Resource with provided ID was not found" });

/** What the server fills in where nothing is sent, and sends back. */
const defaults: { readonly [path: string]: Attributes } = {
  "/api/v2/monitors": {
    http_method: "get",
    check_frequency: 30,
    request_timeout: 15,
    recovery_period: 0,
    confirmation_period: 120,
    ssl_expiration: 7,
    domain_expiration: 14,
    request_headers: [],
    email: true,
    push: true,
    paused: false,
    policy_id: null,
  },
  "/api/v2/heartbeats": { email: true, push: true, paused: false },
  "/api/v3/policies": { repeat_count: 0, repeat_delay: 0, fallback_policy_id: null },
};

export const fakeBetterStack = (clock: Clock, latencyMs = 40): FakeBetterStack => {
  const kept = new Map<string, { readonly path: string; readonly versions: Version[] }>();
  const calls: FakeCall[] = [];
  let lastId = 100;

  const seen = (id: string, at: number): Attributes | undefined =>
    kept.get(id)?.versions.findLast((version) => version.at <= at)?.attributes;
  const write = (id: string, path: string, attributes: Attributes | undefined): void => {
    const entry = kept.get(id) ?? { path, versions: [] };
    entry.versions.push({ at: clock.now(), attributes });
    kept.set(id, entry);
  };
  const settled = (path: string, attributes: Attributes): Attributes => {
    const method = attributes["http_method"];
    return {
      ...attributes,
      ...(typeof method === "string" && { http_method: method.toLowerCase() }),
      ...(path === "/api/v2/heartbeats" && {
        url: attributes["url"] ?? `https://fake.example/api/v1/heartbeat/secret${lastId}`,
      }),
    };
  };
  const shown = (id: string, attributes: Attributes) => ({ id, type: "thing", attributes });

  const add: FakeBetterStack["add"] = (path, attributes) => {
    const id = String((lastId += 1));
    write(id, path, settled(path, { ...defaults[path], ...attributes }));
    return { id, path, attributes };
  };

  const list = (path: string, url: URL, at: number): HttpResponse => {
    const size = Number(url.searchParams.get("per_page") ?? 50);
    const page = Number(url.searchParams.get("page") ?? 1);
    const all = [...kept].flatMap(([id, entry]) => {
      const attributes = entry.path === path ? seen(id, at) : undefined;
      return attributes === undefined ? [] : [shown(id, attributes)];
    });
    const isMore = page * size < all.length;
    return jsonAnswer(200, {
      data: all.slice((page - 1) * size, page * size),
      pagination: { next: isMore ? `https://other.example${path}?page=${page + 1}` : null },
    });
  };

  /** @param at the time whose state a read sees; what is to be changed must be there then, too */
  const act = ({ method, path, body }: FakeCall, url: URL, at: number): HttpResponse => {
    const [, collection = "", id, part] =
      /^(\/api\/v\d\/[\w-]+)(?:\/(\d+))?(?:\/([\w-]+))?$/.exec(path) ?? [];
    const now = clock.now();
    if (id === undefined) {
      if (method === "GET") return list(collection, url, at);
      const made = add(collection, body);
      return jsonAnswer(201, { data: shown(made.id, seen(made.id, now) ?? {}) });
    }
    const attributes = seen(id, at);
    if (attributes === undefined || kept.get(id)?.path !== collection) return notFound;
    if (part === "rotation") {
      if (method === "POST") write(id, collection, { ...seen(id, now), rotation: body });
      const rotation = (method === "POST" ? seen(id, now) : attributes)?.["rotation"];
      return rotation === undefined ? notFound : jsonAnswer(method === "POST" ? 201 : 200, rotation);
    }
    if (method === "GET") return jsonAnswer(200, { data: shown(id, attributes) });
    const current = seen(id, now);
    if (current === undefined) return notFound;
    if (method === "DELETE") {
      write(id, collection, undefined);
      return response(204, "");
    }
    write(id, collection, settled(collection, { ...current, ...body }));
    return jsonAnswer(200, { data: shown(id, seen(id, now) ?? {}) });
  };

  const fake: FakeBetterStack = {
    calls,
    fault: () => undefined,
    lag: () => 3_000,
    answer: () => undefined,
    add,
    patch: (id, attributes) => {
      const entry = kept.get(id);
      if (entry !== undefined) write(id, entry.path, { ...seen(id, clock.now()), ...attributes });
    },
    things: () =>
      [...kept].flatMap(([id, { path }]) => {
        const attributes = seen(id, clock.now());
        return attributes === undefined ? [] : [{ id, path, attributes }];
      }),
    transport: async ({ method, url: address, body, signal }) => {
      const url = new URL(address);
      const call: FakeCall = {
        method,
        path: url.pathname,
        body: body === undefined ? {} : (JSON.parse(body) as Attributes),
      };
      calls.push(call);
      await clock.sleep(latencyMs, signal);
      const instead = fake.answer(call);
      if (instead !== undefined) return instead;
      const fault = fake.fault(call);
      if (fault === "reset before") throw connectionReset();
      if (fault === "429") return jsonAnswer(429, { errors: "Too many requests" });
      if (fault === "429 with Retry-After")
        return jsonAnswer(429, { errors: "Too many requests" }, { "retry-after": "3" });
      if (fault === "500 before") return jsonAnswer(500, { errors: "Something went wrong" });
      if (fault === "502 page before") return response(502, badGateway);
      const answer = act(call, url, clock.now() - (fault === "stale" ? fake.lag() : 0));
      await clock.sleep(latencyMs, signal);
      switch (fault) {
        case "reset after":
          throw connectionReset();
        case "500 after":
          return jsonAnswer(500, { errors: "Something went wrong" });
        case "502 page after":
          return response(502, badGateway);
        case "truncated":
          return { ...answer, text: answer.text.slice(0, Math.floor(answer.text.length / 2)) };
        case "slow body":
          await clock.sleep(3_600_000, signal);
          return answer;
        default:
          return answer;
      }
    },
  };
  return fake;
};
