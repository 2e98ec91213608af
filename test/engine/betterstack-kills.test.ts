import { afterAll, beforeAll } from "vitest";
import { betterStackTypes } from "../../infra/model/betterstack";
import { startTestBetterStack, type TestBetterStack } from "../support/betterstack-sandbox";
import { killSuite } from "../support/kill-runs";
import { output, secret, type DeclaredResource } from "../support/resource-suite";

let service: TestBetterStack;
beforeAll(async () => {
  service = await startTestBetterStack();
});
afterAll(() => service.stop());

const monitor = (name: string): DeclaredResource => ({
  type: betterStackTypes.monitor,
  name,
  inputs: {
    name: `kills: ${name}`,
    url: `https://${name}.example/health`,
    monitorType: "status",
    checkFrequency: "60s",
    policyId: output("policy", "id"),
    monitorGroupId: output("group", "id"),
  },
});

const resources: readonly DeclaredResource[] = [
  { type: betterStackTypes.severity, name: "severity", inputs: { name: "kills: SEV-1", call: true } },
  {
    type: betterStackTypes.onCallCalendar,
    name: "calendar",
    inputs: {
      name: "kills: on call",
      rotation: {
        users: ["ada@hotdash.example", "ben@hotdash.example"],
        rotationLength: 1,
        rotationInterval: "week",
        startRotationsAt: "2026-01-05T09:00:00Z",
        endRotationsAt: "2027-01-04T09:00:00Z",
      },
    },
  },
  {
    type: betterStackTypes.outgoingWebhook,
    name: "hook",
    inputs: {
      name: "kills: hook",
      url: secret("https://hooks.example/kills"),
      triggerType: "incident_change",
    },
  },
  {
    type: betterStackTypes.escalationPolicy,
    name: "policy",
    inputs: {
      name: "kills: critical",
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
      ],
    },
  },
  { type: betterStackTypes.monitorGroup, name: "group", inputs: { name: "kills: shop" } },
  monitor("shop"),
  monitor("support"),
  monitor("agent"),
  {
    type: betterStackTypes.heartbeat,
    name: "heartbeat",
    inputs: { name: "kills: synthetic", period: "5m", grace: "60s", policyId: output("policy", "id") },
  },
  {
    type: betterStackTypes.statusPage,
    name: "page",
    inputs: {
      subdomain: "hotdash-kills",
      companyName: "Hotdash",
      companyUrl: "https://hotdash.example",
      timezone: "UTC",
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
      resourceId: output("shop", "id"),
      resourceType: "Monitor",
      publicName: "Website",
    },
  },
];

const collections = [
  ...["urgencies", "on-calls", "outgoing-webhooks", "monitor-groups", "monitors", "heartbeats"].map(
    (name) => `/api/v2/${name}`,
  ),
  "/api/v3/policies",
];

const named = async (path: string): Promise<readonly string[]> =>
  (await service.list(path)).map(({ attributes }) => {
    const { pronounceable_name, name, subdomain, public_name, monitor_type } = attributes;
    return `${path} ${String(pronounceable_name ?? name ?? subdomain ?? public_name)} ${String(monitor_type)}`;
  });

/** Everything that is there, sorted; by name, as its ids are others each time. */
const things = async (): Promise<readonly string[]> => {
  const pages = await service.list("/api/v2/status-pages");
  const parts = await Promise.all(
    pages.flatMap(({ id, attributes }) =>
      ["sections", "resources"].map(async (part) =>
        (await named(`/api/v2/status-pages/${id}/${part}`)).map((thing) =>
          thing.replace(`/${id}/`, `/${String(attributes["subdomain"])}/`),
        ),
      ),
    ),
  );
  const others = await Promise.all([...collections, "/api/v2/status-pages"].map(named));
  return [...parts, ...others].flat().sort();
};

killSuite({ service: () => service, resources: () => resources, things }, 1);
