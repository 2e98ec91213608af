import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { gatusMistakes } from "../../infra/model/gatus-config";
import { gatusFile } from "../../infra/render/files";
import { addressOf, gatusEnvironment } from "../../infra/render/gatus";
import { yamlText } from "../../infra/render/yaml-text";
import { fleetOf, hotdashFleet, soundApp } from "../support/declarations";

interface Alert {
  description: string;
  "failure-threshold": number;
  "send-on-resolved": boolean;
  "provider-override"?: { body: string };
}
interface Endpoint {
  name: string;
  group: string;
  url: string;
  interval: string;
  conditions: string[];
  headers?: Record<string, string>;
  alerts: Alert[];
}
interface Gatus {
  alerting: { custom: { url: string; body: string; headers: Record<string, string> } };
  endpoints: Endpoint[];
}

const configOf = (fleet: ReturnType<typeof hotdashFleet>): Gatus => {
  const file = gatusFile(fleet);
  if (file === undefined) throw new Error("Gatus has a file");
  return parse(yamlText(file.settings, file.header)) as Gatus;
};
const gatus = configOf(hotdashFleet());
const endpoint = (group: string, name: string): Endpoint => {
  const found = gatus.endpoints.find((candidate) => candidate.group === group && candidate.name === name);
  if (found === undefined) throw new Error(`no endpoint ${group} ${name}`);
  return found;
};

