import assert from "node:assert/strict";
import { parse as parseToml } from "@iarna/toml";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { commentBlock, generatedMarker, headerOf } from "../../infra/render/generated-marker";
import { flyTomlText, type Settings } from "../../infra/render/toml-text";
import { yamlText } from "../../infra/render/yaml-text";

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item)));

// Node's own comparison: a key such as "toString" is data here, and vitest's calls it.
const same = (read: unknown, written: unknown): void => {
  assert.deepStrictEqual(plain(read), plain(written));
};

const isTable = (value: Settings[string]): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// The parser of @iarna/toml loses a table that is named like a method of every object; no key of Fly's is.
const key = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => !(name in {}));
const text = fc.string({ unit: "binary", maxLength: 20 });
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
);
const scalar = fc.oneof(text, number, fc.boolean());
const { table } = fc.letrec<{ table: Settings; list: Settings[string] }>((tie) => ({
  table: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, scalar, tie("table"), tie("list")), { maxKeys: 4 }),
  list: fc.oneof(fc.array(scalar, { maxLength: 4 }), fc.array(tie("table"), { maxLength: 3 })),
}));

describe("flyTomlText", () => {
  it("writes the marker, the header, then the settings in a fixed order, and one newline at the end", () => {
    const settings = {
      app: "hotdash-chatwoot",
      processes: { web: "rails server", worker: "sidekiq" },
      http_service: { internal_port: 3000, checks: [{ interval: "15s", path: "/health" }] },
      build: { image: "chatwoot/chatwoot:latest" },
    };
    expect(flyTomlText(settings, "From infra/fleet/chatwoot.ts\nfor staging")).toBe(`# ${generatedMarker}
# From infra/fleet/chatwoot.ts
# for staging

app = "hotdash-chatwoot"

[build]
image = "chatwoot/chatwoot:latest"

[processes]
web = "rails server"
worker = "sidekiq"

[http_service]
internal_port = 3000

  [[http_service.checks]]
  interval = "15s"
  path = "/health"
`);
  });

  it("writes the same bytes whatever order the keys came in", () => {
    const shuffled = (settings: Settings): Settings =>
      Object.fromEntries(
        Object.entries(settings)
          .map(([name, value]) => [name, isTable(value) ? shuffled(value) : value] as const)
          .reverse(),
      );
    fc.assert(
      fc.property(table, (settings) => {
        expect(flyTomlText(shuffled(settings), "h")).toBe(flyTomlText(settings, "h"));
        expect(yamlText(shuffled(settings), "h")).toBe(yamlText(settings, "h"));
      }),
    );
  });

  it("groups no digits", () => {
    expect(flyTomlText({ a: 1_000_000, b: 12_345.5, c: 1e21 }, "")).toContain(
      "a = 1000000\nb = 12345.5\nc = 1e+21\n",
    );
  });

  it("leaves out what has no value", () => {
    expect(flyTomlText({ app: "a", env: { X: null }, region: undefined }, "")).not.toMatch(/region|X/);
  });

  it("names the list that TOML cannot hold", () => {
    expect(() => flyTomlText({ vm: { sizes: [{ cpus: 1 }, "small"] } }, "")).toThrow("vm.sizes: a TOML list");
  });

  it("reads back as what was written", () => {
    fc.assert(
      fc.property(table, (settings) => {
        same(parseToml(flyTomlText(settings, "header")), settings);
      }),
      { numRuns: 300 },
    );
  });
});

describe("yamlText", () => {
  it("quotes what YAML 1.1 or 1.2 would read as something else, folds no line and aliases nothing", () => {
    const shared = { interval: "30s" };
    const long = "word ".repeat(60).trim();
    const written = yamlText({ a: shared, b: shared, long, answer: "on", mode: "0644", time: "1:30" }, "why");
    expect(written).toBe(`# ${generatedMarker}
# why

a:
  interval: 30s
answer: "on"
b:
  interval: 30s
long: ${long}
mode: "0644"
time: "1:30"
`);
  });

  it("reads back as what was written", () => {
    fc.assert(
      fc.property(table, (settings) => {
        same(parseYaml(yamlText(settings, "header")), settings);
      }),
      { numRuns: 300 },
    );
  });
});

describe("headerOf", () => {
  it("is the header that was written", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[^\s#][^\r\n]{0,20}$/u)), (lines) => {
        const header = lines.map((line) => line.trimEnd()).join("\n");
        expect(headerOf(`${commentBlock(header)}\n\napp = "a"\n`)).toBe(header);
      }),
    );
  });
});
