import { beforeEach, describe, expect, it } from "vitest";
import { uptimeRobotTypes } from "../../infra/model/uptimerobot";
import type { Properties } from "../../infra/provider/properties";
import { uptimeRobotKinds } from "../../infra/provider/uptimerobot/kinds";
import { uptimeRobot } from "../../infra/provider/uptimerobot/service";
import { unescaped } from "../../infra/provider/uptimerobot/common";
import { jsonAnswer } from "../support/fake-rest";
import { fakeUptimeRobot, type FakeUptimeRobot } from "../support/fake-uptimerobot";
import { miniEngine, type MiniEngine } from "../support/mini-engine";
import { virtualClock, type VirtualClock } from "../support/virtual-clock";

// Which object at UptimeRobot a resource is, what is sent for it, how often it is asked, and what is refused.

const token = "identity-test-key";
const { monitor, integration, maintenanceWindow, statusPage } = uptimeRobotTypes;

let clock: VirtualClock;
let service: FakeUptimeRobot;
let pulumi: MiniEngine;
const engine = (configuration: Properties = {}): MiniEngine =>
  miniEngine(() => uptimeRobotKinds({ clock, transport: service.transport }), {
    uptimeRobotToken: token,
    uptimeRobotApiUrl: "http://robot.test/v3",
    ...configuration,
  });
beforeEach(() => {
  clock = virtualClock(3);
  service = fakeUptimeRobot(clock);
  pulumi = engine();
});

const shop = { name: "shop", type: "HTTP", url: "https://shop.example/", interval: "5m" };
const asMade = { friendlyName: "shop", type: "HTTP", url: "https://shop.example/", interval: 300 };
const up = (name: string, type: string, inputs: Properties, using = pulumi) =>
  clock.run(() => using.up(name, type, inputs));
