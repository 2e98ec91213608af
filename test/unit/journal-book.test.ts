import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openBook } from "../../watchtower/journal/book";
import { entryOf, keyOf, keysIn } from "../../watchtower/journal/entry";
import type { Alert } from "../../watchtower/journal/notification";
import { readNotification } from "../../watchtower/journal/notification";
import { journalRoutes } from "../../watchtower/journal/routes";

const alert = (changes: Partial<Alert> = {}): Alert => ({
  status: "firing",
  labels: {
    alertname: "FlyMemoryHigh",
    app: "hotdash-chatwoot",
    process_group: "worker",
    severity: "warning",
    signal: "memory",
  },
  annotations: {
    summary: "Memory of hotdash-chatwoot (worker) is high",
    description: "Memory of machine 148e is at 71.2 %, over the limit of 70 %",
    action: "Investigate memory leaks.",
    runbook_url: "https://example.com/alerts#flymemoryhigh",
  },
  startsAt: "2026-11-22T20:00:00.123Z",
  endsAt: "0001-01-01T00:00:00Z",
  fingerprint: "a1b2c3d4e5f60718",
  ...changes,
});
const resolved = alert({ status: "resolved", endsAt: "2026-11-22T21:02:03Z" });

describe("an entry", () => {
  test("is a line of the runbook's script, then the lines of its evidence block", () => {
    expect(entryOf(alert())).toBe(
      [
        "[2026-11-22T20:00:00Z] ⚠️ WARNING: Memory of hotdash-chatwoot (worker) is high <!-- a1b2c3d4e5f60718 2026-11-22T20:00:00.123Z firing -->",
        "Apps: hotdash-chatwoot (worker)",
        "Status: Firing since 2026-11-22T20:00:00Z",
        "Alerts: FlyMemoryHigh",
        "Evidence: Memory of machine 148e is at 71.2 %, over the limit of 70 %",
        "Next step: Investigate memory leaks.",
        "Runbook: https://example.com/alerts#flymemoryhigh",
        "",
        "",
      ].join("\n"),
    );
  });

  test("of a recovery says when, and after how long", () => {
    expect(entryOf(resolved).split("\n").slice(0, 3)).toEqual([
      "[2026-11-22T21:02:03Z] ✅ RESOLVED: Memory of hotdash-chatwoot (worker) is high <!-- a1b2c3d4e5f60718 2026-11-22T20:00:00.123Z resolved -->",
      "Apps: hotdash-chatwoot (worker)",
      "Status: Recovered after 1h2m3s, warning",
    ]);
  });

  test.each([
    ["critical", "🚨 CRITICAL: "],
    ["info", "ℹ️ INFO: "],
    ["page", "⚠️ PAGE: "],
  ])("of severity %s begins with %s", (severity, head) => {
    expect(entryOf(alert({ labels: { severity, alertname: "X" } }))).toContain(`] ${head}`);
  });

  test("cannot be broken by what an annotation holds", () => {
    const summary = `two\nlines <!-- ffff 2026-11-22T20:00:00Z firing -->\n\n[x] ${"y".repeat(9_000)}`;
    const text = entryOf(alert({ annotations: { summary } }));
    expect(keysIn(text)).toEqual([keyOf(alert())]);
    expect(text.split("\n")[0]?.length).toBeLessThan(650);
    expect(text.trimEnd()).not.toContain("\n\n");
  });
});

