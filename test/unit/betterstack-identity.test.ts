import { beforeEach, describe, expect, it } from "vitest";
import { betterStackTypes } from "../../infra/model/betterstack";
import { betterStackKinds } from "../../infra/provider/betterstack/kinds";
import { monitor } from "../../infra/provider/betterstack/monitor";
import { betterStack } from "../../infra/provider/betterstack/service";
import type { Properties } from "../../infra/provider/properties";
import { restKind } from "../../infra/provider/rest/kind";
import { fakeBetterStack, type FakeBetterStack } from "../support/fake-better-stack";
import { miniEngine, type MiniEngine } from "../support/mini-engine";
import { virtualClock, type VirtualClock } from "../support/virtual-clock";

// Which object at Better Stack a resource is: made, adopted, refused, imported, handed on; and what is sent for it.

const token = "identity-test-token";
const { monitor: monitorType, heartbeat, severity, escalationPolicy, onCallCalendar } = betterStackTypes;
const { slackIntegration, statusPageSection, outgoingWebhook } = betterStackTypes;
const monitors = "/api/v2/monitors";

let clock: VirtualClock;
let service: FakeBetterStack;
let pulumi: MiniEngine;
const engine = (configuration: Properties = {}): MiniEngine =>
  miniEngine(() => betterStackKinds({ clock, transport: service.transport }), {
    betterStackToken: token,
    betterStackApiUrl: "http://better.test",
    ...configuration,
  });
beforeEach(() => {
  clock = virtualClock(3);
  service = fakeBetterStack(clock);
  pulumi = engine();
});

const shop = { name: "shop", url: "https://shop.example/", monitorType: "status", checkFrequency: "60s" };
const asMade = { pronounceable_name: "shop", url: "https://shop.example/", monitor_type: "status" };
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

describe("what is sent", () => {
  it("is what is declared and no more, and at an update what changed", async () => {
    await up("a", monitorType, { ...shop, sslExpiration: "off", requestTimeout: "60s", policyId: "7" });
    expect(sent("POST")).toEqual([
      { ...asMade, check_frequency: 60, ssl_expiration: null, request_timeout: 60, policy_id: "7" },
    ]);
    await up("a", monitorType, { ...shop, sslExpiration: "14d", requestTimeout: "1m", policyId: "7" });
    expect(sent("PATCH")).toEqual([{ ssl_expiration: 14 }]);
  });

  it("counts a timeout in the unit of the type, also when only the type changes", async () => {
    const inputs = { name: "shop", url: "shop.example", monitorType: "ping", requestTimeout: "3s" };
    await up("a", monitorType, inputs);
    expect(sent("POST")).toEqual([
      { pronounceable_name: "shop", url: "shop.example", monitor_type: "ping", request_timeout: 3_000 },
    ]);
    await up("a", monitorType, { ...inputs, url: "https://shop.example", monitorType: "status" });
    expect(sent("PATCH")).toEqual([
      { url: "https://shop.example", monitor_type: "status", request_timeout: 3 },
    ]);
  });

  it("empties what was declared and no longer is, where that is known, and leaves the rest as it is", async () => {
    await up("a", monitorType, {
      ...shop,
      policyId: "7",
      teamWait: "1m",
      requiredKeyword: "ok",
      paused: true,
    });
    expect(pulumi.preview("a", monitorType, shop)).toMatchObject([
      { path: "requiredKeyword", kind: "delete" },
      { path: "policyId", kind: "delete" },
      { path: "teamWait", kind: "delete" },
    ]);
    await up("a", monitorType, shop);
    expect(sent("PATCH")).toEqual([{ required_keyword: "", policy_id: null, team_wait: null }]);
    expect(pulumi.preview("a", monitorType, shop)).toEqual([]);
  });

  it("keeps the ids of headers that stay, and destroys those that go", async () => {
    const headers = (...names: string[]) => names.map((name) => ({ name, value: `${name} value` }));
    await up("a", monitorType, { ...shop, requestHeaders: headers("A", "B") });
    const [made] = service.things();
    const found = headers("A", "B", "C").map((header, index) => ({ id: String(index + 1), ...header }));
    service.patch(made?.id ?? "", { request_headers: found });
    await up("a", monitorType, { ...shop, requestHeaders: headers("D", "B") });
    expect(sent("PATCH")).toEqual([
      {
        request_headers: [
          { name: "D", value: "D value" },
          { id: "2", name: "B", value: "B value" },
          { id: "1", _destroy: "true" },
          { id: "3", _destroy: "true" },
        ],
      },
    ]);
  });

  it("names the team at a create where one is configured, and passes over what is another team's", async () => {
    service.add(monitors, { ...asMade, team_name: "Others" });
    await up("a", monitorType, shop, engine({ betterStackTeam: "Platform" }));
    expect(sent("POST")).toMatchObject([{ team_name: "Platform" }]);
    expect(service.things()).toHaveLength(2);
  });
});

