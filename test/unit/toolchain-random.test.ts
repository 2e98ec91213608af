import { describe, expect, it } from "vitest";
import { randomText } from "../../toolchain/stand-ins/random/characters";
import { randomInteger } from "../../toolchain/stand-ins/random/integer";
import { characterRules, checkTextInputs, withDefaults } from "../../toolchain/stand-ins/random/text-inputs";

const context = { urn: "", log: () => undefined, cancelled: new AbortController().signal };
const text = (inputs: Record<string, string | number | boolean>): string =>
  randomText(characterRules(withDefaults(inputs)));
const count = (value: string, pattern: RegExp): number => value.match(pattern)?.length ?? 0;

/** Pearson's statistic against equal frequencies. */
const chiSquared = (counts: readonly number[]): number => {
  const expected = counts.reduce((sum, value) => sum + value, 0) / counts.length;
  return counts.reduce((sum, value) => sum + (value - expected) ** 2 / expected, 0);
};

describe("random text", () => {
  it("has the length and the least number of each class", () => {
    for (let round = 0; round < 200; round += 1) {
      const value = text({
        length: 10,
        minLower: 2,
        minUpper: 2,
        minNumeric: 3,
        minSpecial: 3,
        overrideSpecial: "+-",
      });
      expect(value).toHaveLength(10);
      expect([/[a-z]/g, /[A-Z]/g, /\d/g, /[+-]/g].map((pattern) => count(value, pattern))).toEqual([
        2, 2, 3, 3,
      ]);
    }
  });

  it("draws every character equally often", () => {
    const drawn = text({ length: 100_000, lower: false, upper: false, special: false });
    const counts = Array.from("0123456789").map((digit) => drawn.split(digit).length - 1);
    // 9 degrees of freedom: 40 is passed by chance once in 100,000 runs.
    expect(chiSquared(counts)).toBeLessThan(40);
  });

  it("puts the characters of a minimum at every place equally often", () => {
    const counts = [0, 0, 0, 0, 0];
    for (let round = 0; round < 20_000; round += 1) {
      const value = text({
        length: 5,
        minSpecial: 1,
        overrideSpecial: "#",
        upper: false,
        numeric: false,
        special: true,
      });
      const places = Array.from(value).flatMap((character, place) => (character === "#" ? [place] : []));
      if (places.length === 1) counts[places[0] ?? 0] = (counts[places[0] ?? 0] ?? 0) + 1;
    }
    expect(chiSquared(counts)).toBeLessThan(35);
  });

  it("counts a repeated character of overrideSpecial once", () => {
    const drawn = text({
      length: 20_000,
      lower: false,
      upper: false,
      numeric: false,
      overrideSpecial: "aaab",
    });
    expect(count(drawn, /b/g)).toBeGreaterThan(9_300);
  });

  it("keeps number and numeric equal, and lets numeric win", () => {
    expect(withDefaults({ number: false })).toMatchObject({ number: false, numeric: false });
    expect(withDefaults({ number: true, numeric: false })).toMatchObject({ number: false, numeric: false });
    expect(withDefaults({})).toMatchObject({ number: true, numeric: true, minLower: 0 });
  });

  it("names every mistake at its property", () => {
    const failed = (inputs: Record<string, string | number | boolean>): string[] =>
      checkTextInputs(inputs).failures.map(({ property }) => property);
    expect(failed({})).toEqual(["length"]);
    expect(failed({ length: "x", lower: 1, wrong: true })).toEqual(["length", "lower", "wrong"]);
    expect(failed({ length: 0 })).toEqual(["length"]);
    expect(failed({ length: 4, minUpper: -1 })).toEqual(["minUpper"]);
    expect(failed({ length: 4, minUpper: 1, upper: false })).toEqual(["minUpper"]);
    expect(failed({ length: 4, upper: false, lower: false, numeric: false, special: false })).toEqual([
      "special",
    ]);
    expect(failed({ length: 4, minUpper: 4 })).toEqual([]);
  });
});

describe("random integers", () => {
  it("include both ends, each number equally often", async () => {
    const counts = [0, 0, 0, 0, 0, 0];
    for (let round = 0; round < 12_000; round += 1) {
      const { outputs } = await randomInteger.create({ min: -2, max: 3 }, context);
      const at = Number(outputs["result"]) + 2;
      counts[at] = (counts[at] ?? 0) + 1;
    }
    expect(counts).toHaveLength(6);
    expect(chiSquared(counts)).toBeLessThan(35);
  });

  it("reach over the whole range of safe integers", async () => {
    const { outputs } = await randomInteger.create(
      { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
      context,
    );
    expect(Number.isSafeInteger(outputs["result"])).toBe(true);
  });

  it("refuse a seed, which only the vendor's generator can honour", () => {
    expect(randomInteger.check({ min: 1, max: 2, seed: "x" }).failures).toMatchObject([{ property: "seed" }]);
    expect(randomInteger.check({ min: 2, max: 1 }).failures).toMatchObject([{ property: "max" }]);
    expect(randomInteger.check({ min: 1, max: 1 }).failures).toEqual([]);
  });
});