const failing = async (attempt: () => Promise<unknown>): Promise<string> => {
  const error: unknown = await clock.run(() =>
    attempt().then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  if (!(error instanceof Error)) throw new Error("it did not fail");
  expect(error.message).not.toContain(token);
  return error.message;
};
const sent = (method: string) =>
  service.calls.filter((call) => call.method === method).map(({ body }) => body);
const count = (method: string): number => sent(method).length;

describe("what is sent", () => {
  it("is what is declared and no more; contacts say both times, regions are told as UptimeRobot has them", async () => {
    await up("a", monitor, {
      ...shop,
      timeout: "10s",
      assignedAlertContacts: [{ alertContactId: "9", threshold: "300s" }, { alertContactId: "2" }],
      regions: ["eu", "na"],
      keywordCaseType: undefined,
    });
    expect(sent("POST")).toEqual([
      {
        ...asMade,
        timeout: 10,
        assignedAlertContacts: [
          { alertContactId: "2", threshold: 0, recurrence: 0 },
          { alertContactId: "9", threshold: 5, recurrence: 0 },
        ],
        regionData: { REGION: ["na", "eu"], MANUAL_SELECTED: true },
      },
    ]);
  });

  it("is at an update what changed, with what an update must always say", async () => {
    await up("a", monitor, { ...shop, tags: ["web"], customHttpHeaders: { A: "1", B: "2" } });
    await up("a", monitor, { ...shop, customHttpHeaders: { a: "1" } });
    expect(sent("PATCH")).toEqual([
      { friendlyName: "shop", type: "HTTP", interval: 300, tagNames: [], customHttpHeaders: { a: "1" } },
    ]);
  });

  it("is for an integration its type and all of its data, also at an update", async () => {
    const inputs = { name: "#incidents", type: "Slack", url: "https://hooks.example/1" };
    await up("a", integration, inputs);
    await up("a", integration, { ...inputs, notifyFor: "Down" });
    const data = { friendlyName: "#incidents", webhookURL: "https://hooks.example/1" };
    expect(sent("POST")).toEqual([{ type: "Slack", data }]);
    expect(sent("PATCH")).toEqual([{ type: "Slack", data: { ...data, enableNotificationsFor: "Down" } }]);
  });

  it("is a weekday as its number, and the last of the month as -1", async () => {
    const window = { name: "quiet", time: "02:00", duration: "1h" };
    await up("a", maintenanceWindow, { ...window, interval: "weekly", days: ["sun", "mon"] });
    await up("a", maintenanceWindow, { ...window, interval: "monthly", days: ["last", 7] });
    expect(sent("POST")).toMatchObject([{ days: [1, 7], time: "02:00:00", duration: 60 }]);
    expect(sent("PATCH")).toMatchObject([{ interval: "monthly", days: [7, -1] }]);
    expect(
      pulumi.preview("a", maintenanceWindow, { ...window, interval: "monthly", days: [7, "last"] }),
    ).toEqual([]);
  });
});

describe("a create", () => {
  it("that answers 404 although it was made is looked up, and never sent twice", async () => {
    let struck = false;
    service.fault = ({ method }) => {
      if (method !== "POST" || struck) return undefined;
      struck = true;
      return "404 after create";
    };
    await up("a", monitor, shop);
    expect(count("POST")).toBe(1);
    expect(service.things().map(({ id }) => String(id))).toEqual([pulumi.kept.get("a")?.id]);
  });

  it("that answers 404 and made nothing is sent again, and then told", async () => {
    service.answer = ({ method }) =>
      method === "POST" ? jsonAnswer(404, { message: "Monitor not found", code: "000-004" }) : undefined;
    expect(await failing(() => pulumi.up("a", monitor, shop))).toContain("Monitor not found, code 000-004");
    expect(service.things()).toEqual([]);
  });

  it("that answers another 404 is not taken for made", async () => {
    service.answer = ({ method }) =>
      method === "POST" ? jsonAnswer(404, { message: "group not found", code: "000-099" }) : undefined;
    await failing(() => pulumi.up("a", monitor, shop));
    expect(count("POST")).toBe(1);
  });

  it("is not sent for what a killed run made a moment ago and only some reads show", async () => {
    const { id } = service.add("/monitors", asMade);
    let reads = 0;
    // Every other read is too old to show it.
    service.lag = () => (reads++ % 2 === 0 ? 60_000 : 0);
    service.add("/monitors", { ...asMade, friendlyName: "another" });
    await up("a", monitor, shop);
    expect(count("POST")).toBe(0);
    expect(pulumi.kept.get("a")?.id).toBe(String(id));
  });

  it("does not adopt what was deleted a moment ago and is still listed", async () => {
    const { id } = service.add("/monitors", asMade);
    clock.advance(60_000);
    service.remove(id);
    let reads = 0;
    service.lag = () => (reads++ < 2 ? 30_000 : 0);
    await up("a", monitor, shop);
    expect(count("POST")).toBe(1);
    expect(pulumi.kept.get("a")?.id).not.toBe(String(id));
  });

  it("adopts by name, type and URL, whatever is escaped, and brings it in line", async () => {
    service.add("/monitors", { ...asMade, type: "PING" });
    const named = { ...shop, name: "shop & <co>", url: "https://shop.example/?a=1&b='2'" };
    const { id } = service.add("/monitors", {
      ...asMade,
      friendlyName: named.name,
      url: named.url,
      interval: 60,
    });
    await up("a", monitor, named);
    expect(pulumi.kept.get("a")?.id).toBe(String(id));
    expect(count("POST")).toBe(0);
    expect(sent("PATCH")).toEqual([{ friendlyName: named.name, type: "HTTP", interval: 300 }]);
  });

  it("is refused where several are the same, and names them", async () => {
    for (let index = 0; index < 2; index++) service.add("/monitors", asMade);
    expect(await failing(() => pulumi.up("a", monitor, shop))).toContain("ids 101, 102");
  });

  it("of a window whose name is there with other settings is refused with the import", async () => {
    service.add("/maintenance-windows", { name: "quiet", interval: "daily", time: "01:00:00", duration: 5 });
    const inputs = { name: "quiet", interval: "daily", time: "02:00", duration: "5m" };
    expect(await failing(() => pulumi.up("a", maintenanceWindow, inputs))).toContain(
      `pulumi import ${maintenanceWindow} NAME 101`,
    );
  });
});

describe("integrations", () => {
  it("are made one after the other", async () => {
    let open = 0;
    let most = 0;
    const { transport } = service;
    const watched: FakeUptimeRobot["transport"] = async (request) => {
      if (request.method !== "POST") return transport(request);
      most = Math.max(most, ++open);
      return transport(request).finally(() => (open -= 1));
    };
    const one = miniEngine(() => uptimeRobotKinds({ clock, transport: watched }), {
      uptimeRobotToken: token,
      uptimeRobotApiUrl: "http://robot.test/v3",
    });
    await clock.run(() =>
      Promise.all(
        [1, 2, 3].map((index) =>
          one.up(`i${index}`, integration, {
            name: `#${index}`,
            type: "Slack",
            url: `https://hooks.example/${index}`,
          }),
        ),
      ),
    );
    expect(most).toBe(1);
    expect(service.things()).toHaveLength(3);
  });

  it("whose address is there under another name are refused with the import, and without the address", async () => {
    const value = "https://hooks.example/secret-address";
    const { id } = service.add("/integrations", { type: "Slack", friendlyName: "by hand", value });
    const told = await failing(() =>
      pulumi.up("a", integration, { name: "#incidents", type: "Slack", url: value }),
    );
    expect(told).toContain("one of the same type and url is there already");
    expect(told).toContain(`(id ${id}, called "by hand")`);
    expect(told).toContain(`pulumi import ${integration} NAME ${id}`);
    expect(told).not.toContain("secret-address");
  });

  it("of one address in one program name each other", async () => {
    const inputs = { type: "Slack", url: "https://hooks.example/1" };
    await up("a", integration, { ...inputs, name: "#one" });
    expect(await failing(() => pulumi.up("b", integration, { ...inputs, name: "#two" }))).toContain(
      "another resource of this program is the same (a)",
    );
  });
});

describe("calls", () => {
  it("keep to the plan's limit as it is told, without being refused again and again", async () => {
    service.perMinute = 10;
    service.pageSize = 200;
    const started = clock.now();
    await clock.run(() =>
      Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          pulumi.up(`m${index}`, monitor, { ...shop, name: `shop ${index}` }),
        ),
      ),
    );
    const minutes = (clock.now() - started) / 60_000;
    const refused = service.calls.length - Math.ceil(minutes) * 10;
    expect(service.things()).toHaveLength(12);
    // 12 creates, and looks that all share.
    expect(service.calls.length).toBeLessThan(12 + 12 + 9);
    expect(minutes).toBeLessThan(4);
    expect(refused).toBeLessThanOrEqual(2);
    expect(pulumi.logged.some((line) => line.includes("UptimeRobot's rate limit: waiting"))).toBe(true);
  });

  it("for 500 monitors are little more than their creates, and for reading them one walk of the list", async () => {
    service.pageSize = 200;
    const started = clock.now();
    await clock.run(() =>
      Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          pulumi.up(`m${index}`, monitor, { ...shop, name: `shop ${index}` }),
        ),
      ),
    );
    // Three looks whether they are there already, and those that show them.
    expect(count("POST")).toBe(500);
    expect(service.calls.length).toBeLessThan(500 * 1.15);
    // At 20 calls a second, with the time that the last look takes.
    expect(clock.now() - started).toBeLessThan(25_000 * 1.15 + 6_000);
    clock.advance(120_000);
    service.calls.length = 0;
    pulumi.restart();
    await clock.run(() => Promise.all([...pulumi.kept.keys()].map((name) => pulumi.refresh(name))));
    expect(service.calls.map(({ query }) => query)).toEqual([
      "?limit=200",
      "?limit=200&cursor=300",
      "?limit=200&cursor=500",
    ]);
    expect(pulumi.kept.size).toBe(500);
  });

  it("stop looking after a while where UptimeRobot keeps something else, and the preview tells", async () => {
    service.answer = ({ method, path, body }) => {
      if (method !== "POST") return undefined;
      const made = service.add(path, { ...body, timeout: 59 });
      return jsonAnswer(201, { id: made.id, ...made.attributes });
    };
    const started = clock.now();
    await up("a", monitor, { ...shop, timeout: "10s" });
    expect(clock.now() - started).toBeLessThan(uptimeRobot.settlesWithin + 15_000);
    expect(pulumi.preview("a", monitor, { ...shop, timeout: "10s" })).toMatchObject([{ path: "timeout" }]);
  });
});