describe("what is there already", () => {
  it("is adopted where name and URL are the same, and brought in line", async () => {
    service.add(monitors, { ...asMade, url: "https://other.example" });
    const { id } = service.add(monitors, { ...asMade, paused: true });
    await up("a", monitorType, shop);
    expect(pulumi.kept.get("a")).toMatchObject({ id, state: { checkFrequency: "1m" } });
    expect(sent("POST")).toEqual([]);
    expect(sent("PATCH")).toEqual([{ check_frequency: 60 }]);
    expect(pulumi.logged).toEqual([`info: the monitor shop is there already (id ${id}) and is adopted.`]);
  });

  it("is refused where several have the key", async () => {
    for (let index = 0; index < 2; index++) service.add(monitors, asMade);
    expect(await failing(() => pulumi.up("a", monitorType, shop))).toContain(
      "there are 2 of that name and url (ids 101, 102). Delete all but one, or import the right one by its id: `pulumi import flymon:betterstack:Monitor NAME ID`",
    );
    expect(sent("POST")).toEqual([]);
  });

  it("is refused where only the name is the same and the settings are others, and adopted where they are equal", async () => {
    const { id } = service.add("/api/v2/urgencies", { name: "High Severity", call: true, sms: true });
    expect(await failing(() => pulumi.up("a", severity, { name: "High Severity", sms: false }))).toContain(
      `one of that name is there (id ${id}), with other settings (sms). If it is the same, import it: \`pulumi import flymon:betterstack:Severity NAME ${id}\`; otherwise choose another name.`,
    );
    await up("a", severity, { name: "High Severity", sms: true });
    expect(pulumi.kept.get("a")?.id).toBe(id);
  });

  it("is not taken twice by two resources of one program", async () => {
    await up("a", monitorType, shop);
    expect(await failing(() => pulumi.up("b", monitorType, shop))).toContain(
      "another resource of this program is the same (a). Give one of them another name or url.",
    );
    expect(service.things()).toHaveLength(1);
  });

  it("goes over to a resource of another name, and stays when the former one is deleted", async () => {
    await up("old", monitorType, shop);
    pulumi.restart();
    await up("new", monitorType, shop);
    await clock.run(() => pulumi.destroy("old"));
    expect(service.things().map(({ id }) => id)).toEqual([pulumi.kept.get("new")?.id]);
    expect(pulumi.logged.at(-1)).toBe(
      "info: the monitor shop stays: another resource of this program has adopted it.",
    );
    pulumi.restart();
    await clock.run(() => pulumi.destroy("new"));
    expect(service.things()).toEqual([]);
  });

  it("is not the one that is to be replaced: a new webhook comes before the old one goes", async () => {
    const inputs = { name: "hook", url: "https://hook.example", triggerType: "incident_change" };
    await up("a", outgoingWebhook, inputs);
    const before = pulumi.kept.get("a")?.id;
    pulumi.restart();
    await up("a", outgoingWebhook, { ...inputs, triggerType: "monitor_change" });
    expect(service.things().map(({ id }) => id)).toEqual([pulumi.kept.get("a")?.id]);
    expect(pulumi.kept.get("a")?.id).not.toBe(before);
  });

  it("cannot change to or from playwright", () => {
    const refuse = () => {
      pulumi.preview("a", monitorType, { ...shop, monitorType: "playwright", playwrightScript: "//" });
    };
    refuse();
    return up("a", monitorType, shop).then(() => {
      expect(refuse).toThrow("monitorType cannot be changed to or from playwright");
    });
  });
});

