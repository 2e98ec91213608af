import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
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
import { startTestUptimeRobot, type TestUptimeRobot } from "../support/uptimerobot-sandbox";

// UptimeRobot's resources under the real CLI, against the sandbox's UptimeRobot.

let service: TestUptimeRobot;
beforeAll(async () => {
  service = await startTestUptimeRobot();
});
afterAll(() => service.stop());

const options = (token = service.token) => ({
  secrets: { "flymon:uptimeRobotToken": token },
  config: { "flymon:uptimeRobotApiUrl": service.apiUrl },
});
const suiteService = (): SuiteService => ({
  options: options(),
  withoutCredentials: {
    config: { "flymon:uptimeRobotApiUrl": service.apiUrl },
    env: { UPTIMEROBOT_API_KEY: undefined },
  },
});

const named = async (path: string, name: string) =>
  (await service.list(path)).filter((thing) => [thing["friendlyName"], thing["name"]].includes(name));
const expectNone = async (path: string, name: string): Promise<void> => {
  expect(await named(path, name)).toEqual([]);
};
const byHand = async (path: string, name: string, body: object): Promise<void> => {
  const [found] = await named(path, name);
  expect((await service.call("PATCH", `${path}/${found?.id ?? ""}`, body)).status).toBe(200);
  await service.list(path);
};

// Nothing listens on port 9 of loopback.
const health = "http://127.0.0.1:9/health?a=1&b=2";

describe("by the common suite", () => {
  resourceSuite(
    {
      title: "a monitor",
      type: uptimeRobotTypes.monitor,
      inputs: {
        name: "suite: health",
        type: "HTTP",
        url: health,
        interval: "300s",
        customHttpHeaders: { "X-Client": "flymon", Authorization: "Bearer suite-secret-one" },
      },
      changes: [
        { property: "httpPassword", value: "suite-secret-two" },
        {
          property: "customHttpHeaders",
          value: { Authorization: "Bearer suite-secret-three" },
          paths: ["customHttpHeaders.authorization", "customHttpHeaders.x-client"],
        },
        { property: "tags", value: ["web", "critical"] },
        { property: "paused", value: true },
      ],
      outside: {
        act: () => byHand("/monitors", "suite: health", { interval: 600, timeout: 3 }),
        paths: ["interval"],
      },
      importId: "suite: health",
      expectGone: () => expectNone("/monitors", "suite: health"),
      secrets: ["suite-secret-one", "suite-secret-two", "suite-secret-three"],
    },
    suiteService,
  );

  resourceSuite(
    {
      title: "an integration",
      type: uptimeRobotTypes.integration,
      inputs: { name: "#suite", type: "Slack", url: "https://hooks.slack.example/suite-secret-four" },
      changes: [
        { property: "notifyFor", value: "Down" },
        { property: "url", value: "https://hooks.slack.example/suite-secret-five" },
        { property: "type", value: "Webhook", replaces: true },
      ],
      outside: {
        act: () =>
          byHand("/integrations", "#suite", { type: "Webhook", data: { enableNotificationsFor: "Up" } }),
        paths: ["notifyFor"],
      },
      importId: "#suite",
      expectGone: () => expectNone("/integrations", "#suite"),
      secrets: ["suite-secret-four", "suite-secret-five"],
    },
    suiteService,
  );

  resourceSuite(
    {
      title: "a maintenance window",
      type: uptimeRobotTypes.maintenanceWindow,
      inputs: { name: "suite nightly", interval: "weekly", time: "02:00", duration: "60m", days: ["sun"] },
      changes: [
        { property: "duration", value: "90m" },
        { property: "days", value: ["sat", "mon"], paths: ["days[0]", "days[1]"] },
      ],
      outside: {
        act: () => byHand("/maintenance-windows", "suite nightly", { time: "05:00:00" }),
        paths: ["time"],
      },
      importId: "suite nightly",
      expectGone: () => expectNone("/maintenance-windows", "suite nightly"),
    },
    suiteService,
  );

  resourceSuite(
    {
      title: "a status page",
      type: uptimeRobotTypes.statusPage,
      inputs: { name: "suite page", monitorIds: [], noIndex: true },
      changes: [
        { property: "password", value: "suite-secret-six" },
        { property: "customSettings", value: { page: { theme: "dark" } } },
      ],
      outside: {
        act: () => byHand("/psps", "suite page", { noIndex: false }),
        paths: ["noIndex"],
      },
      importId: "suite page",
      expectGone: () => expectNone("/psps", "suite page"),
      secrets: ["suite-secret-six"],
    },
    suiteService,
  );
});

