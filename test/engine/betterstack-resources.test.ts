import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { betterStackTypes } from "../../infra/model/betterstack";
import { startTestBetterStack, type TestBetterStack } from "../support/betterstack-sandbox";
import { withStack, type Run } from "../support/engine";
import {
  operationsOn,
  output,
  pathsOf,
  programOf,
  projectOf,
  resourceSuite,
  secret,
  type DeclaredResource,
  type Inputs,
  type SuiteService,
} from "../support/resource-suite";

// Better Stack's resources under the real CLI, against the sandbox's Better Stack.

let service: TestBetterStack;
beforeAll(async () => {
  service = await startTestBetterStack();
});
afterAll(() => service.stop());

const options = (token = service.token) => ({
  secrets: { "flymon:betterStackToken": token },
  config: { "flymon:betterStackApiUrl": service.apiUrl },
});
const suiteService = (): SuiteService => ({
  options: options(),
  withoutCredentials: { config: { "flymon:betterStackApiUrl": service.apiUrl } },
});

const monitors = "/api/v2/monitors";
const named = async (path: string, attribute: string, name: string) =>
  (await service.list(path)).filter(({ attributes }) => attributes[attribute] === name);
const expectNone = async (path: string, attribute: string, name: string): Promise<void> => {
  expect(await named(path, attribute, name)).toEqual([]);
};

describe("by the common suite", () => {
  resourceSuite(
    {
      title: "a monitor",
      type: betterStackTypes.monitor,
      inputs: {
        name: "suite: health",
        url: "https://suite.example/health",
        monitorType: "status",
        checkFrequency: "60s",
        requestHeaders: [
          { name: "X-Client", value: "flymon" },
          { name: "Authorization", value: "Bearer suite-secret-one" },
        ],
      },
      changes: [
        { property: "checkFrequency", value: "3m" },
        { property: "regions", value: ["us", "eu"], paths: ["regions"] },
        { property: "sslExpiration", value: "off" },
        { property: "authPassword", value: "suite-secret-two" },
        {
          property: "requestHeaders",
          value: [{ name: "Authorization", value: "Bearer suite-secret-three" }],
          // Each header is compared with the one of its name: one changes its value, the other goes.
          paths: ["requestHeaders[0].value", "requestHeaders[1]"],
        },
        { property: "url", value: "https://suite.example/synthetic" },
      ],
      outside: {
        act: async () => {
          const [found] = await named(monitors, "pronounceable_name", "suite: health");
          await service.call("PATCH", `${monitors}/${found?.id ?? ""}`, {
            check_frequency: 600,
            paused: true,
          });
        },
        paths: ["checkFrequency"],
      },
      importId: "suite: health",
      expectGone: () => expectNone(monitors, "pronounceable_name", "suite: health"),
      secrets: ["suite-secret-one", "suite-secret-two", "suite-secret-three"],
    },
    suiteService,
  );

  resourceSuite(
    {
      title: "an outgoing webhook",
      type: betterStackTypes.outgoingWebhook,
      inputs: {
        name: "suite: hook",
        url: "https://hooks.example/suite-secret-four",
        triggerType: "incident_change",
      },
      changes: [
        { property: "onIncidentStarted", value: true },
        { property: "url", value: "https://hooks.example/suite-secret-five" },
        { property: "onIncidentStarted", value: false },
        { property: "triggerType", value: "monitor_change", replaces: true },
      ],
      importId: "suite: hook",
      expectGone: () => expectNone("/api/v2/outgoing-webhooks", "name", "suite: hook"),
      secrets: ["suite-secret-four", "suite-secret-five"],
    },
    suiteService,
  );
});

/** All kinds in one program, as they refer to each other. */
const everything = (changes: { readonly [name: string]: Inputs } = {}): readonly DeclaredResource[] => {
  const resources: readonly DeclaredResource[] = [
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
    { type: betterStackTypes.monitorGroup, name: "group", inputs: { name: "shop" } },
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
      inputs: { name: "synthetic check", period: "5m", grace: "60s", policyId: output("policy", "id") },
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
  return resources.map((resource) => ({
    ...resource,
    inputs: { ...resource.inputs, ...changes[resource.name] },
  }));
};

const paths: { readonly [name: string]: string } = {
  severity: "/api/v2/urgencies",
  calendar: "/api/v2/on-calls",
  hook: "/api/v2/outgoing-webhooks",
  policy: "/api/v3/policies",
  group: "/api/v2/monitor-groups",
  monitor: monitors,
  heartbeat: "/api/v2/heartbeats",
  incoming: "/api/v2/incoming-webhooks",
  page: "/api/v2/status-pages",
};
const counts = async (): Promise<{ [name: string]: number }> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(paths).map(async ([name, path]) => [name, (await service.list(path)).length] as const),
    ),
  );

