import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
import { withStack, type Run } from "../support/engine";
import { output, projectOf, resourceSuite, secret, type DeclaredResource } from "../support/resource-suite";
import { startTestUptimeRobot, type TestUptimeRobot } from "../support/uptimerobot-sandbox";
import { inventoryOf, secretsOf, uptimeRobotRows } from "./tables/uptimerobot";

// UptimeRobot's resources under the real CLI, against the sandbox's UptimeRobot.

let service: TestUptimeRobot;
beforeAll(async () => {
  service = await startTestUptimeRobot();
});
afterAll(() => service.stop());

resourceSuite({
  module: "uptimerobot",
  service: () => ({
    options: service.stackOptions(),
    withoutCredentials: service.withoutCredentials,
    inventory: () => inventoryOf(service),
    secrets: () => secretsOf(service),
  }),
  rows: (tag) => uptimeRobotRows(service, tag),
});

/** All kinds in one program, as they refer to each other. */
const everything: readonly DeclaredResource[] = [
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
    inputs: {
      name: "nightly",
      interval: "daily",
      time: "02:00",
      duration: "30m",
    },
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
        {
          alertContactId: output("onCall", "id"),
          threshold: "5m",
          recurrence: "15m",
        },
      ],
      maintenanceWindowIds: [output("nightly", "id")],
    },
  },
  {
    type: uptimeRobotTypes.monitor,
    name: "heartbeat",
    inputs: {
      name: "all: alert check",
      type: "HEARTBEAT",
      interval: "5m",
      gracePeriod: "1m",
    },
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
  const before = await inventoryOf(service);
  await withStack(
    projectOf(everything),
    async (stack) => {
      const up = ok(await stack.up());
      const monitors = await service.list("/monitors");
      const monitor = monitors.find(({ friendlyName }) => friendlyName === "all: health");
      const contacts = monitor?.["assignedAlertContacts"] as readonly {
        threshold: number;
      }[];
      expect(contacts.map(({ threshold }) => threshold).sort()).toEqual([0, 5]);
      ok(await stack.preview("--refresh", "--expect-no-changes"));

      const state = (await stack.export()).text;
      for (const hidden of [...(await secretsOf(service)), "all-secret"]) {
        expect(state).not.toContain(hidden);
        expect(up.output).not.toContain(hidden);
      }
      ok(await stack.destroy());
    },
    service.stackOptions(),
  );
  expect(await inventoryOf(service)).toEqual(before);
});

describe("what is refused", () => {
  it("is a ladder on the free plan, before anything is applied", async () => {
    const requests = service.requests.length;
    await withStack(
      projectOf(everything),
      async (stack) => {
        const told = failed(await stack.preview());
        expect(told).toContain("must be 0s on UptimeRobot's free plan");
        expect(told).toContain("assignedAlertContacts[1].threshold");
        expect(told).toContain("assignedAlertContacts[1].recurrence");
      },
      {
        ...service.stackOptions(),
        config: { ...service.stackOptions().config, "flymon:uptimeRobotPlan": "free" },
      },
    );
    expect(service.requests.length).toBe(requests);
  });

  it("is a wrong key, in words that name the setting and not the key", async () => {
    const wrong = "u800-not-the-right-key";
    await withStack(
      projectOf(everything.slice(2, 3)),
      async (stack) => {
        const told = failed(await stack.up());
        expect(told).toContain("flymon:uptimeRobotToken");
        expect(told).toContain("UPTIMEROBOT_API_KEY");
        expect(told).not.toContain(wrong);
      },
      service.stackOptions(wrong),
    );
  });

  it("is a second integration for one address, with what to do", async () => {
    const { id } = await service.make("/integrations", {
      type: "Slack",
      data: {
        friendlyName: "made by hand",
        webhookURL: "https://hooks.slack.example/all-secret-one",
      },
    });
    await withStack(
      projectOf(everything.slice(0, 1)),
      async (stack) => {
        const told = failed(await stack.up());
        expect(told).toContain(`pulumi import ${uptimeRobotTypes.integration} NAME ${id}`);
        expect(told).toContain("made by hand");
        expect(told).not.toContain("all-secret-one");
      },
      service.stackOptions(),
    );
    await service.call("DELETE", `/integrations/${id}`);
  });
});