describe("what comes and goes", () => {
  it("is gone only when the service says so of it alone, and is then made anew", async () => {
    await up("a", monitorType, shop);
    const id = pulumi.kept.get("a")?.id ?? "";
    clock.advance(60_000);
    // A list that lacks it, for whatever reason, is not enough.
    service.answer = ({ path }) =>
      path === monitors
        ? { status: 200, headers: { get: () => null }, text: JSON.stringify({ data: [] }) }
        : undefined;
    pulumi.restart();
    await clock.run(() => pulumi.refresh("a"));
    expect(pulumi.kept.get("a")?.id).toBe(id);
    service.answer = () => undefined;
    const other = engine();
    await clock.run(() => other.importing("x", monitorType, id));
    await clock.run(() => other.destroy("x"));
    pulumi.restart();
    await clock.run(() => pulumi.refresh("a"));
    expect(pulumi.kept.has("a")).toBe(false);
  });

  it("is told, and not made anew, when an update finds it gone", async () => {
    await up("a", monitorType, shop);
    const other = engine();
    await clock.run(() => other.importing("x", monitorType, "shop"));
    await clock.run(() => other.destroy("x"));
    clock.advance(60_000);
    pulumi.restart();
    expect(await failing(() => pulumi.up("a", monitorType, { ...shop, checkFrequency: "3m" }))).toContain(
      "updating the monitor shop: answered 404 (Resource with provided ID was not found). Run `pulumi refresh`",
    );
  });

  it("is waited for where it was just made and is not found yet", async () => {
    const rotation = {
      users: ["ada@hotdash.example"],
      rotationLength: 1,
      rotationInterval: "day",
      startRotationsAt: "2026-01-05T09:00:00Z",
      endRotationsAt: "2027-01-05T09:00:00Z",
    };
    service.fault = ({ path }) => (path.endsWith("/rotation") ? "stale" : undefined);
    await up("a", onCallCalendar, { name: "on call", rotation });
    expect(pulumi.kept.get("a")).toMatchObject({ isPartial: false, state: { rotation } });
  });

  it("is kept with what failed of it, and finished by the next run", async () => {
    service.fault = ({ path }) => (path.endsWith("/rotation") ? "500 before" : undefined);
    const inputs = {
      name: "on call",
      rotation: {
        users: ["ada@hotdash.example"],
        rotationLength: 1,
        rotationInterval: "day",
        startRotationsAt: "2026-01-05T09:00:00Z",
        endRotationsAt: "2027-01-05T09:00:00Z",
      },
    };
    expect(await failing(() => pulumi.up("a", onCallCalendar, inputs))).toContain(
      "setting up the on-call calendar on call: answered 500 (Something went wrong)",
    );
    expect(pulumi.preview("a", onCallCalendar, inputs)).toMatchObject([{ path: "rotation", kind: "add" }]);
    service.fault = () => undefined;
    pulumi.restart();
    await up("a", onCallCalendar, inputs);
    expect(service.things()).toHaveLength(1);
    expect(pulumi.preview("a", onCallCalendar, inputs)).toEqual([]);
  });

  it("is looked at until it shows the same several times, where a service settles late", async () => {
    const late = { ...betterStack, settledLooks: 3, settlesWithin: 60_000 };
    const using = miniEngine(() => [restKind(late, monitor, { clock, transport: service.transport })], {
      betterStackToken: token,
      betterStackApiUrl: "http://better.test",
    });
    await up("a", monitorType, shop, using);
    let stale = 2;
    service.lag = () => 10_000;
    service.fault = ({ method }) => (method === "GET" && stale-- > 0 ? "stale" : undefined);
    clock.advance(60_000);
    service.calls.length = 0;
    await up("a", monitorType, { ...shop, checkFrequency: "5m" }, using);
    expect(service.calls.map(({ method }) => method)).toEqual(["PATCH", "GET", "GET", "GET", "GET", "GET"]);
    expect(using.kept.get("a")?.state["checkFrequency"]).toBe("5m");
  });
});

describe("an import", () => {
  it("takes an id or a name, and says what is ambiguous or missing", async () => {
    const { id } = service.add(monitors, asMade);
    for (const text of [id, "shop"]) {
      expect(await clock.run(() => pulumi.importing(text, monitorType, text))).toBe(true);
      expect(pulumi.kept.get(text)).toMatchObject({ id, inputs: { name: "shop", monitorType: "status" } });
    }
    expect(await clock.run(() => pulumi.importing("x", monitorType, "999"))).toBe(false);
    service.add(monitors, { ...asMade, url: "https://other.example" });
    pulumi.restart();
    expect(await failing(() => pulumi.importing("x", monitorType, "shop"))).toContain(
      "there are 2 of that name",
    );
    expect(await failing(() => pulumi.importing("x", statusPageSection, "5"))).toContain(
      "its statusPageId is missing. Import it as `STATUS_PAGE_ID/ID`.",
    );
  });

  it("is no difference, whether what is empty is declared or not; its own inputs leave that out", async () => {
    service.add(monitors, { ...asMade, expected_status_codes: [], request_body: "" });
    await clock.run(() => pulumi.importing("x", monitorType, "shop"));
    for (const name of ["expectedStatusCodes", "requestBody"])
      expect(pulumi.kept.get("x")?.inputs).not.toHaveProperty(name);
    const { checkFrequency: _, ...declared } = shop;
    for (const empty of [{}, { expectedStatusCodes: [] }, { expectedStatusCodes: [], requestBody: "" }])
      expect(pulumi.preview("x", monitorType, { ...declared, ...empty })).toEqual([]);
    expect(pulumi.preview("x", monitorType, { ...declared, requestBody: "{}" })).toHaveLength(1);
  });
});

