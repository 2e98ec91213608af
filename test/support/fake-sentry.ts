import { Hono } from "hono";
import type { HttpRequest, HttpResponse, Transport } from "../../infra/provider/http/transport";
import { serveHttp } from "../../sandbox/net/breakable-server";

// A small imitation of Sentry's API: slashes, PUT that overwrites all, pages by the Link header, what it adds to
// lists, complaints by property.

export const sentryToken = "sntrys_fake_token";
export const sentryUrl = "http://sentry.test/api/0";

export interface SentryCall {
  readonly method: HttpRequest["method"];
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}
export type SentryThing = Record<string, unknown> & { id: string };

export interface FakeSentry {
  readonly transport: Transport;
  readonly calls: readonly SentryCall[];
  /** What is there, by the path of its collection and its id. */
  readonly kept: Map<string, Map<string, SentryThing>>;
  /** What goes wrong with a call: another answer, or a connection that is cut after it was carried out. */
  strike: (call: SentryCall) => "after" | HttpResponse | undefined;
}

export interface ServedSentry {
  /** With /api/0 and without a slash at its end. */
  readonly apiUrl: string;
  readonly stop: () => Promise<void>;
}

const response = (status: number, json: unknown, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  text: json === undefined ? "" : JSON.stringify(json),
  headers: { get: (name) => headers[name.toLowerCase()] ?? null },
});

/** Sentry numbers what is nested, and gives it names. */
const decorated = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.map((item: unknown, index) =>
      typeof item === "object" && item !== null
        ? {
            ...Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, decorated(inner)])),
            ...("id" in item ? { uuid: `u${String(index)}` } : { id: String(index) }),
            name: "as Sentry says it",
          }
        : item,
    );
  return value;
};
const seen = (thing: SentryThing): Record<string, unknown> => ({
  environment: null,
  owner: null,
  status: "active",
  ...Object.fromEntries(Object.entries(thing).map(([key, value]) => [key, decorated(value)])),
});

const perPage = 2;

export const fakeSentry = (): FakeSentry => {
  const calls: SentryCall[] = [];
  const kept: FakeSentry["kept"] = new Map();

  const answered = ({ method, path, body }: SentryCall, cursor: string | null): HttpResponse => {
    const id = /\/(\d+)\/$/.exec(path)?.[1];
    const collection = id === undefined ? path : path.slice(0, -id.length - 1);
    const all = kept.get(collection) ?? new Map<string, SentryThing>();
    kept.set(collection, all);
    if (id === undefined && method === "GET") {
      const start = Number(cursor?.split(":")[1] ?? 0);
      const more = start + perPage < all.size;
      const at = `${sentryUrl}${path}`;
      const link = `<${at}>; rel="previous"; results="false"; cursor="0:0:1", <${at}>; rel="next"; results="${String(more)}"; cursor="0:${String(start + perPage)}:0"`;
      return response(200, [...all.values()].slice(start, start + perPage).map(seen), { link });
    }
    if (id === undefined) {
      if (body["name"] === "refused") return response(400, { conditions: ["Not a condition of ours."] });
      const made: SentryThing = { ...body, id: String(100 + calls.length) };
      all.set(made.id, made);
      return response(201, seen(made));
    }
    const thing = all.get(id);
    if (thing === undefined) return response(404, { detail: "The requested resource does not exist" });
    if (method === "PUT") all.set(id, { ...body, id });
    if (method === "DELETE") all.delete(id);
    return method === "DELETE" ? response(202, undefined) : response(200, seen(all.get(id) ?? thing));
  };

  const fake: FakeSentry = {
    calls,
    kept,
    strike: () => undefined,
    transport: (request) => {
      const url = new URL(request.url);
      if (request.headers["authorization"] !== `Bearer ${sentryToken}`)
        return Promise.resolve(response(401, { detail: "Invalid token" }));
      if (!url.pathname.endsWith("/")) return Promise.resolve(response(301, undefined));
      const call: SentryCall = {
        method: request.method,
        path: url.pathname.replace("/api/0", ""),
        body: JSON.parse(request.body ?? "{}") as Record<string, unknown>,
      };
      calls.push(call);
      const struck = fake.strike(call);
      if (typeof struck === "object") return Promise.resolve(struck);
      const answer = answered(call, url.searchParams.get("cursor"));
      return struck === "after"
        ? Promise.reject(Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }))
        : Promise.resolve(answer);
    },
  };
  return fake;
};

/** Serves it on loopback; its own address stands in no answer that is gone by. */
export const serveSentry = async ({ transport }: FakeSentry): Promise<ServedSentry> => {
  const app = new Hono();
  app.all("/api/0/*", async (c) => {
    const { pathname, search } = new URL(c.req.url);
    const { status, text, headers } = await transport({
      method: c.req.method as HttpRequest["method"],
      url: `${new URL(sentryUrl).origin}${pathname}${search}`,
      headers: c.req.header(),
      ...(c.req.method !== "GET" && { body: (await c.req.text()) || "{}" }),
      signal: c.req.raw.signal,
    });
    const link = headers.get("link");
    const told = { "content-type": "application/json", ...(link !== null && { link }) };
    return new Response(text === "" ? null : text, { status, headers: told });
  });
  const server = await serveHttp(app, 0);
  return { apiUrl: `http://127.0.0.1:${String(server.port)}/api/0`, stop: () => server.takeDown() };
};
