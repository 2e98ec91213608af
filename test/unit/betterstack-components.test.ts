import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import * as components from "../../infra/components/betterstack";
import { betterStackTypes } from "../../infra/model/betterstack";
import { checkProperties } from "../../infra/provider/check";
import { betterStackKinds } from "../../infra/provider/betterstack/kinds";
import type { Properties } from "../../infra/provider/properties";

interface Registered {
  readonly type: string;
  readonly inputs: Properties;
}
const registered: Registered[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ type, inputs }) => {
      registered.push({ type, inputs: inputs as Properties });
      return { id: "7", state: { ...(inputs as object), url: "https://made.example" } };
    },
    call: () => ({}),
  });
});

it("registers each kind by its type with inputs that the provider takes, outputs of others among them", async () => {
  const severity = new components.BetterStackSeverity("severity", { name: "SEV-1", call: true });
  const calendar = new components.BetterStackOnCallCalendar("calendar", { name: "on call" });
  const slack = new components.BetterStackSlackIntegration("slack", { channel: "#incidents" });
  const policy = new components.BetterStackEscalationPolicy("policy", {
    name: "critical",
    steps: [
      {
        type: "escalation",
        waitBefore: "0s",
        severityId: severity.id,
        stepMembers: [
          { type: "current_on_call", id: calendar.id },
          { type: "slack_integration", id: slack.id },
        ],
      },
    ],
  });
  const group = new components.BetterStackMonitorGroup("group", { name: "shop" });
  const monitor = new components.BetterStackMonitor("monitor", {
    name: "shop",
    url: "https://shop.example",
    monitorType: "status",
    requestTimeout: "15s",
    requestHeaders: [{ name: "Authorization", value: "Bearer x" }],
    policyId: policy.id,
    monitorGroupId: group.id,
  });
  const heartbeat = new components.BetterStackHeartbeat("heartbeat", {
    name: "beat",
    period: "5m",
    grace: "1m",
  });
  new components.BetterStackOutgoingWebhook("hook", {
    name: "hook",
    url: heartbeat.url,
    triggerType: "incident_change",
  });
  new components.BetterStackIncomingWebhook("incoming", {
    name: "incoming",
    startedRuleType: "all",
    acknowledgedRuleType: "unused",
    resolvedRuleType: "all",
  });
  const page = new components.BetterStackStatusPage("page", {
    subdomain: "shop",
    companyName: "Shop",
    companyUrl: "https://shop.example",
    timezone: "UTC",
  });
  const section = new components.BetterStackStatusPageSection("section", {
    statusPageId: page.id,
    name: "All",
  });
  const shown = new components.BetterStackStatusPageResource("shown", {
    statusPageId: page.id,
    statusPageSectionId: section.id,
    resourceId: monitor.id,
    resourceType: "Monitor",
    publicName: "Shop",
  });
  await new Promise((resolve) => pulumi.all([shown.urn, heartbeat.urn]).apply(resolve));
  await expect.poll(() => registered.length).toBe(Object.keys(betterStackTypes).length);

  expect(registered.map(({ type }) => type).sort()).toEqual(Object.values(betterStackTypes).sort());
  for (const { type, inputs } of registered) {
    const kind = betterStackKinds().find((candidate) => candidate.type === type);
    const declared = Object.fromEntries(
      Object.entries(inputs).filter(([name]) => kind !== undefined && !(name in kind.computed.shape)),
    );
    expect({ type, failures: kind && checkProperties(kind.inputs, declared, type).failures }).toEqual({
      type,
      failures: [],
    });
  }
});
