import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { createTransport } from "nodemailer";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { connect as connectClient, type SandboxClient } from "../../sandbox/client";
import { shownHook, shownPath } from "../../sandbox/inbox/views";
import { textOf } from "../../sandbox/inbox/mail-server";
import { startWorld, type World } from "../../sandbox/world";

let world: World;
let client: SandboxClient;
beforeAll(async () => {
  world = await startWorld({ apps: ["hotdash-staging"] });
  client = connectClient(world.announcement);
});
afterEach(() => client.mendAll());
afterAll(() => world.stop());

const inbox = () => world.announcement.inbox;
interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
}
const send = (letter: Letter, auth?: { user: string; pass: string }): Promise<unknown> => {
  const [host, port] = inbox().smtp.split(":");
  const transport = createTransport({
    host,
    port: Number(port),
    connectionTimeout: 2_000,
    greetingTimeout: 500,
    socketTimeout: 2_000,
    ...(auth && { auth }),
  });
  return transport.sendMail({ from: "flymon@hotdash.test", ...letter });
};
const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${inbox().hookUrl}/${path}`, { signal: AbortSignal.timeout(500), ...init });

test("mails are kept with their recipients, by person and time", async () => {
  const before = Date.now() - 1;
  await send({ to: "a@hotdash.test, b@hotdash.test", subject: "Störung", text: "Disk is full" });
  await send({ to: "b@hotdash.test", subject: "Again", html: "<p>CPU at 91&nbsp;%</p><br>now" });
  const both = await client.inbox.mails({ to: "b@hotdash.test", after: before });
  expect(both.map(({ subject, from, to }) => [subject, from, to.length])).toEqual([
    ["Störung", "flymon@hotdash.test", 2],
    ["Again", "flymon@hotdash.test", 1],
  ]);
  expect(both[1]?.text).toBe("CPU at 91 %\nnow");
  expect(both[0]?.authenticated).toBe(false);
  expect(await client.inbox.mails({ to: "nobody@hotdash.test" })).toEqual([]);
  expect(await client.inbox.mails({ after: Date.now() })).toEqual([]);
  const found = await client.inbox.waitForMail(({ subject }) => subject === "Again", 100);
  expect(found.id).toBe(both[1]?.id);
  await expect(client.inbox.waitForMail(({ subject }) => subject === "Never", 50)).rejects.toThrow(
    '"b@hotdash.test: Again"',
  );
});

test("a name and password are taken, wrong ones are not", async () => {
  const { username: user, password: pass } = inbox();
  await send({ to: "c@hotdash.test", subject: "signed", text: "." }, { user, pass });
  expect((await client.inbox.mails({ to: "c@hotdash.test" }))[0]?.authenticated).toBe(true);
  await expect(
    send({ to: "c@hotdash.test", subject: "forged", text: "." }, { user, pass: "wrong" }),
  ).rejects.toThrow("535");
});

test("the mail server can be down, silent or busy, and is back after", async () => {
  const letter = { to: "d@hotdash.test", subject: "try", text: "." };
  await client.breakService("inbox", "smtp-down");
  await expect(send(letter)).rejects.toThrow("ECONNREFUSED");
  await client.mendService("inbox", "smtp-down");
  await client.breakService("inbox", "smtp-hang");
  await expect(send(letter)).rejects.toThrow("Greeting never received");
  await client.mendService("inbox", "smtp-hang");
  await client.breakService("inbox", "smtp-busy", { calls: 1, code: 452 });
  await expect(send(letter)).rejects.toThrow("452");
  expect(await client.inbox.mails({ to: letter.to })).toEqual([]);
  await send(letter);
  expect(await client.inbox.mails({ to: letter.to })).toHaveLength(1);
});

test("a hanging server lets its callers go when it is mended", async () => {
  await client.breakService("inbox", "smtp-hang");
  const [host = "", port] = inbox().smtp.split(":");
  const socket = connect(Number(port), host);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await new Promise((resolve) => socket.once("connect", resolve));
  await client.mendService("inbox", "smtp-hang");
  await closed;
});

test("calls are kept by webhook, with method, path and body", async () => {
  const before = Date.now() - 1;
  expect((await call("on-call/page?level=1", { method: "POST", body: '{"who":"manager"}' })).status).toBe(
    200,
  );
  expect((await call("heartbeat")).status).toBe(200);
  expect(await client.inbox.calls("on-call", { after: before })).toMatchObject([
    { method: "POST", path: "/hooks/on-call/page?level=1", body: '{"who":"manager"}', status: 200 },
  ]);
  expect(await client.inbox.calls(undefined, { after: before })).toHaveLength(2);
  await expect(client.inbox.waitForCall("on-call", () => false, 50)).rejects.toThrow("POST {");
});

test("a webhook can fail for so many calls, hang or be down; what it refused is told on demand", async () => {
  const before = Date.now() - 1;
  await client.breakService("inbox", "hooks-error", { hook: "a", calls: 1, status: 429, retryAfter: 3 });
  expect((await call("b")).status).toBe(200);
  const refused = await call("a", { method: "POST" });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "3"]);
  expect((await call("a")).status).toBe(200);
  await client.breakService("inbox", "hooks-hang", { hook: "a" });
  await expect(call("a")).rejects.toThrow("timeout");
  expect((await call("b")).status).toBe(200);
  await client.breakService("inbox", "hooks-down");
  await expect(call("b")).rejects.toThrow("fetch failed");
  expect(await client.inbox.calls("a", { after: before })).toHaveLength(1);
  expect(
    (await client.inbox.calls("a", { after: before, refused: true })).map(({ status }) => status),
  ).toEqual([429, 200, undefined]);
});

test("a fault can be for a time, and one that is switched on anew is not cut by the first", async () => {
  const broken = async (service: string): Promise<readonly string[]> =>
    Object.keys((await client.state()).services[service]?.faults ?? {});
  await client.breakService("slack", "rate-limited", { retryAfter: 2 }, "300ms");
  await client.breakService("inbox", "hooks-error", {}, "300ms");
  await pause(20);
  await client.breakService("inbox", "hooks-error", { status: 503 });
  expect(await broken("slack")).toEqual(["rate-limited"]);
  await expect.poll(() => broken("slack")).toEqual([]);
  expect(await broken("inbox")).toEqual(["hooks-error"]);
  const wrong = await fetch(`${world.announcement.control.url}/slack/faults/down?for=soon`, {
    method: "PUT",
  });
  expect(wrong.status).toBe(400);
  expect(await broken("slack")).toEqual([]);
});

test("the page tells what came, no token and nothing that a mail would do", async () => {
  const token = "T0K3Nabcdef0123456789";
  await send({ to: "e@hotdash.test", subject: "<script>alert(1)</script>", html: "<b>bold</b>" });
  await call(`heartbeat/${token}?key=${token}`, { method: "POST", body: "beat" });
  const page = await (await fetch(inbox().page)).text();
  expect(page).toContain("&lt;script&gt;alert(1)");
  expect(page).toContain("e@hotdash.test");
  expect(page).toContain("/hooks/heartbeat/…?…");
  expect(page).not.toContain(token);
  const mine = await (await fetch(`${inbox().page}?to=e@hotdash.test`)).text();
  expect(mine).not.toContain("/hooks/heartbeat/");
  const [mail] = await client.inbox.mails({ to: "e@hotdash.test" });
  const designed = await fetch(`${inbox().page}mails/${mail?.id ?? 0}`);
  expect(designed.headers.get("content-security-policy")).toContain("sandbox");
  expect(await designed.text()).toContain("<b>bold</b>");
});

test("the page's stream brings what arrives", async () => {
  const stop = new AbortController();
  const events = await fetch(`${inbox().page}page/events?hook=live`, { signal: stop.signal });
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  await call("other");
  await call("live");
  let seen = "";
  while (!seen.includes("/hooks/live")) seen += (await reader?.read())?.value ?? "";
  stop.abort();
  expect(seen).toContain("event: entry");
  expect(seen).not.toContain("/hooks/other");
});

test("of a webhook's address its name is shown, but for one that looks like a token", () => {
  const shown = (hook: string, rest = ""): string => shownPath({ hook, path: `/hooks/${hook}${rest}` });
  expect(shown("on-call-primary")).toBe("/hooks/on-call-primary");
  expect(shown("on-call-primary", "/a1b2/send")).toBe("/hooks/on-call-primary/…");
  expect(shown("heartbeat", "?id=0")).toBe("/hooks/heartbeat?…");
  expect(shown("heartbeat-7c1e5a", "/")).toBe("/hooks/hea…/…");
  expect(shownHook("0123456789abcdef0123")).toBe("012…");
});

test("the text of HTML", () => {
  expect(textOf("<head><title>x</title></head><style>p{}</style><div>a &lt;b&gt;</div><p>c</p>")).toBe(
    "a <b>\nc",
  );
});