describe("deleting", () => {
  it.each([404, 410])("is done where the answer is %i", async (status) => {
    await up("a", monitor, shop);
    const [made] = service.things();
    service.answer = ({ method }) =>
      method === "DELETE" ? jsonAnswer(status, { message: "Monitor not found" }) : undefined;
    service.remove(made?.id ?? 0);
    await clock.run(() => pulumi.destroy("a"));
    expect(pulumi.kept.size).toBe(0);
  });
});

const refusal = (type: string, inputs: Properties): string => {
  const kind = uptimeRobotKinds().find((candidate) => candidate.type === type);
  const result = kind?.inputs.safeParse(inputs);
  if (result?.success !== false) return "";
  return result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
};

describe("wrong inputs, refused before anything is sent,", () => {
  const ladder = {
    ...shop,
    assignedAlertContacts: [{ alertContactId: "1", threshold: "5m", recurrence: "0s" }],
  };
  it("is a ladder on the free plan, and only there", async () => {
    const free = engine({ uptimeRobotPlan: "free" });
    expect(await failing(() => free.up("a", monitor, ladder))).toMatch(
      /^assignedAlertContacts\[0\]\.threshold must be 0s on UptimeRobot's free plan/,
    );
    await up(
      "b",
      monitor,
      { ...shop, assignedAlertContacts: [{ alertContactId: "1", threshold: "0s" }] },
      free,
    );
    await up("c", monitor, { ...ladder, name: "other" }, engine({ uptimeRobotPlan: "paid" }));
    expect(count("POST")).toBe(2);
  });

  it.each<[string, Properties, string]>([
    [monitor, { ...shop, type: "SMTP" }, "type must be one of HTTP, KEYWORD"],
    [monitor, { ...shop, interval: "10s" }, "interval must be 30s or longer"],
    [monitor, { ...shop, timeout: "2m" }, "timeout must be 0s or longer, must be 60s or shorter"],
    [monitor, { ...shop, url: "shop.example" }, "url must be a URL"],
    [monitor, { ...shop, url: undefined }, "url is needed by a monitor of the type HTTP"],
    [monitor, { ...shop, type: "HEARTBEAT" }, "url is UptimeRobot's own for a HEARTBEAT"],
    [monitor, { name: "b", type: "HEARTBEAT", interval: "32d" }, "interval must be 31d or shorter"],
    [monitor, { ...shop, port: 80 }, "port is only for monitors of the type PORT, UDP"],
    [monitor, { ...shop, tags: ["Web"] }, "tags.0 must be in lower case"],
    [monitor, { ...shop, customHttpHeaders: { A: "1", a: "2" } }, "must not name one header twice"],
    [
      monitor,
      { ...shop, config: { dnsRecords: { A: [] } } },
      "may have dnsRecords only for monitors of the type DNS",
    ],
    [monitor, { ...shop, type: "API" }, "config needs apiAssertions"],
    [monitor, { ...shop, postValueType: "RAW_JSON", postValueData: "{" }, "postValueData must be JSON"],
    [
      monitor,
      { ...shop, assignedAlertContacts: [{ alertContactId: "1", threshold: "90s" }] },
      "must be a multiple of 1m",
    ],
    [
      integration,
      { name: "a", type: "Discord", url: "https://a.example" },
      "type must be one of Slack, Webhook",
    ],
    [
      integration,
      { name: "a", type: "Slack", url: "https://a.example", sendAsJson: true },
      "only for a Webhook",
    ],
    [maintenanceWindow, { name: "a", interval: "weekly", time: "02:00", duration: "1h" }, "days is needed"],
    [
      maintenanceWindow,
      { name: "a", interval: "once", time: "2:00", duration: "1h" },
      "time must be a time of day",
    ],
    [
      maintenanceWindow,
      { name: "a", interval: "once", date: "2026-02-31", time: "02:00", duration: "1h" },
      "date must be a date",
    ],
    [
      maintenanceWindow,
      { name: "a", interval: "monthly", time: "02:00", duration: "1h", days: ["mon"] },
      "days must be days of the month",
    ],
    [statusPage, { name: "a", monitorIds: ["x"] }, "must be the id of a monitor: digits"],
  ])("of %s are %j", (type, inputs, message) => {
    expect(refusal(type, inputs)).toContain(message);
  });
});

it("undoes the escaping for HTML once", () => {
  expect(unescaped("a &amp;lt; b &lt;i&gt; &quot;c&quot; &#039;d&#39; &#x2F; &copy;")).toBe(
    `a &lt; b <i> "c" 'd' / &copy;`,
  );
});
