import { randomBytes } from "node:crypto";
import { kindFailures } from "../provider/property-kinds";
import type { Failure } from "../provider/resource-type";
import { UNKNOWN, type Values } from "../provider/values";
import { generated } from "./generated";

/** A whole number from 0 below `span`, each equally likely: draws past the last whole multiple are thrown away. */
const below = (span: bigint): bigint => {
  const range = 1n << 64n;
  const limit = range - (range % span);
  for (;;) {
    const drawn = randomBytes(8).readBigUInt64BE();
    if (drawn < limit) return drawn % span;
  }
};

const failures = (inputs: Values): Failure[] => {
  const kinds = kindFailures(
    inputs,
    { keepers: "string map", max: "integer", min: "integer", seed: "string" },
    ["min", "max"],
  );
  if (kinds.length > 0) return kinds;
  const { min, max, seed } = inputs;
  const known = min !== UNKNOWN && max !== UNKNOWN;
  return [
    ...(known && Number(min) > Number(max)
      ? [{ property: "max", reason: `must be at least min (${String(Number(min))})` }]
      : []),
    // The same seed must give the vendor's number, which comes from a generator of Go's own library.
    ...((seed ?? null) === null || seed === ""
      ? []
      : [
          {
            property: "seed",
            reason: "is not covered by this stand-in: use the vendor's random plugin for seeded numbers",
          },
        ]),
  ];
};

/** `RandomInteger`: a whole number between min and max, both included. */
export const randomInteger = generated({
  check: (inputs) => ({ inputs, failures: failures(inputs) }),
  computed: ["result"],
  generate(inputs) {
    const min = BigInt(Number(inputs["min"]));
    const result = Number(min + below(BigInt(Number(inputs["max"])) - min + 1n));
    return Promise.resolve({ id: String(result), values: { result } });
  },
});
