import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { betterStackTypes } from "../../infra/model/betterstack";
import { betterStackKinds } from "../../infra/provider/betterstack/kinds";
import type { Properties } from "../../infra/provider/properties";
import { kindCases, type KindCase } from "../support/betterstack-cases";
import { startTestBetterStack, type TestBetterStack } from "../support/betterstack-sandbox";
import { miniEngine, type MiniEngine } from "../support/mini-engine";

// Every kind over its whole life, against the sandbox's Better Stack.

let service: TestBetterStack;
beforeAll(async () => {
  service = await startTestBetterStack();
});
afterAll(() => service.stop());

const caseOf = (type: string): KindCase => {
  const found = kindCases(service.references).find((candidate) => candidate.type === type);
  if (found === undefined) throw new Error(`no case of ${type}`);
  return found;
};
const engine = (): MiniEngine => miniEngine(() => betterStackKinds(service.world()), service.configuration);

/** Names of the properties that the next `up` would change. */
const changed = (changes: ReturnType<MiniEngine["preview"]>): string[] =>
  changes === "create" ? ["(new)"] : [...new Set(changes.map(({ path }) => path.replace(/[.[].*/, "")))];

const paths: { readonly [type: string]: (inputs: Properties) => string } = {
  [betterStackTypes.monitor]: () => "/api/v2/monitors",
  [betterStackTypes.monitorGroup]: () => "/api/v2/monitor-groups",
  [betterStackTypes.heartbeat]: () => "/api/v2/heartbeats",
  [betterStackTypes.severity]: () => "/api/v2/urgencies",
  [betterStackTypes.escalationPolicy]: () => "/api/v3/policies",
  [betterStackTypes.onCallCalendar]: () => "/api/v2/on-calls",
  [betterStackTypes.outgoingWebhook]: () => "/api/v2/outgoing-webhooks",
  [betterStackTypes.incomingWebhook]: () => "/api/v2/incoming-webhooks",
  [betterStackTypes.statusPage]: () => "/api/v2/status-pages",
  [betterStackTypes.statusPageSection]: ({ statusPageId }) =>
    `/api/v2/status-pages/${statusPageId as string}/sections`,
  [betterStackTypes.statusPageResource]: ({ statusPageId }) =>
    `/api/v2/status-pages/${statusPageId as string}/resources`,
};
const lookedUp: readonly string[] = [betterStackTypes.slackIntegration];

describe.each(Object.values(betterStackTypes).filter((type) => !lookedUp.includes(type)))("%s", (type) => {
  it("is made, changed property by property, put back, imported and removed", async () => {
    const { inputs: first, changes, kept = {}, replacing = [], outside, untold = [] } = caseOf(type);
    const pulumi = engine();
    const upTo = async (inputs: Properties): Promise<void> => {
      await pulumi.up("it", type, inputs);
      expect(changed(pulumi.preview("it", type, inputs))).toEqual([]);
      pulumi.restart();
      await pulumi.refresh("it");
      expect(changed(pulumi.preview("it", type, inputs))).toEqual([]);
    };
    let inputs = first;
    await upTo(inputs);

    for (const [property, value] of changes) {
      const before = pulumi.kept.get("it")?.id;
      inputs = { ...inputs, [property]: value };
      expect(changed(pulumi.preview("it", type, inputs))).toEqual([property]);
      await upTo(inputs);
      expect(pulumi.kept.get("it")?.id === before).toBe(!replacing.includes(property));
    }
    // Nothing is left out.
    const kind = betterStackKinds().find((candidate) => candidate.type === type);
    const tried = new Set(changes.map(([property]) => property));
    const untried = Object.keys(kind?.inputs.shape ?? {}).filter(
      (name) => !tried.has(name) && !(name in kept),
    );
    expect(untried).toEqual([]);

    const path = paths[type]?.(inputs) ?? "";
    const id = pulumi.kept.get("it")?.id ?? "";
    expect(
      (await service.call("PATCH", `${path}/${id}`, { [outside.attribute]: outside.value })).status,
    ).toBe(200);
    pulumi.restart();
    await pulumi.refresh("it");
    expect(changed(pulumi.preview("it", type, inputs))).toEqual([outside.property]);
    await upTo(inputs);
    const attributes = (await service.get(`${path}/${id}`))?.attributes ?? {};
    expect(attributes[outside.attribute]).not.toEqual(outside.value);

    const label = (inputs["name"] ?? inputs["subdomain"] ?? inputs["publicName"]) as string;
    const parent = inputs["statusPageId"];
    for (const name of [id, label]) {
      const other = engine();
      expect(
        await other.importing("it", type, parent === undefined ? name : `${parent as string}/${name}`),
      ).toBe(true);
      expect(changed(other.preview("it", type, inputs))).toEqual(
        untold.filter((property) => property in inputs),
      );
    }

    pulumi.restart();
    const last = pulumi.kept.get("it");
    await pulumi.destroy("it");
    expect(await service.get(`${path}/${id}`)).toBeUndefined();
    // A second time is no failure: what is gone is gone.
    if (last !== undefined) pulumi.kept.set("it", last);
    pulumi.restart();
    await pulumi.destroy("it");
  });
});

it("of a script's variables all are the declaration's: one added by hand shows by the table's name alone, and goes", async () => {
  const type = betterStackTypes.monitor;
  const inputs = {
    name: "script",
    url: "https://shop.example",
    monitorType: "playwright",
    playwrightScript: "test()",
    scenarioName: "log in",
    environmentVariables: { LOGIN: "declared" },
  };
  const pulumi = engine();
  await pulumi.up("it", type, inputs);
  const path = `/api/v2/monitors/${pulumi.kept.get("it")?.id ?? ""}`;
  const byHand = { LOGIN: "declared", LEFT_BEHIND: "by hand" };
  expect((await service.call("PATCH", path, { environment_variables: byHand })).status).toBe(200);

  pulumi.restart();
  await pulumi.refresh("it");
  const state = pulumi.kept.get("it")?.state ?? {};
  expect(state["environmentVariables"]).toEqual(byHand);
  const kind = betterStackKinds().find((candidate) => candidate.type === type);
  expect(kind?.secretInputs?.(state)).toContain("environmentVariables");
  expect(changed(pulumi.preview("it", type, inputs))).toEqual(["environmentVariables"]);
  await pulumi.up("it", type, inputs);
  expect((await service.get(path))?.attributes["environment_variables"]).toEqual({ LOGIN: "declared" });
});
