import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { betterStackTypes } from "../../infra/model/betterstack";
import { startTestBetterStack, type TestBetterStack } from "../support/betterstack-sandbox";
import { withStack, type Run } from "../support/engine";
import {
  output,
  programOf,
  projectOf,
  resourceSuite,
  secret,
  type DeclaredResource,
} from "../support/resource-suite";
import { betterStackRows, inventoryOf, secretsOf } from "./tables/betterstack";

// Better Stack's resources under the real CLI, against the sandbox's Better Stack.

let service: TestBetterStack;
beforeAll(async () => {
  service = await startTestBetterStack();
});
afterAll(() => service.stop());

resourceSuite({
  module: "betterstack",
  service: () => ({
    options: service.stackOptions(),
    withoutCredentials: service.withoutCredentials,
    inventory: () => inventoryOf(service),
    secrets: () => secretsOf(service),
  }),
  rows: (tag) => betterStackRows(service, tag),
  elsewhere: {
    [betterStackTypes.slackIntegration]: "is only looked up: see below",
  },
});

/** All kinds in one program, as they refer to each other. */
const everything: readonly DeclaredResource[] = [
  {
    type: betterStackTypes.severity,
    name: "severity",
    inputs: { name: "SEV-1", call: true, sms: true },
  },
  {
    type: betterStackTypes.onCallCalendar,
    name: "calendar",
    inputs: {
      name: "shop on call",
      rotation: {
        users: ["ada@hotdash.example", "ben@hotdash.example"],
        rotationLength: 1,
        rotationInterval: "week",
        startRotationsAt: "2026-01-05T09:00:00+01:00",
        endRotationsAt: "2027-01-04T09:00:00Z",
      },
    },
  },
  {
    type: betterStackTypes.outgoingWebhook,
    name: "hook",
    inputs: {
      name: "to Slack",
      url: secret("https://hooks.example/all-secret-hook"),
      triggerType: "incident_change",
      onIncidentStarted: true,
    },
  },
  {
    type: betterStackTypes.escalationPolicy,
    name: "policy",
    inputs: {
      name: "critical",
      repeatCount: 2,
      steps: [
        {
          type: "escalation",
          waitBefore: "0s",
          severityId: output("severity", "id"),
          stepMembers: [
            { type: "current_on_call", id: output("calendar", "id") },
            { type: "webhook", id: output("hook", "id") },
          ],
        },
        {
          type: "escalation",
          waitBefore: "5m",
          stepMembers: [{ type: "user", email: "cleo@hotdash.example" }],
        },
      ],
    },
  },
  {
    type: betterStackTypes.monitorGroup,
    name: "group",
    inputs: { name: "shop" },
  },
  {
    type: betterStackTypes.monitor,
    name: "monitor",
    inputs: {
      name: "shop",
      url: "https://shop.example/health",
      monitorType: "status",
      checkFrequency: "60s",
      sslExpiration: "14d",
      authUsername: "probe",
      authPassword: "all-secret-password",
      policyId: output("policy", "id"),
      monitorGroupId: output("group", "id"),
    },
  },
  {
    type: betterStackTypes.heartbeat,
    name: "heartbeat",
    inputs: {
      name: "synthetic check",
      period: "5m",
      grace: "60s",
      policyId: output("policy", "id"),
    },
    computed: ["url"],
  },
  {
    type: betterStackTypes.incomingWebhook,
    name: "incoming",
    inputs: {
      name: "from Alertmanager",
      startedRuleType: "all",
      acknowledgedRuleType: "unused",
      resolvedRuleType: "all",
    },
    computed: ["url"],
  },
  {
    type: betterStackTypes.statusPage,
    name: "page",
    inputs: {
      subdomain: "hotdash-all",
      companyName: "Hotdash",
      companyUrl: "https://hotdash.example",
      timezone: "UTC",
      history: "90d",
      passwordEnabled: true,
      password: "all-secret-page",
    },
  },
  {
    type: betterStackTypes.statusPageSection,
    name: "section",
    inputs: { statusPageId: output("page", "id"), name: "Shop", position: 0 },
  },
  {
    type: betterStackTypes.statusPageResource,
    name: "shown",
    inputs: {
      statusPageId: output("page", "id"),
      statusPageSectionId: output("section", "id"),
      resourceId: output("monitor", "id"),
      resourceType: "Monitor",
      publicName: "Website",
    },
  },
];

describe("all kinds in one program", () => {
  it("are made as they refer to each other, found by another stack, and keep their secrets", async () => {
    const before = await inventoryOf(service);
    const told: string[] = [];
    const must = async (run: Promise<Run>): Promise<void> => {
      const { exitCode, output: text } = await run;
      told.push(text);
      expect(exitCode, text).toBe(0);
    };
    await withStack(
      projectOf(everything),
      async (stack) => {
        await must(stack.up());
        await must(stack.preview("--diff", "--expect-no-changes"));
        const made = await inventoryOf(service);
        expect(made.length).toBe(before.length + everything.length);

        // A second stack of the same program finds all of it: nothing is made twice.
        await withStack(
          projectOf(everything),
          async (other) => {
            await must(other.up());
            expect(await inventoryOf(service)).toEqual(made);
            told.push((await other.export()).text);
          },
          service.stackOptions(),
        );
        told.push((await stack.export()).text);
        for (const hidden of [...(await secretsOf(service)), "all-secret-"])
          expect(told.findIndex((text) => text.includes(hidden))).toBe(-1);
        await must(stack.destroy());
        expect(await inventoryOf(service)).toEqual(before);
      },
      service.stackOptions(),
    );
  });

  it("tell a wrong token by its key, and what Better Stack refuses in its own words, without a stack trace", async () => {
    await withStack(
      projectOf(everything.slice(0, 1)),
      async (stack) => {
        const run = await stack.up();
        expect(run.exitCode).not.toBe(0);
        expect(run.output).toMatch(
          /Better Stack \(127\.0\.0\.1:\d+\): creating the severity SEV-1: answered 401 \(Invalid Team API token\)\. The token in flymon:betterStackToken/,
        );
        expect(run.output).not.toContain("a-wrong-token");
        expect(run.output).not.toMatch(/\n\s+at /);
      },
      service.stackOptions("a-wrong-token"),
    );
    const wrong = {
      type: betterStackTypes.monitor,
      name: "monitor",
      inputs: {
        name: "x",
        url: "https://x.example",
        monitorType: "status",
        policyId: "999999",
      },
    };
    await withStack(
      projectOf([wrong]),
      async (stack) => {
        const run = await stack.up();
        expect(run.output).toContain("creating the monitor x: answered 422 (policyId: doesn't exist)");
        stack.rewrite(
          programOf([
            {
              ...wrong,
              inputs: {
                ...wrong.inputs,
                requestTimeout: "7s",
                checkFrequency: "5s",
              },
            },
          ]),
        );
        const refused = await stack.preview();
        expect(refused.output).toContain("checkFrequency");
        expect(refused.output).toContain("must be 30s or longer");
      },
      service.stackOptions(),
    );
  });

  it("say what a person has to do about Slack, in a preview already", async () => {
    const look = {
      type: betterStackTypes.slackIntegration,
      name: "slack",
      inputs: { channel: "#incidents" },
    };
    await withStack(
      projectOf([look]),
      async (stack) => {
        const preview = await stack.preview();
        expect(preview.output).toContain("Only a person can connect Slack");
        expect((await stack.up()).output).toContain(
          "looking up the Slack integration #incidents: there is none",
        );
      },
      service.stackOptions(),
    );
  });
});
