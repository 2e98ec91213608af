import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { datadogClasses } from "../../infra/components/observability-datadog";
import { newRelicClasses } from "../../infra/components/observability-newrelic";
import type { Fleet } from "../../infra/model/fleet";
import { observabilityTypes, sentryTypes } from "../../infra/model/observability";
import { repositoryRoot } from "../../toolchain/root";
import { fleetOf, soundApp } from "../support/declarations";
import type { Mocks, Registered } from "../support/pulumi-mocks";
import { mockPulumi } from "../support/pulumi-mocks";

/** A project whose node_modules has stand-ins of the services' packages: classes of the same names and tokens. */
let root: string;
const install = (name: string, tokens: Record<string, string>): void => {
  const folder = path.join(root, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name, main: "index.js" }));
  const classes = Object.entries(tokens).map(
    ([type, token]) =>
      `exports.${type} = class extends pulumi.CustomResource { constructor(name, args, options) { super("${token}", name, args, options); } };`,
  );
  const sdk = path.join(repositoryRoot, "node_modules/@pulumi/pulumi");
  writeFileSync(
    path.join(folder, "index.js"),
    [`const pulumi = require(${JSON.stringify(sdk)});`, ...classes].join("\n"),
  );
};
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "observability-"));
  install("@pulumi/datadog", { Monitor: "datadog:index/monitor:Monitor" });
  install("@pulumi/newrelic", {
    AlertPolicy: "newrelic:index/alertPolicy:AlertPolicy",
    NrqlAlertCondition: "newrelic:index/nrqlAlertCondition:NrqlAlertCondition",
    NotificationDestination: "newrelic:index/notificationDestination:NotificationDestination",
    NotificationChannel: "newrelic:index/notificationChannel:NotificationChannel",
    Workflow: "newrelic:index/workflow:Workflow",
  });
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

let mocks: Mocks;
beforeEach(async () => {
  mocks = await mockPulumi();
});
const ofType = (type: string): readonly Registered[] => mocks.ofType(type);

const channelsOf = async (fleet: Fleet) => {
  const { AlertChannels } = await import("../../infra/components/alert-channels");
  return new AlertChannels("alerting", fleet).slack;
};

describe("the packages of hosted services", () => {
  test.each([
    ["@pulumi/datadog@5.11.0", datadogClasses],
    ["@pulumi/newrelic@5.77.0", newRelicClasses],
  ])("%s is asked for where it is missing, by the command that installs it", (wanted, load) => {
    const empty = mkdtempSync(path.join(tmpdir(), "observability-none-"));
    try {
      expect(() => load("staging", empty)).toThrow(
        new RegExp(
          `Pulumi.staging.yaml {2}hotdash: observability is [\\s\\S]*npm install --save-exact ${wanted};`,
        ),
      );
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  test("are refused where a class is missing", () => {
    const folder = path.join(root, "broken/node_modules/@pulumi/datadog");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "index.js"), "exports.Dashboard = class {};");
    expect(() => datadogClasses("staging", path.join(root, "broken"))).toThrow(/has Monitor; the installed/);
  });

  test("that need something which is missing fail with its name, not as if they were missing", () => {
    const folder = path.join(root, "halved/node_modules/@pulumi/datadog");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "index.js"), 'require("@pulumi/elsewhere");');
    expect(() => datadogClasses("staging", path.join(root, "halved"))).toThrow(/'@pulumi\/elsewhere'/);
  });
});

describe("Datadog", () => {
  test("is told of with what it does not get, a line a reason", async () => {
    const { leftOutText } = await import("../../infra/components/observability-left-out");
    expect(
      leftOutText("Datadog", [
        { alert: "A", apps: ["x", "y"], reason: "too late" },
        { alert: "B", apps: ["y"], reason: "too late" },
        { alert: "C", apps: ["z"], reason: "too early" },
      ]),
    ).toBe("Alerts that Datadog does not get:\n  too late: A, B (x, y)\n  too early: C (z)");
  });

  test("has a monitor for each threshold that it can have, below its component", async () => {
    const { Datadog } = await import("../../infra/components/observability-datadog");
    const fleet = fleetOf([soundApp()]);
    new Datadog("datadog", {
      fleet,
      classes: datadogClasses("test", root),
      transform: { monitor: { priority: "5" } },
    });
    await mocks.settled();
    expect(ofType(observabilityTypes.datadog)).toHaveLength(1);
    const monitors = ofType("datadog:index/monitor:Monitor");
    expect(monitors.map(({ name }) => name).sort()).toEqual(
      ["cpu", "memory", "errorRate"]
        .flatMap((signal) =>
          ["info", "warning", "critical"].map((severity) => `datadog-shop-${signal}-${severity}`),
        )
        .sort(),
    );
    expect(monitors[0]?.inputs).toMatchObject({ type: "query alert", priority: "5" });
  });
});

