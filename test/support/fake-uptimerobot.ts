import type { Clock } from "../../infra/provider/clock";
import type { HttpResponse } from "../../infra/provider/http/transport";
import { escaped } from "../../sandbox/uptimerobot/answers";
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
} from "./fake-rest";

export const faultKinds = [...restFaultKinds, "404 after create"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** An in-memory UptimeRobot: every read is a little late, and lists come in small pages. */
export interface FakeUptimeRobot extends FakeService<number, FaultKind> {
  readonly remove: (id: number) => void;
  /** How old the state is that a read sees, in ms. */
  lag: () => number;
  /** The same of a read that is struck by "stale". */
  longLag: () => number;
  /** Calls a minute; as many as there come where not set. */
  perMinute: number;
  pageSize: number;
}

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
  const kept = versions<FakeThing<number>>(clock.now);
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
      return textAnswer(204, "");
    }
    if (verb !== undefined) patch(id, { status: verb === "pause" ? "PAUSED" : "UP" });
    else patch(id, unpacked(collection, body));
    return jsonAnswer(200, shown(kept.get(id) ?? seen));
  };

  const limitReset = (): number => window.startedAt + 60_000;
  const limitHeaders = (): { [name: string]: string } => ({
    ...(Number.isFinite(fake.perMinute) && {
      "x-ratelimit-limit": String(fake.perMinute),
      "x-ratelimit-remaining": String(Math.max(0, fake.perMinute - window.taken)),
      "x-ratelimit-reset": String(Math.ceil(limitReset() / 1_000)),
    }),
  });
  /** Counts a call, and refuses it where there were too many. */
  const refusal = (): HttpResponse | undefined => {
    if (clock.now() >= limitReset()) window = { startedAt: clock.now(), taken: 0 };
    window.taken += 1;
    if (window.taken <= fake.perMinute) return undefined;
    const after = String(Math.max(1, Math.ceil((limitReset() - clock.now()) / 1_000)));
    return jsonAnswer(
      429,
      { message: "Too many requests" },
      {
        ...limitHeaders(),
        "retry-after": after,
      },
    );
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
    transport: fakeTransport<FaultKind>({
      clock,
      latencyMs,
      calls,
      base: "/v3",
      complaint: (words) => ({ message: words }),
      faultOf: (call) => fake.fault(call),
      insteadOf: (call) => fake.answer(call) ?? refusal(),
      act: (call, url, isStale) => {
        const { status, text } = act(call, url, isStale ? fake.longLag() : fake.lag());
        return textAnswer(status, text, limitHeaders());
      },
      ownFault: (_kind, { method }, answer) =>
        method === "POST" && answer.status === 201 ? notFound : answer,
    }),
  };
  return fake;
};
