import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AppDeclaration } from "../../infra/model/app";
import { severities } from "../../infra/model/severity";
import type { Level } from "../../infra/model/signals";
import { defaultThresholds } from "../../infra/model/signals";
import { durationOf, milliseconds } from "../../infra/model/units";
import { thresholdsOrdered, thresholdsStrict } from "../../policies/rules/thresholds";
import { soundApp } from "../support/declarations";
import { judgedBy, stackOf } from "../support/policy-stack";

type Thresholds = NonNullable<AppDeclaration["thresholds"]>;

const ordered = (thresholds: Thresholds) => judgedBy(thresholdsOrdered, stackOf([soundApp({ thresholds })]));
const strict = (thresholds: Thresholds) => judgedBy(thresholdsStrict, stackOf([soundApp({ thresholds })]));

const { cpu, memory } = defaultThresholds;
const longer = (level: Level): Level => ({ ...level, for: durationOf(milliseconds(level.for) + 1) });
const shorter = (level: Level): Level => ({ ...level, for: durationOf(milliseconds(level.for) - 1) });
const higher = (level: Level): Level => ({ ...level, above: level.above + 0.1 });
const lower = (level: Level): Level => ({ ...level, above: level.above - 0.1 });

const duration = fc.integer({ min: 1, max: 10 }).map((minutes) => durationOf(minutes * 60_000));
const anyLevel: fc.Arbitrary<Level> = fc.record({ above: fc.integer({ min: 0, max: 10 }), for: duration });

describe("thresholds-ordered", () => {
  test("passes the runbook's own table", async () => {
    expect(await ordered({})).toEqual([]);
  });

  test("refuses swapped levels with the swap as the mend", async () => {
    const [violation, ...others] = await ordered({ cpu: { warning: cpu.critical, critical: cpu.warning } });
    expect(others).toEqual([]);
    expect(violation).toMatchObject({ level: "mandatory", resource: "shop" });
    expect(violation?.message).toContain("shop: thresholds.cpu.critical is");
    expect(violation?.message).toContain(`above ${cpu.critical.above} for ${cpu.critical.for}`);
    expect(violation?.message).toContain(
      `swap them: warning: { above: ${cpu.warning.above}, for: "${cpu.warning.for}" }, ` +
        `critical: { above: ${cpu.critical.above}, for: "${cpu.critical.for}" }`,
    );
  });

  test("passes the same value only with a longer time", async () => {
    expect(await ordered({ cpu: { warning: cpu.critical, critical: longer(cpu.critical) } })).toEqual([]);
    expect(await ordered({ cpu: { warning: cpu.critical, critical: cpu.critical } })).toHaveLength(1);
    expect(await ordered({ cpu: { warning: cpu.critical, critical: shorter(cpu.critical) } })).toHaveLength(
      1,
    );
  });

  test("compares the neighbours that are there", async () => {
    expect(await ordered({ cpu: { warning: null, info: cpu.critical, critical: cpu.info } })).toHaveLength(1);
    expect(await ordered({ jobDuration: { critical: cpu.critical } })).toEqual([]);
  });

  test("reports each signal", async () => {
    const swapped = { warning: cpu.critical, critical: cpu.warning };
    expect(await ordered({ cpu: swapped, memory: swapped })).toHaveLength(2);
  });

  test("passes exactly the rising tables", async () => {
    await fc.assert(
      fc.asyncProperty(anyLevel, anyLevel, anyLevel, async (info, warning, critical) => {
        const key = ({ above, for: span }: Level) => above * 1e9 + milliseconds(span);
        const rising = key(info) < key(warning) && key(warning) < key(critical);
        const violations = await ordered({ jobDuration: { info, warning, critical } });
        expect(violations.length === 0).toBe(rising);
      }),
      { numRuns: 60 },
    );
  });
});

describe("thresholds-strict", () => {
  test("passes the runbook's table and what is stricter", async () => {
    expect(await strict({})).toEqual([]);
    expect(
      await strict({ memory: { critical: lower(memory.critical), warning: shorter(memory.warning) } }),
    ).toEqual([]);
  });

  test.each([
    ["a higher value", higher],
    ["a longer time", longer],
  ])("refuses %s at each level of the table", async (_, laxer) => {
    for (const severity of severities) {
      const [violation, ...others] = await strict({ memory: { [severity]: laxer(memory[severity]) } });
      expect(others).toEqual([]);
      expect(violation?.message).toContain(`shop: thresholds.memory.${severity} is {"above":`);
      expect(violation?.message).toContain(
        `write ${severity}: { above: ${memory[severity].above}, for: "${memory[severity].for}" }`,
      );
    }
  });

  test("refuses a level that was taken away", async () => {
    const [violation] = await strict({ memory: { critical: null } });
    expect(violation?.message).toContain("shop: thresholds.memory.critical is missing");
  });

  test("lets a worse level that fires no later stand in for a milder one", async () => {
    const early = { above: memory.info.above, for: memory.warning.for };
    expect(await strict({ memory: { info: null, warning: early } })).toEqual([]);
    expect(await strict({ memory: { info: null, warning: higher(early) } })).toHaveLength(1);
  });

  test("does not let a milder level stand in for a worse one", async () => {
    expect(await strict({ memory: { critical: null, warning: { above: 0, for: "1s" } } })).toHaveLength(1);
  });

  test("has no word on signals that the table does not know", async () => {
    expect(await strict({ jobDuration: { warning: { above: 1e6, for: "10d" } } })).toEqual([]);
  });

  test("passes exactly what is at least as strict", async () => {
    const { above, for: span } = memory.critical;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), async (a, f) => {
        const critical = { above: above + a, for: durationOf(milliseconds(span) + f * 1_000) };
        expect((await strict({ memory: { critical } })).length === 0).toBe(a <= 0 && f <= 0);
      }),
      { numRuns: 60 },
    );
  });
});