describe("the journal", () => {
  let folder = "";
  let file = "";
  const limits = { bytes: 1_000_000, files: 3 };
  const stored = (): string => readFileSync(file, "utf8");
  const count = (text: string): number => keysIn(text).length;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "journal-"));
    file = path.join(folder, "feedback", "reliability.md");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("writes each notice once, however often and at once it comes", async () => {
    const book = await openBook(file, limits);
    expect(await Promise.all([book.write([alert(), alert()]), book.write([alert()])])).toEqual([1, 0]);
    expect(await book.write([alert(), resolved])).toBe(1);
    expect(await book.write([alert({ startsAt: "2026-11-22T22:00:00Z" })])).toBe(1);
    expect(count(stored())).toBe(3);
    expect(stored()).toMatch(/^# Reliability\n/);
  });

  test("knows after a restart what it has written", async () => {
    await (await openBook(file, limits)).write([alert()]);
    const again = await openBook(file, limits);
    expect(await again.write([alert(), resolved])).toBe(1);
    expect(await again.read()).toBe(stored());
    expect(count(stored())).toBe(2);
  });

  test("an entry that a crash has torn is taken away, and written when it is sent again", async () => {
    await (await openBook(file, limits)).write([alert(), resolved]);
    const whole = stored();
    const second = whole.indexOf("\n\n[", whole.indexOf("WARNING")) + 2;
    for (const cut of [whole.length - 1, whole.length - 40, second + 10, second + 140]) {
      writeFileSync(file, whole.slice(0, cut));
      const book = await openBook(file, limits);
      expect(await book.write([alert(), resolved])).toBe(1);
      expect(stored()).toBe(whole);
    }
    writeFileSync(file, "# Relia");
    expect(await (await openBook(file, limits)).write([alert()])).toBe(1);
    expect(stored()).toMatch(/^# Reliability\n/);
  });

  test("is bounded: old parts are let go, and known until then", async () => {
    const book = await openBook(file, { bytes: 2_000, files: 3 });
    const at = (index: number) =>
      alert({ startsAt: new Date(Date.parse("2026-11-22T20:00:00Z") + 1_000 * index).toISOString() });
    for (let index = 0; index < 40; index += 1) await book.write([at(index)]);
    expect(readdirSync(path.dirname(file)).toSorted()).toEqual([
      "reliability.md",
      "reliability.md.1",
      "reliability.md.2",
    ]);
    const text = await book.read();
    expect(Buffer.byteLength(text)).toBeLessThan(3 * 2_700);
    // In order, up to the latest.
    const times = keysIn(text).map((key) => key.split(" ")[1] ?? "");
    expect(times).toEqual(times.toSorted());
    expect(times.at(-1)).toBe(at(39).startsAt);
    const reopened = await openBook(file, { bytes: 2_000, files: 3 });
    for (const known of [book, reopened]) expect(await known.write([at(39), at(34)])).toBe(0);
  });

  test("answers Alertmanager", async () => {
    const book = await openBook(file, limits);
    const app = journalRoutes(book, { user: "flymon", password: "secret" });
    const headers = {
      Authorization: `Basic ${Buffer.from("flymon:secret").toString("base64")}`,
      "Content-Type": "application/json",
    };
    const post = async (body: string, given: Record<string, string> = headers) =>
      (await app.request("/alerts", { method: "POST", body, headers: given })).status;
    const notification = { version: "4", status: "firing", receiver: "x", alerts: [alert()] };
    expect(await post(JSON.stringify(notification), {})).toBe(401);
    expect(await post(JSON.stringify(notification))).toBe(200);
    expect(await post("{")).toBe(400);
    expect(await post(JSON.stringify({ ...notification, version: "3" }))).toBe(400);
    expect(await post(`"${"x".repeat(9_000_000)}"`)).toBe(413);
    expect((await app.request("/reliability.md")).status).toBe(401);
    const page = await app.request("/reliability.md", { headers });
    expect(await page.text()).toBe(stored());
    expect((await app.request("/health")).status).toBe(200);
  });

  test("what cannot be written is answered so that it comes again", async () => {
    const broken = { write: () => Promise.reject(new Error("ENOSPC")), read: () => Promise.resolve("") };
    const app = journalRoutes(broken, { user: "a", password: "b" });
    const answer = await app.request("/alerts", {
      method: "POST",
      headers: { Authorization: `Basic ${Buffer.from("a:b").toString("base64")}` },
      body: JSON.stringify({ version: "4", alerts: [alert()] }),
    });
    expect(answer.status).toBe(503);
  });
});

test("a notification as Alertmanager writes it is read", () => {
  const found = readNotification({
    receiver: "journal",
    status: "resolved",
    version: "4",
    groupKey: "{}",
    truncatedAlerts: 0,
    alerts: [{ ...resolved, startsAt: "2026-11-22T21:00:00.123456789+01:00", generatorURL: "http://x" }],
  });
  expect(found).toHaveLength(1);
  expect(readNotification({ version: "4", alerts: [{ ...resolved, fingerprint: "a b" }] })).toBeUndefined();
});
