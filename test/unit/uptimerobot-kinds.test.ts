import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Properties } from "../../infra/provider/properties";
import { uptimeRobotKinds } from "../../infra/provider/uptimerobot/kinds";
import { miniEngine, type MiniEngine } from "../support/mini-engine";
import { kindCases, type KindCase, type References } from "../support/uptimerobot-cases";
import { latestReadMs, startTestUptimeRobot, type TestUptimeRobot } from "../support/uptimerobot-sandbox";

// Every kind over its whole life, against the sandbox's UptimeRobot, whose reads are late.

let service: TestUptimeRobot;
beforeAll(async () => {
  service = await startTestUptimeRobot();
});
afterAll(() => service.stop());

const anywhere: References = { contacts: ["1", "2"], monitors: ["1", "2"], windows: ["1", "2"], group: "1" };
const titles = kindCases(anywhere).map(({ title }) => title);
const caseOf = (title: string): KindCase => {
  const found = kindCases(service.references).find((candidate) => candidate.title === title);
  if (found === undefined) throw new Error(`no case of ${title}`);
  return found;
};
const engine = (): MiniEngine => miniEngine(() => uptimeRobotKinds(service.world()), service.configuration);

/** Names of the properties that the next `up` would change. */
const changed = (changes: ReturnType<MiniEngine["preview"]>): string[] =>
  changes === "create" ? ["(new)"] : [...new Set(changes.map(({ path }) => path.replace(/[.[].*/, "")))];

it("tries every property of every kind", () => {
  for (const kind of uptimeRobotKinds()) {
    const cases = kindCases(anywhere).filter(({ type }) => type === kind.type);
    const tried = new Set(
      cases.flatMap(({ inputs, changes }) => [
        ...Object.keys(inputs),
        ...changes.map(([property]) => property),
      ]),
    );
    expect(Object.keys(kind.inputs.shape).filter((name) => !tried.has(name))).toEqual([]);
  }
});

// Side by side: most of the time is spent in waiting for reads that are late.
describe.concurrent.each(titles)("%s", (title) => {
  it(
    "is made, changed property by property, put back, imported and removed",
    { timeout: 90_000 },
    async () => {
      const { type, path, inputs: first, changes, replacing = [], outside, untold = [] } = caseOf(title);
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
        const { [property]: _, ...others } = inputs;
        inputs = value === undefined ? others : { ...others, [property]: value };
        expect(changed(pulumi.preview("it", type, inputs))).toEqual([property]);
        await upTo(inputs);
        expect(pulumi.kept.get("it")?.id === before).toBe(!replacing.includes(property));
      }

      const id = pulumi.kept.get("it")?.id ?? "";
      const byHand = await service.call("PATCH", `${path}/${id}`, outside.body);
      expect(byHand, JSON.stringify(byHand)).toMatchObject({ status: 200 });
      await sleep(latestReadMs);
      pulumi.restart();
      await pulumi.refresh("it");
      expect(changed(pulumi.preview("it", type, inputs))).toEqual([outside.property]);
      await upTo(inputs);

      for (const name of [id, inputs["name"] as string]) {
        const other = engine();
        expect(await other.importing("it", type, name)).toBe(true);
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
    },
  );
});
