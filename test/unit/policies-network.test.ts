import { describe, expect, test } from "vitest";
import { httpsForced } from "../../policies/rules/network";
import { soundApp } from "../support/declarations";
import { judgedBy, stackOf, withInputs } from "../support/policy-stack";

const withService = (service: object) => {
  const { app } = soundApp().processGroups;
  return stackOf([
    soundApp({
      processGroups: { app: { ...app, role: "web", services: [service] } } as ReturnType<
        typeof soundApp
      >["processGroups"],
    }),
  ]);
};

describe("https-forced", () => {
  test("passes HTTPS forced, by default and on the ports", async () => {
    expect(await judgedBy(httpsForced, withService({ kind: "http", internalPort: 80 }))).toEqual([]);
    const ports = [
      { port: 80, handlers: ["http"], forceHttps: true },
      { port: 443, handlers: ["tls", "http"] },
    ];
    expect(await judgedBy(httpsForced, withService({ kind: "tcp", internalPort: 80, ports }))).toEqual([]);
  });

  test("refuses plain HTTP", async () => {
    const violations = await judgedBy(
      httpsForced,
      withService({ kind: "http", internalPort: 80, forceHttps: false }),
    );
    expect(violations).toHaveLength(1);
    expect(violations[0]?.message).toContain(
      "infra/fleet/shop.ts:7  shop: processGroups.app.services[0].forceHttps is false",
    );
    const ports = [{ port: 80, handlers: ["http"] }];
    expect(await judgedBy(httpsForced, withService({ kind: "tcp", internalPort: 80, ports }))).toHaveLength(
      1,
    );
  });

  test("has nothing to say of a port that does not speak HTTP, nor of an app that is not public", async () => {
    const ports = [{ port: 5432, handlers: ["pg_tls"] }];
    expect(await judgedBy(httpsForced, withService({ kind: "tcp", internalPort: 5432, ports }))).toEqual([]);
    const inside = withInputs(withService({ kind: "http", internalPort: 80, forceHttps: false }), "flyApp", {
      public: false,
    });
    expect(await judgedBy(httpsForced, inside)).toEqual([]);
  });
});