describe("New Relic", () => {
  test("has a policy a severity, heard by mail and in the Slack channel of its route", async () => {
    const { NewRelic } = await import("../../infra/components/observability-newrelic");
    const fleet = fleetOf([soundApp()], { observabilitySlack: "dest-1" });
    new NewRelic("newrelic", {
      fleet,
      classes: newRelicClasses("test", root),
      slack: await channelsOf(fleet),
    });
    await mocks.settled();
    expect(ofType("newrelic:index/alertPolicy:AlertPolicy").map(({ inputs }) => inputs["name"])).toEqual([
      "Fly.io test SEV-3 (info)",
      "Fly.io test SEV-2 (warning)",
      "Fly.io test SEV-1 (critical)",
    ]);
    const conditions = ofType("newrelic:index/nrqlAlertCondition:NrqlAlertCondition");
    expect(conditions.find(({ name }) => name === "newrelic-shop-latencyP95-critical")?.inputs).toMatchObject(
      {
        policyId: "newrelic-critical-id",
        critical: { threshold: 2000 },
      },
    );
    const workflow = ofType("newrelic:index/workflow:Workflow").find(
      ({ name }) => name === "newrelic-critical",
    );
    expect(workflow?.inputs).toMatchObject({
      issuesFilter: { predicates: [{ attribute: "labels.policyIds", values: ["newrelic-critical-id"] }] },
      destinations: [{ channelId: "newrelic-critical-mail-id" }, { channelId: "newrelic-critical-slack-id" }],
    });
    expect(
      ofType("newrelic:index/notificationChannel:NotificationChannel")
        .filter(({ inputs }) => inputs["type"] === "SLACK")
        .map(({ inputs }) => [inputs["destinationId"], inputs["properties"]]),
    ).toContainEqual(["dest-1", [{ key: "channelId", value: "C-incidents" }]]);
  });

  test("warns of a severity that nobody hears", async () => {
    const { NewRelic } = await import("../../infra/components/observability-newrelic");
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const fleet = fleetOf([soundApp()]);
    new NewRelic("newrelic", {
      fleet,
      classes: newRelicClasses("test", root),
      slack: await channelsOf(fleet),
    });
    await mocks.settled();
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      "Nobody hears of New Relic's info alerts: set observabilitySlack, or give the route an e-mail.",
    ]);
    warn.mockRestore();
  });
});

describe("Sentry", () => {
  test("has alerts that post in the channels the stack has made", async () => {
    const { Sentry } = await import("../../infra/components/observability-sentry");
    const sentry = { org: "acme", projects: { shop: "shop-web" }, slackIntegration: "77" };
    const fleet = fleetOf([soundApp()], { sentry });
    new Sentry("sentry", { fleet, sentry, slack: await channelsOf(fleet) });
    await mocks.settled();
    expect(ofType(sentryTypes.issueAlert)[0]?.inputs).toMatchObject({
      organization: "acme",
      project: "shop-web",
      actions: [{ channel: "#monitoring", channel_id: "C-monitoring" }],
    });
    expect(ofType(sentryTypes.metricAlert).map(({ name }) => name)).toContain(
      "sentry-shop-latencyP95-critical",
    );
  });
});

describe("the whole program", () => {
  const run = async (settings: Record<string, string>): Promise<void> => {
    pulumi.runtime.setAllConfig({
      "hotdash:environment": "production",
      "hotdash:apps": '["hotdash-staging"]',
      ...settings,
    });
    vi.resetModules();
    await import("../../infra/index");
    await mocks.settled();
  };

  // Neither package is installed here, so whatever loaded one would be refused.
  test("loads nothing of a service that the stack does not name", async () => {
    await run({});
    expect(mocks.registered.length).toBeGreaterThan(10);
    const types = mocks.registered.map(({ type }) => type);
    for (const type of [...Object.values(observabilityTypes), ...Object.values(sentryTypes)])
      expect(types).not.toContain(type);
  });

  test("makes nothing where the named service's package is missing", async () => {
    await expect(run({ "hotdash:observability": "datadog" })).rejects.toThrow(
      /npm install --save-exact @pulumi\/datadog/,
    );
    expect(mocks.registered.filter(({ type }) => type.startsWith("flymon:"))).toEqual([]);
  });
});