describe("all kinds in one program", () => {
  it("are made, changed, mended, adopted by another stack and removed, and tell no secret", async () => {
    const before = await counts();
    const told: string[] = [];
    const must = async (run: Promise<Run>): Promise<Run> => {
      const done = await run;
      // Pulumi's own SDK tells secrets where somebody asks for its debug messages.
      const events = done.events.filter(({ diagnosticEvent }) => diagnosticEvent?.severity !== "debug");
      told.push(done.output, JSON.stringify(events));
      expect(done.exitCode, done.output).toBe(0);
      return done;
    };
    await withStack(
      projectOf(everything()),
      async (stack) => {
        expect((await must(stack.up())).changes).toMatchObject({ create: 12 });
        await must(stack.preview("--diff", "--expect-no-changes"));
        await must(stack.refresh("--expect-no-changes"));

        const change = {
          severity: { call: false },
          policy: { repeatCount: 3 },
          group: { paused: true },
          monitor: { checkFrequency: "3m" },
          heartbeat: { grace: "2m" },
          incoming: { startedRuleType: "any" },
          page: { companyName: "Hotdash Inc." },
          section: { name: "Storefront" },
          shown: { publicName: "Our website" },
          hook: { onIncidentResolved: true },
        };
        stack.rewrite(programOf(everything(change)));
        const changing = await must(stack.up("--diff"));
        for (const [name, inputs] of Object.entries(change))
          expect({ name, paths: pathsOf(changing, name) }).toEqual({ name, paths: Object.keys(inputs) });
        await must(stack.preview("--diff", "--expect-no-changes"));

        const [monitor] = await named(monitors, "pronounceable_name", "shop");
        const [policy] = await named("/api/v3/policies", "name", "critical");
        await service.call("PATCH", `${monitors}/${monitor?.id ?? ""}`, { check_frequency: 30 });
        await service.call(
          "DELETE",
          `/api/v2/heartbeats/${(await named("/api/v2/heartbeats", "name", "synthetic check"))[0]?.id ?? ""}`,
        );
        await service.call("PATCH", `/api/v3/policies/${policy?.id ?? ""}`, { steps: [] });
        await must(stack.refresh());
        const mending = await must(stack.up("--diff"));
        expect(pathsOf(mending, "monitor")).toEqual(["checkFrequency"]);
        expect(pathsOf(mending, "policy")).toEqual(["steps[0]", "steps[1]"]);
        expect(operationsOn(mending, "heartbeat")).toEqual(["create"]);
        await must(stack.preview("--diff", "--expect-no-changes"));

        const state = (await stack.export()).text;
        const beat = (await named("/api/v2/heartbeats", "name", "synthetic check"))[0]?.attributes["url"];
        const incoming = (await named("/api/v2/incoming-webhooks", "name", "from Alertmanager"))[0]
          ?.attributes["url"];
        const secrets = [service.token, "all-secret-hook", "all-secret-password", "all-secret-page"];
        for (const hidden of [...secrets, beat, incoming]) {
          expect(typeof hidden).toBe("string");
          expect(state.includes(String(hidden)), `the state tells ${String(hidden)}`).toBe(false);
          const where = told.findIndex((text) => text.includes(String(hidden)));
          expect(where, `the output of the command ${where} tells ${String(hidden)}`).toBe(-1);
        }

        // A second stack of the same program finds all of it: nothing is made twice.
        await withStack(
          projectOf(everything(change)),
          async (other) => {
            await must(other.up());
            expect(await counts()).toEqual(
              Object.fromEntries(Object.entries(before).map(([name, count]) => [name, count + 1])),
            );
          },
          options(),
        );
        await must(stack.destroy());
        expect(await counts()).toEqual(before);
      },
      options(),
    );
  }, 240_000);

  it("tell a wrong token by its key, and what Better Stack refuses in its own words, without a stack trace", async () => {
    await withStack(
      projectOf(everything().slice(0, 1)),
      async (stack) => {
        const run = await stack.up();
        expect(run.exitCode).not.toBe(0);
        expect(run.output).toMatch(
          /Better Stack \(127\.0\.0\.1:\d+\): creating the severity SEV-1: answered 401 \(Invalid Team API token\)\. The token in flymon:betterStackToken/,
        );
        expect(run.output).not.toContain("a-wrong-token");
        expect(run.output).not.toMatch(/\n\s+at /);
      },
      options("a-wrong-token"),
    );
    const wrong = {
      type: betterStackTypes.monitor,
      name: "monitor",
      inputs: { name: "x", url: "https://x.example", monitorType: "status", policyId: "999999" },
    };
    await withStack(
      projectOf([wrong]),
      async (stack) => {
        const run = await stack.up();
        expect(run.output).toContain("creating the monitor x: answered 422 (policyId: doesn't exist)");
        stack.rewrite(
          programOf([{ ...wrong, inputs: { ...wrong.inputs, requestTimeout: "7s", checkFrequency: "5s" } }]),
        );
        const refused = await stack.preview();
        expect(refused.output).toContain("checkFrequency");
        expect(refused.output).toContain("must be 30s or longer");
      },
      options(),
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
      options(),
    );
  });
});
