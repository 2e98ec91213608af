import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkProperties } from "../../infra/provider/check";
import { checkConfiguration, configurationKeys, readConfiguration } from "../../infra/provider/configuration";
import { changesBetween, diff } from "../../infra/provider/diff";
import {
  containsUnknown,
  decode,
  encode,
  unknown,
  type Properties,
  type Value,
} from "../../infra/provider/properties";
import { formatPath } from "../../infra/provider/property-path";
import { createRedactor } from "../../infra/provider/redact";

const key = fc.string({ maxLength: 6 }).filter((name) => name !== "__proto__");
const { properties } = fc.letrec<{ properties: Properties; value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(unknown),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("properties"),
  ),
  properties: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
}));

/** Every path in the properties, in the engine's notation. */
const pathsOf = (value: Value, path: readonly (string | number)[] = []): string[] => {
  const here = path.length === 0 ? [] : [formatPath(path)];
  if (typeof value !== "object" || value === null) return here;
  const steps: [string | number, Value][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [...here, ...steps.flatMap(([step, item]) => pathsOf(item, [...path, step]))];
};

describe("properties on the wire", () => {
  it("come back as they were sent, and as secret as they were", () => {
    const withSecrets = properties.chain((sent) => fc.tuple(fc.constant(sent), fc.subarray(pathsOf(sent))));
    fc.assert(
      fc.property(withSecrets, ([sent, secrets]) => {
        const decoded = decode(encode(sent, new Set(secrets)));
        expect(decoded.values).toEqual(sent);
        expect([...decoded.secretPaths].sort()).toEqual(secrets.sort());
      }),
    );
  });

  it("reads the engine's own markers", () => {
    const sent: { [key: string]: JavaScriptValue } = {
      token: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "xoxb-1" },
      later: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      output: {
        "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
        value: { inner: ["s"] },
        secret: true,
      },
      unresolved: { "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4" },
    };
    expect(decode(Struct.fromJavaScript(sent))).toEqual({
      values: { token: "xoxb-1", later: unknown, output: { inner: ["s"] }, unresolved: unknown },
      secretPaths: new Set(["output", "token"]),
      secretTexts: ["s", "xoxb-1"], // a protobuf map comes sorted by key
    });
  });

  it("names paths as the engine does", () => {
    expect(formatPath(["settings", "checks", 0, "headers", "X-A", "a.b", 'c"d]'])).toBe(
      'settings.checks[0].headers.X-A["a.b"]["c\\"d]"]',
    );
  });
});

describe("diff", () => {
  const before = { name: "a", settings: { http_service: { checks: [{ interval: "15s", path: "/" }] } } };

  it("names each value that differs, by its path and kind", () => {
    const after = {
      name: "a",
      header: "x",
      settings: { http_service: { checks: [{ interval: "20s" }, { interval: "5s" }] } },
    };
    expect(changesBetween(before, after)).toEqual([
      { path: "settings.http_service.checks[0].interval", kind: "update" },
      { path: "settings.http_service.checks[0].path", kind: "delete" },
      { path: "settings.http_service.checks[1]", kind: "add" },
      { path: "header", kind: "add" },
    ]);
  });

  it("finds nothing between equals, and every value that is not known yet", () => {
    fc.assert(
      fc.property(properties, (one) => {
        const found = changesBetween(one, one);
        expect(found.length > 0).toBe(containsUnknown(one));
        expect(found.every(({ kind }) => kind === "update")).toBe(true);
      }),
    );
  });

  it("goes the other way round with adds and deletes swapped", () => {
    const swap = { add: "delete", delete: "add", update: "update" } as const;
    fc.assert(
      fc.property(properties, properties, (one, other) => {
        fc.pre(!containsUnknown(one) && !containsUnknown(other));
        const back = changesBetween(other, one).map(({ path, kind }) => ({ path, kind: swap[kind] }));
        expect(new Set(back.map((change) => JSON.stringify(change)))).toEqual(
          new Set(changesBetween(one, other).map((change) => JSON.stringify(change))),
        );
      }),
    );
  });

  it("tells a changed declaration from a changed world, and what replaces", () => {
    const request = {
      inputNames: ["name", "path", "settings"],
      replaceOn: ["path"],
      drifted: ["contentHash"],
      ignoreChanges: [],
      oldInputs: { name: "a", path: "x" },
      state: { name: "edited", path: "x", contentHash: "1" },
      newInputs: { name: "a", path: "y" },
    };
    expect(diff(request)).toEqual([
      { path: "name", kind: "update", replaces: false, isInputDiff: false },
      { path: "path", kind: "update", replaces: true, isInputDiff: true },
      { path: "contentHash", kind: "update", replaces: false, isInputDiff: false },
    ]);
    expect(diff({ ...request, ignoreChanges: ["name", "path", "contentHash"] })).toEqual([]);
  });

  it("never compares computed properties", () => {
    const state = { name: "a", channelId: "C1" };
    const request = { inputNames: ["name"], replaceOn: [], drifted: [], ignoreChanges: [] };
    expect(diff({ ...request, state, oldInputs: { name: "a" }, newInputs: { name: "a" } })).toEqual([]);
  });
});