describe("the outside watch of the HotDash fleet", () => {
  test("reads Chatwoot's body, since its status says nothing", () => {
    expect(endpoint("hotdash-chatwoot", "api")).toMatchObject({
      url: "https://hotdash-chatwoot.fly.dev/api",
      interval: "60s",
      conditions: ["[STATUS] == 200", "[BODY].queue_services == ok", "[BODY].data_services == ok"],
    });
  });

  test("gives the synthetic check its budget, and warns at most", () => {
    const synthetic = endpoint("hotdash-staging", "synthetic");
    expect(synthetic.conditions).toContain("[RESPONSE_TIME] < 800");
    expect(synthetic.headers?.["X-Hotdash-Synthetic"]).toBe("${HOTDASH_SYNTHETIC_TOKEN}");
    expect(synthetic.alerts.map((alert) => alert["provider-override"])).toEqual([undefined]);
  });

  test("waits as long as the runbook does before a warning and before a critical alert", () => {
    const { alerts } = endpoint("hotdash-production", "health");
    // 2 and 5 minutes of failures, one a minute, the first at once; then the ladder: 5, 15 and 30 minutes later.
    expect(alerts.map((alert) => alert["failure-threshold"])).toEqual([3, 6, 11, 21, 36]);
    // The end is told once a severity.
    expect(alerts.map((alert) => alert["send-on-resolved"])).toEqual([true, true, false, false, false]);
    expect(alerts.slice(2).map(({ description }) => description)).toEqual([
      expect.stringMatching(/T%2B5m: Still critical, for engineer@team\.$/),
      expect.stringMatching(/T%2B15m: Still critical, for manager@team\.$/),
      expect.stringMatching(/T%2B30m: Emergency procedures\.$/),
    ]);
    expect(decodeURIComponent(alerts.at(-1)?.["provider-override"]?.body ?? "")).toContain(
      "<!channel> T+30m",
    );
  });

  test("sends critical alerts to #incidents and all others to #monitoring", () => {
    expect(gatus.alerting.custom.body).toContain("channel=%23monitoring&");
    const [warning, critical] = endpoint("hotdash-production", "health").alerts;
    expect(warning?.["provider-override"]).toBeUndefined();
    expect(critical?.["provider-override"]?.body).toContain("channel=%23incidents&");
  });

  test.each(["hotdash-llamaindex-mcp", "hotdash-agent-service"])("never polls %s, which may sleep", (app) => {
    const [ask, askCritical, ...rest] = gatus.endpoints.filter(({ group }) => group === app);
    expect([ask?.interval, askCritical?.interval]).toEqual(["1h", "1h"]);
    expect(ask?.conditions).toContain("[RESPONSE_TIME] < 10000");
    expect(askCritical?.conditions).toContain("[RESPONSE_TIME] < 20000");
    // A TLS handshake ends at Fly's edge and wakes nothing.
    expect(rest.map(({ url }) => url)).toEqual([`tls://${app}.fly.dev:443`]);
  });

  test("watches every public app and not the database", () => {
    const watched = new Set(gatus.endpoints.map(({ group }) => group));
    expect(watched.has("hotdash-staging-db")).toBe(false);
    expect(watched.size).toBe(5);
  });

  test("keeps the traps of Gatus out: descriptions without quotes, alerts ascending, no token in the file", () => {
    for (const { alerts } of gatus.endpoints) {
      const thresholds = alerts.map((alert) => alert["failure-threshold"]);
      expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
      expect(new Set(alerts.map(({ description }) => description)).size).toBe(alerts.length);
      for (const { description } of alerts) expect(description).not.toMatch(/["\\]/);
    }
    expect(gatus.alerting.custom.headers["Authorization"]).toBe(`Bearer \${${gatusEnvironment.slackToken}}`);
  });

  test("names every endpoint once in its group", () => {
    const keys = gatus.endpoints.map(({ group, name }) => `${group}/${name}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("a stack's differences", () => {
  test("a sandbox's addresses are asked, without certificates, and faster", () => {
    const sandbox = configOf(
      fleetOf([soundApp()], { addresses: { shop: "http://127.0.0.1:4000/" }, timeDivisor: 30 }),
    );
    expect(sandbox.endpoints.map(({ url, interval }) => [url, interval])).toEqual([
      ["http://127.0.0.1:4000/health", "2s"],
    ]);
    expect(sandbox.endpoints[0]?.alerts.map((alert) => alert["failure-threshold"])).toEqual([
      3, 6, 11, 21, 36,
    ]);
  });

  test("Slack's address comes from the stack", () => {
    const { alerting } = configOf(fleetOf([soundApp()], { slackApiUrl: "http://127.0.0.1:5000/api/" }));
    expect(alerting.custom.url).toBe("http://127.0.0.1:5000/api/chat.postMessage");
  });

  test("a dollar in a header is doubled, a reference to the environment is not", () => {
    const headers = { "X-A": "a$b", "X-B": "${TOKEN}" };
    const [only] = configOf(
      fleetOf([soundApp({ uptime: [{ kind: "poll", name: "health", path: "/health", headers }] })]),
    ).endpoints;
    expect(only?.headers).toMatchObject({ "X-A": "a$$b", "X-B": "${TOKEN}" });
  });

  test("the path of an address is kept", () => {
    expect(addressOf("shop", { addresses: { shop: "https://edge.example/shop/" } })).toBe(
      "https://edge.example/shop",
    );
  });
});

describe("what a monitor may ask", () => {
  const only = (uptime: object, settings = {}): Endpoint[] =>
    configOf(
      fleetOf(
        [soundApp({ uptime: [{ kind: "poll", name: "health", path: "/health", ...uptime }] })],
        settings,
      ),
    ).endpoints;

  test("a keyword, or none, with the signs of patterns, comparisons and the environment escaped", () => {
    const text = "a*b == [c] $5";
    expect(only({ keyword: { text } })[0]?.conditions).toContain("[BODY] == pat(*a\\*b \\=\\= \\[c\\] $$5*)");
    expect(only({ keyword: { text: "down", present: false } })[0]?.conditions).toContain(
      "[BODY] != pat(*down*)",
    );
  });

  test("the end of certificate and domain, once an app, as early as any of its monitors wants to know", () => {
    const [, certificate, domain] = only(
      { certificateExpiry: "30d", domainExpiry: "60d" },
      { timeDivisor: 30 },
    );
    expect(certificate).toMatchObject({ name: "certificate", url: "tls://shop.fly.dev:443" });
    expect(certificate?.conditions).toContain("[CERTIFICATE_EXPIRATION] > 720h");
    // Gatus does not start where it asks a registry more often than every five minutes.
    expect(domain).toMatchObject({ name: "domain", interval: "1h" });
    expect(domain?.conditions).toContain("[DOMAIN_EXPIRATION] > 1440h");
    expect(only({ certificateExpiry: "off" }).map(({ name }) => name)).toEqual(["health"]);
  });

  test("waits as long as it is confirmed and recovers as long as is asked", () => {
    const [{ alerts } = { alerts: [] }] = only({ interval: "30s", confirmation: "4m", recovery: "2m" });
    expect(alerts.slice(0, 2).map((alert) => alert["failure-threshold"])).toEqual([9, 11]);
    expect(alerts[0]).toMatchObject({ "success-threshold": 5 });
  });

  test("nothing while it is paused", () => {
    expect(only({ paused: true })).toMatchObject([{ name: "health", enabled: false }]);
  });
});

describe("what is written", () => {
  const settings = (): Record<string, unknown> => structuredClone(gatusFile(hotdashFleet())?.settings ?? {});
  const alertOf = (config: Record<string, unknown>, index: number): Record<string, unknown> =>
    (first(config)["alerts"] as Record<string, unknown>[])[index] ?? {};
  const first = (config: Record<string, unknown>): Record<string, unknown> =>
    (config["endpoints"] as Record<string, unknown>[])[0] ?? {};

  test("is what Gatus takes to the last key", () => {
    expect(gatusMistakes(settings())).toEqual([]);
  });

  test.each<[string, (config: Record<string, unknown>) => void, RegExp]>([
    ["an unknown key", (config) => (first(config)["intervall"] = "1m"), /endpoints\.0\.intervall is no key/],
    ["an unknown part", (config) => (config["alertings"] = {}), /alertings is no key/],
    ["memory for storage", (config) => (config["storage"] = { type: "memory", path: "x" }), /storage\.type/],
    ["no endpoints", (config) => (config["endpoints"] = []), /endpoints must hold an endpoint/],
    [
      "a placeholder misspelt",
      (config) => (first(config)["conditions"] = ["[STATE] == 200"]),
      /conditions\.0/,
    ],
    ["no comparison", (config) => (first(config)["conditions"] = ["[STATUS]"]), /must compare two things/],
    ["two comparisons", (config) => (first(config)["conditions"] = ["[BODY] == a == b"]), /one comparison/],
    [
      "a single dollar",
      (config) => (first(config)["headers"] = { A: "a$b" }),
      /headers\.A must write a dollar/,
    ],
    [
      "a namesake",
      (config) => (config["endpoints"] as unknown[]).push(structuredClone(first(config))),
      /unique in its group/,
    ],
    ["a provider that is not set up", (config) => (alertOf(config, 0)["type"] = "slack"), /alerts\.0\.type/],
    [
      "a quote in a description",
      (config) => (alertOf(config, 0)["description"] = 'a "b"'),
      /would not start/,
    ],
    [
      "descending thresholds",
      (config) => (first(config)["alerts"] as unknown[]).reverse(),
      /must not come before one of fewer failures/,
    ],
    [
      "one description twice",
      (config) => {
        alertOf(config, 1)["description"] = alertOf(config, 0)["description"];
      },
      /tells alerts apart/,
    ],
  ])("is refused with %s", (_, change, words) => {
    const config = settings();
    change(config);
    expect(gatusMistakes(config).join("\n")).toMatch(words);
  });
});