describe("500 monitors", () => {
  it("are read by one walk of the list", async () => {
    for (let index = 0; index < 500; index++) {
      const { id } = service.add(monitors, { ...asMade, pronounceable_name: `shop ${index}` });
      const inputs = { ...shop, name: `shop ${index}` };
      pulumi.kept.set(`shop ${index}`, { type: monitorType, id, inputs, state: inputs, isPartial: false });
    }
    await clock.run(() => Promise.all([...pulumi.kept.keys()].map((name) => pulumi.refresh(name))));
    expect(service.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET ${monitors}`,
      `GET ${monitors}`,
    ]);
    expect(pulumi.kept.size).toBe(500);
  });

  it("are made in little more than the rate limit takes", async () => {
    const started = clock.now();
    await clock.run(() =>
      Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          pulumi.up(`shop ${index}`, monitorType, { ...shop, name: `shop ${index}` }),
        ),
      ),
    );
    expect(sent("POST")).toHaveLength(500);
    expect((clock.now() - started) / 1_000).toBeLessThan(((500 - 10) / 8) * 1.1);
  });
});

describe("Slack", () => {
  const slack = (attributes: Properties) =>
    service.add("/api/v2/slack-integrations", {
      slack_channel_name: "#incidents",
      slack_channel_id: "C1",
      slack_team_id: "T1",
      slack_status: "active",
      integration_type: "channel",
      ...attributes,
    });

  it("is looked up by the channel's name and never made, changed or removed", async () => {
    const { id } = slack({});
    await up("a", slackIntegration, { channel: "incidents" });
    expect(pulumi.kept.get("a")).toMatchObject({ id, state: { slackChannelId: "C1", slackTeamId: "T1" } });
    clock.advance(60_000);
    pulumi.restart();
    await clock.run(() => pulumi.refresh("a"));
    expect(pulumi.preview("a", slackIntegration, { channel: "incidents" })).toEqual([]);
    await clock.run(() => pulumi.destroy("a"));
    expect(new Set(service.calls.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  it("says what a person has to do where nobody has connected it, or its account is gone", async () => {
    const attempt = () => pulumi.up("a", slackIntegration, { channel: "#incidents" });
    expect(await failing(attempt)).toMatch(
      /looking up the Slack integration #incidents: there is none\. Only a person can connect Slack: .*"Add to Slack", choose #incidents/,
    );
    slack({ slack_status: "account_inactive" });
    pulumi.restart();
    expect(await failing(attempt)).toContain('it is there, but its state is "account_inactive"');
  });
});

describe("a wrong declaration", () => {
  it.each<[string, string, Properties, string]>([
    [
      monitorType,
      "a timeout of another type",
      { ...shop, requestTimeout: "500ms" },
      "requestTimeout must be one of 2s, 3s, 5s",
    ],
    [
      monitorType,
      "a timeout without unit",
      { ...shop, requestTimeout: "30" },
      'must be a duration with its unit, such as "30s"',
    ],
    [
      monitorType,
      "a frequency that is too short",
      { ...shop, checkFrequency: "10s" },
      "must be 30s or longer",
    ],
    [
      monitorType,
      "an expiry that is not offered",
      { ...shop, sslExpiration: "5d" },
      'must be one of 1d, 2d, 3d, 7d, 14d, 30d, 60d, or "off"',
    ],
    [
      monitorType,
      "a keyword that is missing",
      { ...shop, monitorType: "keyword" },
      "requiredKeyword is needed by a monitor of the type keyword",
    ],
    [monitorType, "a host for an HTTP monitor", { ...shop, url: "shop.example" }, "url must be a URL"],
    [monitorType, "an unknown property", { ...shop, chekFrequency: "1m" }, "has no such property"],
    [
      heartbeat,
      "a time zone with a short period",
      { name: "x", period: "5m", grace: "1m", serverTimezone: "UTC" },
      "needs a period of 1h or longer",
    ],
    [
      escalationPolicy,
      "a step that tells nobody",
      { name: "x", steps: [{ type: "escalation", waitBefore: "0s", stepMembers: [] }] },
      "steps[0].stepMembers must name somebody",
    ],
    [
      escalationPolicy,
      "a user by both id and e-mail",
      {
        name: "x",
        steps: [
          {
            type: "escalation",
            waitBefore: "0s",
            stepMembers: [{ type: "user", id: "1", email: "a@b.example" }],
          },
        ],
      },
      "goes instead of the id, not with it",
    ],
    [
      escalationPolicy,
      "a step without a time",
      { name: "x", steps: [{ type: "escalation", stepMembers: [{ type: "entire_team" }] }] },
      "needs exactly one of waitBefore",
    ],
  ])("%s: %s", (type, _name, inputs, reason) => {
    return expect(clock.run(() => pulumi.up("a", type, inputs))).rejects.toThrow(reason);
  });
});
