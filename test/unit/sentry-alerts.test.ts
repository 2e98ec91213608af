import { beforeEach, describe, expect, it } from "vitest";
import { sentryTypes } from "../../infra/model/observability";
import type { HttpRequest, HttpResponse } from "../../infra/provider/http/transport";
import type { Properties } from "../../infra/provider/properties";
import { sentryKinds } from "../../infra/provider/sentry/kinds";
import { miniEngine, type MiniEngine } from "../support/mini-engine";
import { virtualClock, type VirtualClock } from "../support/virtual-clock";

// Both kinds at Sentry over their whole life, against a small imitation of its API: slashes, PUT that overwrites all,
// pages by the Link header, what it adds to lists, complaints by property.

const token = "sntrys_unit_token";
const base = "http://sentry.test/api/0";
const rules = "/projects/acme/shop/rules/";
const alertRules = "/organizations/acme/alert-rules/";

interface Call {
  readonly method: HttpRequest["method"];
  readonly path: string;
  readonly body: Record<string, unknown>;
}
type Kept = Record<string, unknown> & { id: string };

let calls: Call[];
let kept: Map<string, Map<string, Kept>>;
let clock: VirtualClock;
let strike: (call: Call) => "after" | HttpResponse | undefined;

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
const seen = (object: Kept): Record<string, unknown> => ({
  environment: null,
  owner: null,
  status: "active",
  ...Object.fromEntries(Object.entries(object).map(([key, value]) => [key, decorated(value)])),
});

const perPage = 2;
const answered = ({ method, path, body }: Call, cursor: string | null): HttpResponse => {
  const id = /\/(\d+)\/$/.exec(path)?.[1];
  const collection = id === undefined ? path : path.slice(0, -id.length - 1);
  const all = kept.get(collection) ?? new Map<string, Kept>();
  kept.set(collection, all);
  if (id === undefined && method === "GET") {
    const start = Number(cursor?.split(":")[1] ?? 0);
    const more = start + perPage < all.size;
    const link = `<${base}${path}>; rel="previous"; results="false"; cursor="0:0:1", <${base}${path}>; rel="next"; results="${String(more)}"; cursor="0:${String(start + perPage)}:0"`;
    return response(200, [...all.values()].slice(start, start + perPage).map(seen), { link });
  }
  if (id === undefined) {
    if (body["name"] === "refused") return response(400, { conditions: ["Not a condition of ours."] });
    const made: Kept = { ...body, id: String(100 + calls.length) };
    all.set(made.id, made);
    return response(201, seen(made));
  }
  const object = all.get(id);
  if (object === undefined) return response(404, { detail: "The requested resource does not exist" });
  if (method === "PUT") all.set(id, { ...body, id });
  if (method === "DELETE") all.delete(id);
  return method === "DELETE" ? response(202, undefined) : response(200, seen(all.get(id) ?? object));
};

const transport = (request: HttpRequest): Promise<HttpResponse> => {
  const url = new URL(request.url);
  if (request.headers["authorization"] !== `Bearer ${token}`)
    return Promise.resolve(response(401, { detail: "Invalid token" }));
  if (!url.pathname.endsWith("/")) return Promise.resolve(response(301, undefined));
  const call: Call = {
    method: request.method,
    path: url.pathname.replace("/api/0", ""),
    body: JSON.parse(request.body ?? "{}") as Record<string, unknown>,
  };
  calls.push(call);
  const struck = strike(call);
  if (typeof struck === "object") return Promise.resolve(struck);
  const answer = answered(call, url.searchParams.get("cursor"));
  return struck === "after"
    ? Promise.reject(Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }))
    : Promise.resolve(answer);
};

let pulumi: MiniEngine;
const engine = (configuration: Properties = {}): MiniEngine =>
  miniEngine(() => sentryKinds({ clock, transport }), {
    sentryToken: token,
    sentryApiUrl: base,
    ...configuration,
  });
