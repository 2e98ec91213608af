import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Uptime, type UptimeArgs } from "../../infra/components/uptime";
import { betterStackTypes } from "../../infra/model/betterstack";
import { Refusal } from "../../infra/model/diagnostics";
import { resourceTypes } from "../../infra/model/resources";
import type { SettingsInput } from "../../infra/model/settings";
import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
import { readUptimeSecrets } from "../../infra/watchtower-secrets";
import { hotdashFleet } from "../support/declarations";
import type { Mocks } from "../support/pulumi-mocks";
import { mockPulumi } from "../support/pulumi-mocks";

let mocks: Mocks;
beforeEach(async () => {
  vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  mocks = await mockPulumi();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const secrets: NonNullable<UptimeArgs["secrets"]> = {
  slackToken: pulumi.secret("xoxb-1"),
  slackWebhooks: {
    incidents: pulumi.secret("https://hooks.example.com/i"),
    monitoring: pulumi.secret("https://hooks.example.com/m"),
  },
  variables: { HOTDASH_SYNTHETIC_TOKEN: pulumi.secret("the-token") },
};
const statusPage = { subdomain: "hotdash", company: "HotDash", companyUrl: "https://hotdash.example" };

const make = async (
  settings: Partial<SettingsInput>,
  more: Omit<UptimeArgs, "fleet"> = { secrets },
): Promise<Uptime> => {
  const uptime = new Uptime("uptime", { fleet: hotdashFleet(settings), ...more });
  await mocks.settled();
  return uptime;
};
const inputsOf = (type: string, name: string): Record<string, unknown> =>
  mocks.ofType(type).find((resource) => resource.name === name)?.inputs ?? {};

describe("Uptime", () => {
  test("shows the policies the same monitors whoever watches", async () => {
    const names = async (uptimeBackend: "gatus" | "betterstack" | "uptimerobot"): Promise<string[]> => {
      mocks = await mockPulumi();
      await make({ uptimeBackend });
      return mocks.ofType(resourceTypes.uptimeMonitor).map(({ name }) => name);
    };
    const gatus = await names("gatus");
    expect(gatus).toHaveLength(6);
    expect(await names("betterstack")).toEqual(gatus);
    expect(await names("uptimerobot")).toEqual(gatus);
  });

  test("writes Gatus' configuration where Gatus watches, and nowhere else", async () => {
    expect(Object.keys((await make({})).files)).toEqual(["gatus/config.yaml"]);
    mocks = await mockPulumi();
    expect((await make({ uptimeBackend: "betterstack" })).files).toEqual({});
    expect(mocks.ofType(resourceTypes.gatusConfig)).toEqual([]);
  });

  test("at Better Stack posts as the bot, asks with the token, and shows each monitor on the page", async () => {
    const { heartbeats } = await make({ uptimeBackend: "betterstack", statusPage });
    expect(inputsOf(betterStackTypes.outgoingWebhook, "uptime-critical-T+0")).toMatchObject({
      url: "https://slack.com/api/chat.postMessage",
      customWebhookTemplate: { headersTemplate: [{ name: "Authorization", value: "Bearer xoxb-1" }, {}] },
    });
    expect(inputsOf(betterStackTypes.monitor, "hotdash-staging-synthetic")).toMatchObject({
      requestHeaders: [{ name: "X-Monitoring" }, { name: "X-Hotdash-Synthetic", value: "the-token" }],
      policyId: "uptime-warning-id",
      monitorGroupId: "uptime-hotdash-staging-id",
    });
    expect(mocks.ofType(betterStackTypes.statusPageResource)).toHaveLength(
      mocks.ofType(betterStackTypes.monitor).length,
    );
    expect([...heartbeats.keys()]).toEqual(["synthetic-check", "alert-check"]);
    expect(await pulumi.isSecret(heartbeats.get("alert-check") ?? pulumi.output(""))).toBe(true);
  });

  test("at UptimeRobot has a contact for each step, each with an address of its own", async () => {
    await make({ uptimeBackend: "uptimerobot", statusPage });
    const urls = mocks.ofType(uptimeRobotTypes.integration).map(({ inputs }) => inputs["url"] as string);
    expect(urls).toContain("https://hooks.example.com/i?flymon=test-critical-T%2B0");
    expect(new Set(urls).size).toBe(urls.length);
    const { assignedAlertContacts } = inputsOf(uptimeRobotTypes.monitor, "hotdash-production-health");
    expect(assignedAlertContacts).toContainEqual({
      alertContactId: "uptime-critical-T+5m-id",
      threshold: "10m",
      recurrence: "0s",
    });
  });

  test("asks without a header whose value the stack lacks, and says so", async () => {
    await make({ uptimeBackend: "betterstack" }, { secrets: { slackToken: pulumi.secret("xoxb-1") } });
    const { requestHeaders } = inputsOf(betterStackTypes.monitor, "hotdash-staging-synthetic");
    expect(requestHeaders).toEqual([{ name: "X-Monitoring", value: "fly-health-check" }]);
    expect(vi.mocked(pulumi.log.warn).mock.calls.map(([words]) => words)).toContain(
      "hotdash-staging synthetic is asked without X-Hotdash-Synthetic: the stack has no value of ${HOTDASH_SYNTHETIC_TOKEN}.",
    );
  });

  test("lets a transform reach what is made", async () => {
    const transform = {
      betterStack: { policy: { repeatCount: 3 }, monitor: { ipVersion: "ipv4" as const } },
    };
    await make({ uptimeBackend: "betterstack" }, { secrets, transform });
    expect(mocks.ofType(betterStackTypes.escalationPolicy)[0]?.inputs["repeatCount"]).toBe(3);
    expect(mocks.ofType(betterStackTypes.monitor)[0]?.inputs["ipVersion"]).toBe("ipv4");
  });
});

describe("the outside watch's secrets", () => {
  test("are refused at an apply that lacks them, all at once and by their keys", () => {
    vi.stubEnv("SLACK_BOT_TOKEN", "");
    const refusal = (uptimeBackend: "gatus" | "betterstack" | "uptimerobot"): string[] => {
      try {
        readUptimeSecrets(hotdashFleet({ uptimeBackend }));
        return [];
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return error.diagnostics.map(({ field }) => field);
      }
    };
    expect(refusal("gatus")).toEqual([]);
    expect(refusal("betterstack")).toEqual(["flymon:slackToken"]);
    expect(refusal("uptimerobot").sort()).toEqual(["slackWebhooks:incidents", "slackWebhooks:monitoring"]);
  });
});
