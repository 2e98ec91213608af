import { describe, expect, test } from "vitest";
import { parse } from "yaml";
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
    // 2 and 5 minutes of failures, one a minute, the first at once.
    expect(alerts.map((alert) => alert["failure-threshold"])).toEqual([3, 6]);
    expect(alerts.every((alert) => alert["send-on-resolved"])).toBe(true);
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
    expect(sandbox.endpoints[0]?.alerts.map((alert) => alert["failure-threshold"])).toEqual([3, 6]);
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
