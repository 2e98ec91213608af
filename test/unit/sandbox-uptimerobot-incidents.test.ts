import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { startWorld, type World } from "../../sandbox/world";

/** A service minute is six tenths of a second here. */
const factor = 100;
const patience = 8_000;

let world: World;
let client: SandboxClient;
let target: Server;
let targetUrl: string;
let status = 200;
let received: { url: string; body: string; type: string | undefined }[] = [];

beforeEach(async () => {
  status = 200;
  received = [];
  world = await startWorld({ apps: [], monitorFactor: factor });
  client = connect(world.announcement);
  target = createServer((request, response) => {
    if (!request.url?.startsWith("/hook")) {
      response.writeHead(status).end(status === 200 ? '{"status":"ok"}' : "broken");
      return;
    }
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ url: request.url ?? "", body, type: request.headers["content-type"] });
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  targetUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await world.stop();
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
});

const api = async <Answer = Record<string, unknown>>(
  method: string,
  path: string,
  body?: object,
): Promise<Answer & { readonly httpStatus: number }> => {
  const { apiUrl, token } = world.announcement.uptimerobot;
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { httpStatus: response.status, ...(text === "" ? {} : (JSON.parse(text) as Answer)) } as Answer & {
    httpStatus: number;
  };
};
const make = async (path: string, body: object): Promise<number> => {
  const answer = await api<{ id: number }>("POST", path, body);
  expect(answer).toMatchObject({ httpStatus: 201 });
  return answer.id;
};
const monitor = (attributes: object = {}): Promise<number> =>
  make("/monitors", {
    type: "HTTP",
    friendlyName: "shop",
    url: `${targetUrl}/health`,
    interval: 30,
    httpMethodType: "GET",
    ...attributes,
  });
const mail = (value: string): Promise<number> => make("/alert-contacts", { type: "Email", value });
const told = async (): Promise<readonly string[]> =>
  (await client.uptimerobot.notifications()).map(({ to, event }) => `${to} ${event}`);

describe("monitors", () => {
  test("two failures make an incident, one success ends it", async () => {
    const id = await monitor();
    const state = async (): Promise<unknown> =>
      (await client.uptimerobot.state()).monitors.find((one) => one.id === id)?.status;
    await expect.poll(state, { interval: 20 }).toBe("UP");
    status = 503;
    const down = await client.uptimerobot.waitForIncident(() => true, patience);
    expect(down).toMatchObject({ name: "shop", reason: "HTTP 503", monitorId: id, endedAt: null });
    expect(await state()).toBe("DOWN");
    status = 200;
    await client.uptimerobot.waitForIncident(({ endedAt }) => endedAt !== null, patience);
    await expect.poll(state, { interval: 20 }).toBe("UP");
  });

  test.each([
    [{ type: "KEYWORD", keywordType: "ALERT_NOT_EXISTS", keywordValue: "nowhere" }, "Keyword not found"],
    [
      { type: "KEYWORD", keywordType: "ALERT_EXISTS", keywordValue: "OK", keywordCaseType: 1 },
      "Keyword found",
    ],
    [{ type: "PORT", url: "127.0.0.1", port: 1 }, "Connection refused (port 1)"],
    [{ url: "http://example.com/" }, "Unreachable: the sandbox only probes 127.0.0.0/8"],
    [{ successHttpResponseCodes: ["204"] }, "HTTP 200"],
    [
      {
        type: "API",
        config: {
          apiAssertions: { checks: [{ property: "$.status", comparison: "equals", target: "down" }] },
        },
      },
      "Assertions failed",
    ],
  ])("%j fails with its reason", async (attributes, reason) => {
    await monitor(attributes);
    expect((await client.uptimerobot.waitForIncident(() => true, patience)).reason).toBe(reason);
  });

  test("pausing ends what is open and tells nobody; starting looks again", async () => {
    const contact = await mail("ada@hotdash.example");
    status = 500;
    const id = await monitor({
      assignedAlertContacts: [{ alertContactId: String(contact), threshold: 0, recurrence: 0 }],
    });
    await client.uptimerobot.waitForIncident(() => true, patience);
    expect(await api("POST", `/monitors/${id}/pause`)).toMatchObject({ httpStatus: 200, status: "PAUSED" });
    expect((await client.uptimerobot.incidents()).map(({ endedAt }) => endedAt === null)).toEqual([false]);
    expect(await told()).toEqual(["ada@hotdash.example down"]);
    await api("POST", `/monitors/${id}/start`);
    await client.uptimerobot.waitForIncident(({ endedAt }) => endedAt === null, patience);
  });

  test("a heartbeat is missed after interval and grace period, and back with the next beat", async () => {
    const { url } = await api<{ url: string }>("POST", "/monitors", {
      type: "HEARTBEAT",
      friendlyName: "job",
      interval: 30,
      gracePeriod: 20,
    });
    await fetch(url);
    const beatAt = Date.now();
    const missed = await client.uptimerobot.waitForIncident(() => true, patience);
    expect(missed.startedAt - beatAt).toBeGreaterThanOrEqual(480);
    await fetch(url);
    expect((await client.uptimerobot.incidents())[0]?.endedAt).not.toBeNull();
    expect((await fetch(`${url}x`)).status).toBe(404);
  });
});