beforeEach(() => {
  calls = [];
  kept = new Map();
  clock = virtualClock(7);
  strike = () => undefined;
  pulumi = engine();
});

const issue: Properties = {
  organization: "acme",
  project: "shop",
  name: "new errors",
  actionMatch: "any",
  conditions: [{ id: "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" }],
  actions: [{ id: "sentry.mail.actions.NotifyEmailAction", targetType: "Team", targetIdentifier: "9" }],
  frequency: "30m",
};
const slack = {
  type: "slack",
  targetType: "specific",
  targetIdentifier: "#incidents",
  inputChannelId: "C1",
  integrationId: "77",
};
const metric: Properties = {
  organization: "acme",
  name: "slow",
  projects: ["shop"],
  aggregate: "p95(transaction.duration)",
  queryType: "transaction",
  dataset: "generic_metrics",
  query: "",
  timeWindow: "10m",
  thresholdType: "above",
  triggers: [{ label: "critical", alertThreshold: 2000, actions: [slack] }],
};

const changed = (using: MiniEngine, type: string, inputs: Properties): string[] => {
  const changes = using.preview("it", type, inputs);
  return changes === "create"
    ? ["(new)"]
    : [...new Set(changes.map(({ path }) => path.replace(/[.[].*/, "")))];
};
const up = (type: string, inputs: Properties): Promise<void> =>
  clock.run(() => pulumi.up("it", type, inputs));
const refresh = (): Promise<void> => {
  pulumi.restart();
  return clock.run(() => pulumi.refresh("it"));
};

const cases: [
  string,
  string,
  Properties,
  Properties,
  { attribute: string; property: string; value: unknown },
  string,
][] = [
  [
    sentryTypes.issueAlert,
    rules,
    issue,
    {
      name: "errors",
      actionMatch: "all",
      conditions: [{ id: "sentry.rules.conditions.regression_event.RegressionEventCondition" }],
      filterMatch: "any",
      filters: [{ id: "sentry.rules.filters.level.LevelFilter", match: "gte", level: "40" }],
      actions: [{ id: "S", workspace: "77", channel: "#incidents", channel_id: "C1" }],
      frequency: "1h",
      environment: "production",
      owner: "team:9",
    },
    { attribute: "frequency", property: "frequency", value: "5" },
    "acme/shop/",
  ],
  [
    sentryTypes.metricAlert,
    alertRules,
    metric,
    {
      name: "slower",
      projects: ["shop-web"],
      aggregate: "count()",
      queryType: "error",
      dataset: "events",
      eventTypes: ["error", "default"],
      query: "level:error",
      timeWindow: "1h",
      thresholdType: "below",
      resolveThreshold: 100,
      triggers: [
        { label: "critical", alertThreshold: 5, actions: [slack] },
        { label: "warning", alertThreshold: 3, actions: [] },
      ],
      environment: "production",
      owner: "user:3",
    },
    { attribute: "timeWindow", property: "timeWindow", value: 5 },
    "acme/",
  ],
];

describe.each(cases)("%s", (type, collection, first, changes, outside, parent) => {
  it("is made, changed property by property, put back, imported and removed", async () => {
    let inputs = first;
    await up(type, inputs);
    await refresh();
    expect(changed(pulumi, type, inputs)).toEqual([]);
    const id = pulumi.kept.get("it")?.id ?? "";

    for (const [property, value] of Object.entries(changes)) {
      inputs = { ...inputs, [property]: value };
      expect(changed(pulumi, type, inputs)).toEqual([property]);
      await up(type, inputs);
      // A PUT says everything, so that nothing else is reset.
      const put = calls.filter(({ method }) => method === "PUT").at(-1);
      expect(put?.path).toBe(`${collection}${id}/`);
      expect(Object.keys(put?.body ?? {}).length).toBe(
        Object.keys(inputs).filter((name) => name !== "organization" && name !== "project").length,
      );
      await refresh();
      expect(changed(pulumi, type, inputs)).toEqual([]);
    }
    const shape = sentryKinds().find((kind) => kind.type === type)?.inputs.shape ?? {};
    expect(Object.keys(inputs).sort()).toEqual(Object.keys(shape).sort());

    const object = kept.get(collection)?.get(id);
    if (object === undefined) throw new Error("it is not there");
    object[outside.attribute] = outside.value;
    await refresh();
    expect(changed(pulumi, type, inputs)).toEqual([outside.property]);
    await up(type, inputs);
    await refresh();
    expect(changed(pulumi, type, inputs)).toEqual([]);

    for (const name of [id, inputs["name"] as string]) {
      const other = engine();
      expect(await clock.run(() => other.importing("it", type, `${parent}${name}`))).toBe(true);
      expect(changed(other, type, inputs)).toEqual([]);
    }

    // What is no longer declared is emptied, and no difference then.
    const { environment: _, ...without } = inputs;
    expect(changed(pulumi, type, without)).toEqual(["environment"]);
    await up(type, without);
    await refresh();
    expect(changed(pulumi, type, without)).toEqual([]);

    await clock.run(() => pulumi.destroy("it"));
    expect(kept.get(collection)?.size).toBe(0);
  });

  it("is found again after a lost answer, also on a later page, and made once", async () => {
    const others = ["a", "b", "c"].map((name, index): [string, Kept] => [
      String(index),
      { ...first, name, id: String(index) },
    ]);
    kept.set(collection, new Map(others));
    strike = ({ method }) => (method === "POST" ? "after" : undefined);
    await up(type, first);
    expect(kept.get(collection)?.size).toBe(4);
    expect(calls.filter(({ method }) => method === "POST")).toHaveLength(1);
  });
});

describe("refusals", () => {
  const failing = async (type: string, inputs: Properties, using = pulumi): Promise<string> => {
    const error: unknown = await clock.run(() =>
      using.up("it", type, inputs).then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    );
    if (!(error instanceof Error)) throw new Error("it did not fail");
    expect(error.message).not.toContain(token);
    return error.message;
  };

  it("name the property, in Sentry's words", async () => {
    expect(await failing(sentryTypes.issueAlert, { ...issue, name: "refused" })).toContain(
      "conditions: Not a condition of ours",
    );
  });

  it("come before a call, for what Sentry would only do later or never", async () => {
    const { inputChannelId: _, ...unnamed } = slack;
    expect(
      await failing(sentryTypes.metricAlert, {
        ...metric,
        triggers: [{ label: "critical", alertThreshold: 1, actions: [unnamed] }],
      }),
    ).toContain("inputChannelId is needed by an action of the type slack");
    expect(
      await failing(sentryTypes.issueAlert, { ...issue, actions: [{ id: "S", channel: "#x" }] }),
    ).toContain("channel_id");
    expect(await failing(sentryTypes.metricAlert, { ...metric, timeWindow: "7m" })).toContain(
      "must be one of 1m, 5m",
    );
    expect(await failing(sentryTypes.issueAlert, { ...issue, frequency: "1m" })).toContain(
      "must be 5m or longer",
    );
    expect(calls).toEqual([]);
  });

  it("name the key of a token that is missing or wrong", async () => {
    expect(await failing(sentryTypes.issueAlert, issue, engine({ sentryToken: "other" }))).toContain(
      "flymon:sentryToken",
    );
    const none = miniEngine(() => sentryKinds({ clock, transport }), { sentryApiUrl: base });
    expect(await failing(sentryTypes.issueAlert, issue, none)).toContain("SENTRY_AUTH_TOKEN");
  });

  it("say how an issue alert is imported", async () => {
    await expect(clock.run(() => pulumi.importing("it", sentryTypes.issueAlert, "12"))).rejects.toThrow(
      "ORG/PROJECT/ID",
    );
  });
});