describe("check", () => {
  const schema = z.strictObject({
    name: z.string("must be text").max(3, "must have at most 3 characters"),
    count: z.number("must be a number").default(1),
    nested: z.strictObject({ on: z.boolean("must be true or false") }).optional(),
  });

  it("fills in defaults", () => {
    expect(checkProperties(schema, { name: "a", nested: null }, "x")).toEqual({
      properties: { name: "a", count: 1 },
      failures: [],
    });
  });

  it("reports every failure at once, by property", () => {
    const { failures } = checkProperties(
      schema,
      { name: "abcd", count: "2", nested: { on: 1 }, nmae: "a" },
      "x",
    );
    expect(failures).toEqual([
      { property: "name", reason: "must have at most 3 characters" },
      { property: "count", reason: "must be a number" },
      { property: "nested.on", reason: "must be true or false" },
      { property: "nmae", reason: "x has no such property; it has name, count, nested" },
    ]);
  });

  it("lets a value pass that is not known yet, and still judges the others", () => {
    expect(checkProperties(schema, { name: unknown, nested: { on: unknown } }, "x")).toEqual({
      properties: { name: unknown, count: 1, nested: { on: unknown } },
      failures: [],
    });
    expect(checkProperties(schema, { name: unknown, count: "2" }, "x").failures).toEqual([
      { property: "count", reason: "must be a number" },
    ]);
  });
});

describe("configuration", () => {
  it("comes from the provider's keys first, then the environment, then the defaults", () => {
    const environment = {
      SLACK_BOT_TOKEN: "xoxb-env",
      SLACK_API_URL: "http://127.0.0.1:1/api",
      FLY_ACCESS_TOKEN: "fm2_access",
      FLY_FLAPS_BASE_URL: "http://127.0.0.1:2/v1/",
      BETTERSTACK_API_TOKEN: "from-the-environment",
      BETTERSTACK_API_URL: "http://127.0.0.1:3/",
    };
    expect(readConfiguration({ slackToken: "xoxb-key" }, environment)).toMatchObject({
      slackToken: "xoxb-key",
      slackApiUrl: "http://127.0.0.1:1/api/",
      flyToken: "fm2_access",
      flyApiUrl: "http://127.0.0.1:2",
      betterStackToken: "from-the-environment",
      betterStackApiUrl: "http://127.0.0.1:3",
      betterStackTeam: undefined,
    });
    expect(readConfiguration({ slackToken: unknown, betterStackTeam: "Platform" }, {})).toMatchObject({
      slackToken: undefined,
      slackApiUrl: "https://slack.com/api/",
      flyToken: undefined,
      flyApiUrl: "https://api.machines.dev",
      betterStackToken: undefined,
      betterStackApiUrl: "https://uptime.betterstack.com",
      betterStackTeam: "Platform",
    });
    expect(Object.keys(readConfiguration({}, {})).sort()).toEqual(Object.keys(configurationKeys).sort());
  });

  it("names every key that is wrong", () => {
    const { failures } = checkConfiguration({
      slackTokn: "x",
      slackApiUrl: "slack",
      slackToken: "a b",
      version: "1",
    });
    expect(failures.map(({ property }) => property).sort()).toEqual([
      "slackApiUrl",
      "slackToken",
      "slackTokn",
    ]);
  });
});

describe("redactor", () => {
  it("clears texts of learnt secrets and of what looks like one", () => {
    const redactor = createRedactor();
    redactor.learn(["hunter2hunter2", "a"]);
    expect(
      redactor.redact(
        "a hunter2hunter2 xoxb-1-abc https://hooks.slack.com/services/T0/B0/x Bearer abcdefghij",
      ),
    ).toBe("a [secret] [secret] [secret] [secret]");
  });

  it("clears them however they are quoted, and of one that is cut off also its beginning", () => {
    const redactor = createRedactor();
    const secret = 'first "line"\nand/second';
    redactor.learn([secret, "hunter2hunter2", "hunter2hunter2-and-more"]);
    const quoted = [
      secret.replace("\n", " "),
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      "hunter2hunter2-and-more",
    ];
    expect(quoted.map(redactor.redact)).toEqual([
      "[secret]",
      '"[secret]"',
      "[secret]",
      "[secret]",
      "[secret]",
    ]);
    expect(redactor.redact('refused: hunter2hu... and first "line... for hunt...')).toBe(
      "refused: [secret]... and [secret]... for hunt...",
    );
  });
});