describe("contacts", () => {
  test("each hears after its threshold, counted from when it went down; all who heard hear of the end", async () => {
    const [now, later, never] = [
      await mail("a@x.example"),
      await mail("b@x.example"),
      await mail("c@x.example"),
    ];
    status = 500;
    await monitor({
      assignedAlertContacts: [
        { alertContactId: String(now), threshold: 0, recurrence: 0 },
        { alertContactId: String(later), threshold: 1, recurrence: 0 },
        { alertContactId: String(never), threshold: 30, recurrence: 0 },
      ],
    });
    const second = await client.uptimerobot.waitForNotification(({ to }) => to === "b@x.example", patience);
    expect(second.after).toBeGreaterThanOrEqual(590);
    const received = await client.inbox.waitForMail(() => true, patience, { to: "b@x.example" });
    expect(received.subject).toBe("Monitor is DOWN: shop");
    status = 200;
    await client.uptimerobot.waitForIncident(({ endedAt }) => endedAt !== null, patience);
    expect(await told()).toEqual([
      "a@x.example down",
      "b@x.example down",
      "a@x.example up",
      "b@x.example up",
    ]);
  });

  test("recurrence tells again; a success starts the ladder anew", async () => {
    const contact = await mail("a@x.example");
    status = 500;
    await monitor({
      assignedAlertContacts: [{ alertContactId: String(contact), threshold: 0, recurrence: 1 }],
    });
    await expect.poll(async () => (await told()).length, { timeout: patience }).toBe(3);
    const [, second, third] = (await client.uptimerobot.notifications()).map(({ after }) => after);
    expect(second).toBeGreaterThanOrEqual(590);
    expect(third).toBeGreaterThanOrEqual(1_190);
    status = 200;
    await client.uptimerobot.waitForIncident(({ endedAt }) => endedAt !== null, patience);
    status = 500;
    await client.uptimerobot.waitForIncident(({ endedAt }) => endedAt === null, patience);
    expect((await told()).slice(3)).toEqual(["a@x.example up", "a@x.example down"]);
  });

  test("Slack gets messages; a webhook gets its variables as JSON; who only wants ends hears no start", async () => {
    await client.createChannel({ name: "incidents" });
    const { url } = await client.createWebhook("incidents");
    const slack = await make("/integrations", {
      type: "Slack",
      data: { friendlyName: "incidents", webhookURL: url, customValue: "<!channel>" },
    });
    const webhook = await make("/integrations", {
      type: "Webhook",
      data: {
        friendlyName: "hook",
        urlToNotify: `${targetUrl}/hook?`,
        postValue: '{"text":"*monitorFriendlyName* is *alertTypeFriendlyName*"}',
        sendAsJSON: true,
      },
    });
    const onlyUp = await make("/integrations", {
      type: "Webhook",
      data: { urlToNotify: `${targetUrl}/hook/up`, enableNotificationsFor: "Up", sendAsQueryString: true },
    });
    status = 500;
    await monitor({
      friendlyName: 'the "shop"',
      assignedAlertContacts: [slack, webhook, onlyUp].map((id) => ({
        alertContactId: String(id),
        threshold: 0,
        recurrence: 0,
      })),
    });
    await client.waitForMessage("incidents", ({ plain }) => plain.includes('DOWN: the "shop"'), patience);
    await expect.poll(() => received.length).toBe(1);
    expect(received[0]).toMatchObject({
      body: JSON.stringify({ text: 'the "shop" is Down' }),
      type: "application/json",
    });
    status = 200;
    await client.waitForMessage("incidents", ({ plain }) => plain.includes("UP: the"), patience);
    await expect.poll(() => received.length).toBe(3);
    const up = received.find((call) => call.url.startsWith("/hook/up"));
    expect(new URL(up?.url ?? "", targetUrl).searchParams.get("alertTypeFriendlyName")).toBe("Up");
  });
});
