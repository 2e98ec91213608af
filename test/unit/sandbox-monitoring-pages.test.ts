import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, type SandboxClient } from "../../sandbox/client";
import { startWorld, type World } from "../../sandbox/world";

let world: World;
let client: SandboxClient;
const secrets: string[] = [];

const call = async <Answer>(base: string, token: string, path: string, body: object): Promise<Answer> => {
  const response = await fetch(`${base}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as Answer;
};
interface Made {
  readonly data: { readonly id: string; readonly attributes: { readonly url: string } };
}

beforeAll(async () => {
  world = await startWorld({ apps: [], monitorFactor: 200 });
  client = connect(world.announcement);
  const { betterstack, uptimerobot } = world.announcement;
  const { url: hook } = await client.createWebhook("general");
  const robot = <Answer>(path: string, body: object): Promise<Answer> =>
    call(uptimerobot.apiUrl, uptimerobot.token, path, body);
  const stack = <Answer>(path: string, body: object): Promise<Answer> =>
    call(betterstack.apiUrl, betterstack.token, path, body);
  secrets.push(betterstack.token, uptimerobot.token, uptimerobot.readOnlyToken, hook);

  await client.betterstack.connectSlack("random");
  const webhook = await stack<Made>("/api/v2/outgoing-webhooks", {
    name: "to Slack",
    url: hook,
    trigger_type: "incident_change",
    on_incident_started: true,
  });
  const policy = await stack<Made>("/api/v3/policies", {
    name: "ladder <1>",
    steps: [
      {
        type: "escalation",
        wait_before: 0,
        step_members: [{ type: "webhook", id: Number(webhook.data.id) }, { type: "all_slack_integrations" }],
      },
    ],
  });
  await stack("/api/v2/monitors", {
    monitor_type: "status",
    url: "http://somebody:hidden-word@127.0.0.1:1/health?key=hidden-key",
    auth_password: "hidden-password",
    pronounceable_name: "<b>shop</b>",
    confirmation_period: 0,
    policy_id: policy.data.id,
  });
  const beat = await stack<Made>("/api/v2/heartbeats", { name: "job", period: 60, grace: 0 });
  const slack = await robot<{ id: number }>("/integrations", { type: "Slack", data: { webhookURL: hook } });
  const phone = await robot<{ id: number }>("/alert-contacts", {
    type: "Pushover",
    value: "hidden-user-key",
  });
  const contacts = [slack, phone].map(({ id }) => ({
    alertContactId: String(id),
    threshold: 0,
    recurrence: 0,
  }));
  await robot("/monitors", {
    type: "HTTP",
    friendlyName: "<i>robot</i>",
    url: "http://127.0.0.1:1/?key=hidden-key",
    httpPassword: "hidden-password",
    interval: 30,
    assignedAlertContacts: contacts,
  });
  const job = await robot<{ url: string }>("/monitors", {
    type: "HEARTBEAT",
    friendlyName: "job",
    interval: 60,
  });
  await client.betterstack.waitForIncident(() => true, 5_000);
  await client.uptimerobot.waitForNotification(({ to }) => to === "Pushover", 5_000);
  for (const address of [beat.data.attributes.url, job.url]) secrets.push(address.split("/").at(-1) ?? "");
  secrets.push("hidden-word", "hidden-key", "hidden-password", "hidden-user-key");
});
afterAll(() => world.stop());

describe.each(["betterstack", "uptimerobot"] as const)("the page of %s", (name) => {
  const pages = async (): Promise<readonly string[]> => {
    const { page } = world.announcement[name];
    const answers = await Promise.all([
      fetch(page),
      fetch(`${page}page/parts`),
      fetch(`${world.announcement.control.url}/`),
      fetch(`${world.announcement.control.url}/${name}/state`),
      fetch(`${world.announcement.control.url}/${name}/incidents`),
      fetch(`${world.announcement.control.url}/${name}/notifications`),
      fetch(`${world.announcement.control.url}/${name}/calls`),
    ]);
    return Promise.all(answers.map((answer) => answer.text()));
  };

  test("shows monitors and incidents with their course, escaped", async () => {
    const [page = ""] = await pages();
    expect(page).toContain("Connection refused");
    expect(page).toContain(name === "betterstack" ? "&lt;b&gt;shop&lt;/b&gt;" : "&lt;i&gt;robot&lt;/i&gt;");
    expect(page).toMatch(/slack to .*: (?:started|down)/);
    expect(page).not.toMatch(/<b>shop|<i>robot/);
  });

  test("no secret is in it, nor in what the control server tells", async () => {
    const [page = "", parts = "", control = "", state = "", incidents = "", notifications = "", calls = ""] =
      await pages();
    for (const secret of secrets)
      for (const text of [page, parts, control, incidents, calls]) expect(text).not.toContain(secret);
    // Tests want the addresses of monitors, and messages as they went out, as they are.
    for (const secret of secrets.filter((one) => !["hidden-word", "hidden-key"].includes(one)))
      for (const text of [state, notifications]) expect(text).not.toContain(secret);
  });

  test("loads nothing from elsewhere and lives on while the API hangs", async () => {
    await client.breakService(name, "hang");
    const answer = await fetch(world.announcement[name].page, { signal: AbortSignal.timeout(2_000) });
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(await answer.text()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    await client.mendAll();
  });
});

test("Better Stack's buttons acknowledge and resolve, and only from the page itself", async () => {
  const { page } = world.announcement.betterstack;
  const [incident] = await client.betterstack.incidents();
  const press = (act: string, origin?: string): Promise<Response> =>
    fetch(`${page}page/${act}/${incident?.id ?? 0}`, {
      method: "POST",
      redirect: "manual",
      ...(origin !== undefined && { headers: { origin } }),
    });
  expect((await press("acknowledge", "http://127.0.0.1:1")).status).toBe(403);
  expect((await client.betterstack.incidents())[0]?.status).toBe("Started");
  expect((await press("acknowledge")).status).toBe(303);
  expect((await client.betterstack.incidents())[0]?.status).toBe("Acknowledged");
  await press("resolve");
  expect((await client.betterstack.incidents())[0]).toMatchObject({
    status: "Resolved",
    resolvedBy: "somebody at the page",
  });
});