/** All kinds in one program, as they refer to each other. */
const everything = (changes: Inputs = {}): readonly DeclaredResource[] => [
  {
    type: uptimeRobotTypes.integration,
    name: "incidents",
    inputs: {
      name: "#incidents",
      type: "Slack",
      url: secret("https://hooks.slack.example/all-secret-one"),
    },
  },
  {
    type: uptimeRobotTypes.integration,
    name: "onCall",
    inputs: {
      name: "on call",
      type: "Webhook",
      url: secret("https://on-call.example/all-secret-two"),
      sendAsJson: true,
    },
  },
  {
    type: uptimeRobotTypes.maintenanceWindow,
    name: "nightly",
    inputs: { name: "nightly", interval: "daily", time: "02:00", duration: "30m" },
  },
  {
    type: uptimeRobotTypes.monitor,
    name: "health",
    inputs: {
      name: "all: health",
      type: "HTTP",
      url: "http://127.0.0.1:9/all",
      interval: "1m",
      assignedAlertContacts: [
        { alertContactId: output("incidents", "id") },
        { alertContactId: output("onCall", "id"), threshold: "5m", recurrence: "15m" },
      ],
      maintenanceWindowIds: [output("nightly", "id")],
      ...changes,
    },
  },
  {
    type: uptimeRobotTypes.monitor,
    name: "heartbeat",
    inputs: { name: "all: alert check", type: "HEARTBEAT", interval: "5m", gracePeriod: "1m" },
    computed: ["heartbeatUrl"],
  },
  {
    type: uptimeRobotTypes.statusPage,
    name: "page",
    inputs: {
      name: "all: status",
      monitorIds: [output("health", "id"), output("heartbeat", "id")],
    },
    computed: ["url"],
  },
];

const ok = (run: Run): Run => {
  expect(run.exitCode, run.output).toBe(0);
  return run;
};
const failed = (run: Run): string => {
  expect(run.exitCode, run.output).not.toBe(0);
  expect(run.output).not.toMatch(/^\s+at .*:\d+/m);
  return run.output.replace(/\s+/g, " ");
};

it("makes all kinds as they refer to each other, keeps their secrets, and leaves nothing", async () => {
  await withStack(
    projectOf(everything()),
    async (stack) => {
      const up = ok(await stack.up());
      const [monitor] = await named("/monitors", "all: health");
      const [heartbeat] = await named("/monitors", "all: alert check");
      const contacts = monitor?.["assignedAlertContacts"] as readonly { threshold: number }[];
      expect(contacts.map(({ threshold }) => threshold).sort()).toEqual([0, 5]);
      expect(ok(await stack.preview("--expect-no-changes")).exitCode).toBe(0);
      ok(await stack.refresh());
      ok(await stack.preview("--expect-no-changes"));

      const state = (await stack.export()).text;
      const beat = heartbeat?.["url"] as string;
      expect(beat).toMatch(/^http/);
      for (const hidden of [beat, beat.split("/").at(-1) ?? "", "all-secret", service.token]) {
        expect(state).not.toContain(hidden);
        expect(up.output).not.toContain(hidden);
      }

      stack.rewrite(programOf(everything({ interval: "5m" })));
      const changed = ok(await stack.up("--diff"));
      expect(pathsOf(changed, "health")).toEqual(["interval"]);
      expect(operationsOn(changed, "page")).toEqual(["same"]);
      ok(await stack.destroy());
    },
    options(),
  );
  for (const [path, names] of [
    ["/monitors", ["all: health", "all: alert check"]],
    ["/integrations", ["#incidents", "on call"]],
    ["/maintenance-windows", ["nightly"]],
    ["/psps", ["all: status"]],
  ] as const)
    for (const name of names) await expectNone(path, name);
}, 240_000);

describe("what is refused", () => {
  it("is a ladder on the free plan, before anything is applied", async () => {
    const requests = service.requests.length;
    await withStack(
      projectOf(everything()),
      async (stack) => {
        const told = failed(await stack.preview());
        expect(told).toContain("must be 0s on UptimeRobot's free plan");
        expect(told).toContain("assignedAlertContacts[1].threshold");
        expect(told).toContain("assignedAlertContacts[1].recurrence");
      },
      { ...options(), config: { ...options().config, "flymon:uptimeRobotPlan": "free" } },
    );
    expect(service.requests.length).toBe(requests);
  }, 60_000);

  it("is a wrong key, in words that name the setting and not the key", async () => {
    const wrong = "u800-not-the-right-key";
    await withStack(
      projectOf(everything().slice(2, 3)),
      async (stack) => {
        const told = failed(await stack.up());
        expect(told).toContain("flymon:uptimeRobotToken");
        expect(told).toContain("UPTIMEROBOT_API_KEY");
        expect(told).not.toContain(wrong);
      },
      options(wrong),
    );
  }, 60_000);

  it("is a second integration for one address, with what to do", async () => {
    const { id } = await service.make("/integrations", {
      type: "Slack",
      data: { friendlyName: "made by hand", webhookURL: "https://hooks.slack.example/all-secret-one" },
    });
    await withStack(
      projectOf(everything().slice(0, 1)),
      async (stack) => {
        const told = failed(await stack.up());
        expect(told).toContain(`pulumi import ${uptimeRobotTypes.integration} NAME ${id}`);
        expect(told).toContain("made by hand");
        expect(told).not.toContain("all-secret-one");
      },
      options(),
    );
    await service.call("DELETE", `/integrations/${id}`);
  }, 60_000);
});
