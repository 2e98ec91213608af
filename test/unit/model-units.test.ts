import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Duration } from "../../infra/model/units";
import {
  divided,
  durationOf,
  durationSchema,
  goDuration,
  mebibytes,
  milliseconds,
  sizeSchema,
} from "../../infra/model/units";

describe("durations", () => {
  test.each([
    ["250ms", 250],
    ["1.5s", 1_500],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["14d", 1_209_600_000],
  ] as const)("%s is %d ms", (text, ms) => {
    expect(milliseconds(text)).toBe(ms);
  });

  test("what is written reads back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000_000 }), (ms) => milliseconds(durationOf(ms)) === ms),
    );
  });

  test("the shortest exact form is written", () => {
    expect([90_000, 120_000, 3_600_000, 1_500].map(durationOf)).toEqual(["90s", "2m", "1h", "1500ms"]);
  });

  test("Go knows no days", () => {
    expect(goDuration("14d")).toBe("336h");
    expect(goDuration("30s")).toBe("30s");
  });

  test("a sandbox divides, but never below a second", () => {
    expect(divided("60s", 30)).toBe("2s");
    expect(divided("60s", 1)).toBe("60s");
    expect(divided("10s", 1_000)).toBe("1s");
  });

  test.each(["30", "30 s", "s", "-5s", "5M", "", 30, null])("%j is refused", (value) => {
    expect(durationSchema.safeParse(value).success).toBe(false);
    expect(() => milliseconds(value as Duration)).toThrow(RangeError);
  });
});

describe("sizes", () => {
  test("gigabytes are 1024 MiB", () => {
    expect(mebibytes("2gb")).toBe(2_048);
    expect(mebibytes("512mb")).toBe(512);
  });

  test.each(["2048", "2 gb", "2GB", "2kb", 2048])("%j is refused", (value) => {
    expect(sizeSchema.safeParse(value).success).toBe(false);
  });
});
