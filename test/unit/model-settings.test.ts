import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { settingsInput, settingsSchema } from "../../infra/model/settings";
import { repositoryRoot } from "../../toolchain/root";

interface ConfigKey {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
}
const { config } = parse(readFileSync(path.join(repositoryRoot, "Pulumi.yaml"), "utf8")) as {
  config: Record<string, ConfigKey>;
};

describe("Pulumi.yaml and the schema", () => {
  // The provider's settings and the watchtower's secrets have other namespaces: Pulumi.yaml may describe only the project's own.
  const others = ["slackApiUrl", "uptimeRobotPlan", "given"];
  const keys = Object.keys(settingsSchema.shape).filter((key) => !others.includes(key));

  test("name the same settings", () => {
    expect(Object.keys(config).sort()).toEqual(keys.sort());
  });

  test("have the same defaults", () => {
    const defaults = settingsSchema.parse({ environment: "staging", apps: ["any"] });
    // An optional table: Pulumi asks for whatever has no default, so its absence is an empty one there.
    const given = (key: string): unknown => defaults[key as keyof typeof defaults] ?? {};
    for (const [key, declared] of Object.entries(config)) {
      if ("default" in declared) expect(declared.default).toEqual(given(key));
      else expect(["environment", "apps"]).toContain(key);
    }
  });

  test("say what each is for", () => {
    for (const { description } of Object.values(config)) expect(description.length).toBeGreaterThan(10);
  });
});

describe("settings out of a stack's configuration", () => {
  test("know an empty watchtower as none", () => {
    for (const watchtower of [{}, "{}"]) {
      expect(settingsInput({ "hotdash:watchtower": watchtower }, "hotdash")).toEqual({});
    }
    const watchtower = { app: "watch", region: "iad" };
    expect(settingsInput({ "hotdash:watchtower": watchtower }, "hotdash")).toEqual({ watchtower });
  });

  test("the engine's JSON texts and a file's values are the same", () => {
    const expected = {
      environment: "staging",
      apps: ["a"],
      timeDivisor: 30,
      slackApiUrl: "http://127.0.0.1/api/",
    };
    expect(
      settingsInput(
        {
          "hotdash:environment": "staging",
          "hotdash:apps": '["a"]',
          "hotdash:timeDivisor": "30",
          "flymon:slackApiUrl": "http://127.0.0.1/api/",
          "flymon:slackToken": "xoxb-secret",
        },
        "hotdash",
      ),
    ).toEqual(expected);
    expect(
      settingsInput(
        {
          environment: "staging",
          "hotdash:apps": ["a"],
          "hotdash:timeDivisor": 30,
          "flymon:slackApiUrl": "http://127.0.0.1/api/",
        },
        "hotdash",
      ),
    ).toEqual(expected);
  });
});
