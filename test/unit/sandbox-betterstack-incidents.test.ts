import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { startWorld, type World } from "../../sandbox/world";

/** A service second is a hundredth of one here. */
const factor = 100;
const patience = 8_000;

let world: World;
let client: SandboxClient;
let target: Server;
let targetUrl: string;
let status = 200;
let asked = 0;

beforeEach(async () => {
  status = 200;
  asked = 0;
  world = await startWorld({ apps: [], monitorFactor: factor });
  client = connect(world.announcement);
  target = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status).end(status === 200 ? "all is well" : "broken");
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  targetUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}/health`;
});
afterEach(async () => {
  await world.stop();
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
});

interface Answer {
  readonly status: number;
  readonly data: { readonly id: string; readonly attributes: Readonly<Record<string, unknown>> };
  readonly errors?: unknown;
}
const api = async (method: string, path: string, body?: object): Promise<Answer> => {
  const { apiUrl, token } = world.announcement.betterstack;
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, ...(text === "" ? {} : (JSON.parse(text) as object)) } as Answer;
};
const make = async (path: string, body: object): Promise<number> => {
  const answer = await api("POST", path, body);
  expect(answer).toMatchObject({ status: 201 });
  return Number(answer.data.id);
};
const monitor = (attributes: object = {}): Promise<number> =>
  make("/api/v2/monitors", {
    monitor_type: "status",
    url: targetUrl,
    pronounceable_name: "shop",
    confirmation_period: 0,
    ...attributes,
  });
const severity = async (name: string): Promise<number> =>
  make("/api/v2/urgencies", { name, call: false, sms: false, email: true, push: false });

describe("monitors", () => {
  test("an outage opens an incident after the confirmation period and resolves after the recovery period", async () => {
    const id = await monitor({ confirmation_period: 60, recovery_period: 60 });
    await expect
      .poll(async () => (await api("GET", `/api/v2/monitors/${id}`)).data.attributes.status)
      .toBe("up");
    status = 503;
    const brokenAt = Date.now();
    const open = await client.betterstack.waitForIncident(({ status: is }) => is === "Started", patience);
    expect(open).toMatchObject({ name: "shop", cause: "Status 503", origin: { kind: "monitor", id } });
    expect(open.startedAt - brokenAt).toBeGreaterThanOrEqual(590);
    expect((await api("GET", `/api/v2/monitors/${id}`)).data.attributes.status).toBe("down");

    status = 200;
    const mendedAt = Date.now();
    await expect
      .poll(async () => (await api("GET", `/api/v2/monitors/${id}`)).data.attributes.status, { interval: 20 })
      .toBe("validating");
    const closed = await client.betterstack.waitForIncident(({ status: is }) => is === "Resolved", patience);
    expect((closed.resolvedAt ?? 0) - mendedAt).toBeGreaterThanOrEqual(590);
    const { data } = await api("GET", `/api/v3/incidents/${open.id}`);
    expect(data.attributes).toMatchObject({ status: "Resolved", response_content: "broken" });
  });

  test("a failure shorter than the confirmation period opens none", async () => {
    await monitor({ confirmation_period: 120 });
    status = 500;
    await new Promise((resolve) => setTimeout(resolve, 500));
    status = 200;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await client.betterstack.incidents()).toEqual([]);
  });

  test.each([
    [{ monitor_type: "keyword", required_keyword: "nowhere" }, 'Keyword "nowhere" not found'],
    [{ monitor_type: "keyword_absence", required_keyword: "well" }, 'Keyword "well" found'],
    [{ monitor_type: "expected_status_code", expected_status_codes: [204] }, "Status 200"],
    [{ url: "http://127.0.0.1:1/" }, "Connection refused"],
    [{ url: "http://192.0.2.1/" }, "Unreachable: the sandbox only probes 127.0.0.0/8"],
    [{ url: "https://example.com/" }, "Unreachable: the sandbox only probes 127.0.0.0/8"],
    [
      { monitor_type: "tcp", url: "127.0.0.1", port: "1", request_timeout: 500 },
      "Connection refused (port 1)",
    ],
    [
      { monitor_type: "smtp", url: "127.0.0.1", port: "1", request_timeout: 500 },
      "Connection refused (port 1)",
    ],
  ])("%j fails with its cause", async (attributes, cause) => {
    await monitor(attributes);
    expect((await client.betterstack.waitForIncident(() => true, patience)).cause).toBe(cause);
  });

  test("pausing and removing end what is open and what is checked", async () => {
    status = 500;
    const id = await monitor();
    await client.betterstack.waitForIncident(() => true, patience);
    expect((await api("PATCH", `/api/v2/monitors/${id}`, { paused: true })).data.attributes).toMatchObject({
      status: "paused",
      paused: true,
    });
    expect(await client.betterstack.incidents()).toMatchObject([{ status: "Resolved" }]);
    await api("PATCH", `/api/v2/monitors/${id}`, { paused: false });
    await client.betterstack.waitForIncident(({ status: is }) => is === "Started", patience);
    expect((await api("DELETE", `/api/v2/monitors/${id}`)).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await client.betterstack.incidents()).map(({ status: is }) => is)).toEqual([
      "Resolved",
      "Resolved",
    ]);
  });
});

describe("heartbeats", () => {
  test("nothing is expected before the first beat; a missed one opens an incident and the next resolves it", async () => {
    const { data } = await api("POST", "/api/v2/heartbeats", { name: "job", period: 30, grace: 20 });
    const url = String(data.attributes.url);
    expect(url.startsWith(`${world.announcement.betterstack.heartbeats}/`)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await client.betterstack.incidents()).toEqual([]);

    const beatAt = Date.now();
    expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
    const missed = await client.betterstack.waitForIncident(() => true, patience);
    expect(missed.cause).toBe("Missed heartbeat");
    expect(missed.startedAt - beatAt).toBeGreaterThanOrEqual(490);
    await fetch(url);
    expect(await client.betterstack.incidents()).toMatchObject([{ status: "Resolved" }]);
    await fetch(`${url}/fail`);
    expect((await client.betterstack.incidents()).at(-1)?.cause).toBe("Heartbeat reported a failure");
    expect((await fetch(`${url}x`)).status).toBe(404);
  });
});

describe("escalation", () => {
  const ladder = async (extra: object = {}): Promise<number> => {
    const urgency = await severity("mail");
    const step = (wait: number, email: string): object => ({
      type: "escalation",
      wait_before: wait,
      urgency_id: urgency,
      step_members: [{ type: "user", email }],
    });
    return make("/api/v3/policies", {
      name: "ladder",
      steps: [
        step(0, "ada@hotdash.example"),
        step(30, "ben@hotdash.example"),
        step(60, "cleo@hotdash.example"),
      ],
      ...extra,
    });
  };

  test("steps wait from the step before, and nobody is told twice without a repeat", async () => {
    status = 500;
    await monitor({ policy_id: String(await ladder()) });
    await client.betterstack.waitForNotification(({ to }) => to === "cleo@hotdash.example", patience);
    const told = await client.betterstack.notifications();
    expect(told.map(({ to }) => to)).toEqual([
      "ada@hotdash.example",
      "ben@hotdash.example",
      "cleo@hotdash.example",
    ]);
    const mail = await client.inbox.waitForMail(() => true, patience, { to: "ben@hotdash.example" });
    expect(mail.subject).toBe("New incident: shop");
    const [first, second, third] = told.map(({ after }) => after);
    expect(first).toBeLessThan(290);
    expect(second).toBeGreaterThanOrEqual(290);
    expect(third).toBeGreaterThanOrEqual(890);
  });

  test("an acknowledgement stops the ladder and tells those who heard; so does the end", async () => {
    status = 500;
    await monitor({ policy_id: String(await ladder()) });
    const { id } = await client.betterstack.waitForIncident(() => true, patience);
    expect(await client.betterstack.acknowledge(id, "ada")).toMatchObject({
      status: "Acknowledged",
      acknowledgedBy: "ada",
    });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    status = 200;
    await client.betterstack.waitForIncident(({ status: is }) => is === "Resolved", patience);
    const told = await client.betterstack.notifications();
    expect(told.map(({ to, event }) => `${to} ${event}`)).toEqual([
      "ada@hotdash.example started",
      "ada@hotdash.example acknowledged",
      "ada@hotdash.example resolved",
    ]);
  });

  test("repeats go through all steps again, then the fallback has its turn", async () => {
    const urgency = await severity("mail");
    const to = (email: string): object[] => [
      { type: "escalation", wait_before: 0, urgency_id: urgency, step_members: [{ type: "user", email }] },
    ];
    const fallback = await make("/api/v3/policies", { name: "last", steps: to("cleo@hotdash.example") });
    const policy = await make("/api/v3/policies", {
      name: "first",
      repeat_count: 1,
      repeat_delay: 30,
      fallback_policy_id: fallback,
      steps: to("ada@hotdash.example"),
    });
    status = 500;
    await monitor({ policy_id: String(policy) });
    await client.betterstack.waitForNotification(({ to: who }) => who === "cleo@hotdash.example", patience);
    const told = await client.betterstack.notifications();
    expect(told.map(({ to: who }) => who)).toEqual([
      "ada@hotdash.example",
      "ada@hotdash.example",
      "cleo@hotdash.example",
    ]);
  });

  test("without a policy the person on call hears at once and the team later", async () => {
    status = 500;
    await monitor({ team_wait: 30, push: false });
    await client.betterstack.waitForNotification(({ to }) => to === "cleo@hotdash.example", patience);
    const told = await client.betterstack.notifications();
    expect(told.map(({ to }) => to)).toEqual([
      "ada@hotdash.example",
      "ben@hotdash.example",
      "cleo@hotdash.example",
    ]);
    expect(told[1]?.after).toBeGreaterThanOrEqual(290);
  });

  test("a Slack channel that a person linked gets messages, and a webhook with a template, too", async () => {
    const incidents = await client.createChannel({ name: "incidents" });
    const { id: slack } = await client.betterstack.connectSlack("incidents");
    const hook = await client.createWebhook("random");
    const webhook = await make("/api/v2/outgoing-webhooks", {
      name: "to Slack",
      url: hook.url,
      trigger_type: "incident_change",
      on_incident_started: true,
      on_incident_resolved: true,
      custom_webhook_template_attributes: { body_template: { text: "$NAME is $INCIDENT_STATUS: $CAUSE" } },
    });
    const policy = await make("/api/v3/policies", {
      name: "both",
      steps: [
        {
          type: "escalation",
          wait_before: 0,
          step_members: [
            { type: "slack_integration", id: slack },
            { type: "webhook", id: webhook },
          ],
        },
      ],
    });
    status = 500;
    await monitor({ policy_id: String(policy), pronounceable_name: 'the "shop"' });
    await client.waitForMessage(
      "incidents",
      ({ plain }) => plain.includes('New incident: the "shop"'),
      patience,
    );
    await client.waitForMessage(
      "random",
      ({ plain }) => plain === 'the "shop" is Started: Status 500',
      patience,
    );
    const { id } = await client.betterstack.waitForIncident(() => true, patience);
    await client.betterstack.acknowledge(id);
    status = 200;
    await client.waitForMessage("incidents", ({ plain }) => plain.includes("resolved"), patience);
    await client.waitForMessage("random", ({ plain }) => plain.includes("is Resolved"), patience);
    const inRandom = await client.messages({ channel: "random" });
    expect(inRandom, "the webhook does not want acknowledgements").toHaveLength(2);
    expect(incidents.id).not.toBe("");
    const list = await api("GET", "/api/v2/slack-integrations");
    expect(JSON.stringify(list)).not.toContain("/services/");
    expect(list.data).toMatchObject([{ attributes: { slack_channel_name: "#incidents" } }]);
  });
});

describe("deliveries", () => {
  test("that fail are tried again, then recorded with the reason", async () => {
    status = 500;
    await make("/api/v2/outgoing-webhooks", {
      name: "broken",
      url: targetUrl,
      trigger_type: "incident_change",
      on_incident_started: true,
    });
    await make("/api/v2/outgoing-webhooks", {
      name: "elsewhere",
      url: "https://example.com/hook",
      trigger_type: "incident_change",
      on_incident_started: true,
    });
    await make("/api/v3/incidents", { requester_email: "ada@hotdash.example", summary: "fire" });
    const find = (name: string) =>
      client.betterstack.waitForNotification(({ to, state }) => to === name && state === "failed", patience);
    expect(await find("elsewhere")).toMatchObject({ reason: "the sandbox only delivers to 127.0.0.0/8" });
    expect(await find("broken")).toMatchObject({ reason: "broken", httpStatus: 500 });
    expect(asked, "once, and after each of three pauses").toBe(4);
  });

  test("reach nobody while switched off", async () => {
    await client.breakService("betterstack", "deliveries-fail");
    await make("/api/v3/incidents", { requester_email: "ada@hotdash.example", summary: "fire" });
    await client.betterstack.waitForNotification(
      ({ channel, state }) => channel === "email" && state === "failed",
      patience,
    );
    expect(await client.inbox.mails()).toEqual([]);
  });
});

describe("incidents by hand", () => {
  test("are opened, acknowledged once and resolved once; a resolved one is not escalated", async () => {
    const id = await make("/api/v3/incidents", { requester_email: "ada@hotdash.example", summary: "fire" });
    const path = `/api/v3/incidents/${id}`;
    expect((await api("POST", `${path}/escalate`, { escalation_type: "Team" })).status).toBe(200);
    expect(
      (await api("POST", `${path}/acknowledge`, { acknowledged_by: "ben" })).data.attributes,
    ).toMatchObject({ status: "Acknowledged", acknowledged_by: "ben" });
    expect(await api("POST", `${path}/acknowledge`)).toMatchObject({
      status: 409,
      errors: "Incident was already acknowledged",
    });
    expect((await api("POST", `${path}/resolve`)).status).toBe(200);
    expect(await api("POST", `${path}/resolve`)).toMatchObject({
      status: 409,
      errors: "Incident was already resolved",
    });
    expect(await api("POST", `${path}/escalate`, { escalation_type: "Team" })).toMatchObject({
      status: 409,
      errors: "Cannot escalate a resolved incident.",
    });
    expect(await api("POST", "/api/v3/incidents/1/resolve")).toMatchObject({ status: 404 });
  });
});
