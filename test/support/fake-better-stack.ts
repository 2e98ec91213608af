import type { Clock } from "../../infra/provider/clock";
import type { HttpResponse } from "../../infra/provider/http/transport";
import { versions } from "../../sandbox/monitoring/versions";
import {
  fakeTransport,
  jsonAnswer,
  restFaultKinds,
  textAnswer,
  type Attributes,
  type FakeCall,
  type FakeService,
  type FakeThing,
  type RestFaultKind,
} from "./fake-rest";

export const faultKinds = restFaultKinds;
export type FaultKind = RestFaultKind;

/** An in-memory Better Stack: objects by path, with what it fills in. */
export interface FakeBetterStack extends FakeService<string, FaultKind> {
  /** How old the state is that a stale call sees, in ms. */
  lag: () => number;
}

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

const shown = ({ id, attributes }: FakeThing): object => ({ id, type: "thing", attributes });

export const fakeBetterStack = (clock: Clock, latencyMs = 40): FakeBetterStack => {
  const kept = versions<FakeThing<string>>(clock.now);
  let lastId = 100;

  const write = (thing: FakeThing<string>): FakeThing<string> => {
    const { id, path, attributes } = thing;
    const method = attributes["http_method"];
    const settled = {
      ...thing,
      attributes: {
        ...attributes,
        ...(typeof method === "string" && { http_method: method.toLowerCase() }),
        ...(path === "/api/v2/heartbeats" && {
          url: attributes["url"] ?? `https://fake.example/api/v1/heartbeat/secret${id}`,
        }),
      },
    };
    kept.set(Number(id), settled);
    return settled;
  };
  const add: FakeBetterStack["add"] = (path, attributes) =>
    write({ id: String((lastId += 1)), path, attributes: { ...defaults[path], ...attributes } });
  const patched = (thing: FakeThing<string>, attributes: Attributes): FakeThing<string> =>
    write({ ...thing, attributes: { ...thing.attributes, ...attributes } });

  const list = (path: string, url: URL, lag: number): HttpResponse => {
    const size = Number(url.searchParams.get("per_page") ?? 50);
    const page = Number(url.searchParams.get("page") ?? 1);
    const all = kept.list(lag).filter((thing) => thing.path === path);
    const isMore = page * size < all.length;
    return jsonAnswer(200, {
      data: all.slice((page - 1) * size, page * size).map(shown),
      pagination: { next: isMore ? `https://other.example${path}?page=${page + 1}` : null },
    });
  };

  /** @param lag how old the state is that a read sees; what is to be changed must be there then, too */
  const act = ({ method, path, body }: FakeCall, url: URL, lag: number): HttpResponse => {
    const [, collection = "", id, part] =
      /^(\/api\/v\d\/[\w-]+)(?:\/(\d+))?(?:\/([\w-]+))?$/.exec(path) ?? [];
    if (id === undefined) {
      if (method === "GET") return list(collection, url, lag);
      return jsonAnswer(201, { data: shown(add(collection, body)) });
    }
    const seen = kept.get(Number(id), lag);
    if (seen?.path !== collection) return notFound;
    const isRead = method === "GET";
    const thing = isRead ? seen : kept.get(Number(id));
    if (thing === undefined) return notFound;
    if (part === "rotation") {
      const rotation = isRead ? thing.attributes["rotation"] : body;
      if (!isRead) patched(thing, { rotation });
      return rotation === undefined ? notFound : jsonAnswer(isRead ? 200 : 201, rotation);
    }
    if (method === "DELETE") {
      kept.remove(Number(id));
      return textAnswer(204, "");
    }
    return jsonAnswer(200, { data: shown(isRead ? thing : patched(thing, body)) });
  };

  const calls: FakeCall[] = [];
  const fake: FakeBetterStack = {
    calls,
    fault: () => undefined,
    lag: () => 3_000,
    answer: () => undefined,
    add,
    patch: (id, attributes) => {
      const thing = kept.get(Number(id));
      if (thing !== undefined) patched(thing, attributes);
    },
    things: () => kept.list(),
    transport: fakeTransport<FaultKind>({
      clock,
      latencyMs,
      calls,
      base: "",
      complaint: (words) => ({ errors: words }),
      faultOf: (call) => fake.fault(call),
      insteadOf: (call) => fake.answer(call),
      act: (call, url, isStale) => act(call, url, isStale ? fake.lag() : 0),
    }),
  };
  return fake;
};
