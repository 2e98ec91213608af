import { randomBytes, randomUUID } from "node:crypto";
import { kindFailures } from "../provider/property-kinds";
import { generated } from "./generated";

/** `RandomUuid`: a version 4 UUID. */
export const randomUuid = generated({
  check: (inputs) => ({ inputs, failures: kindFailures(inputs, { keepers: "string map" }) }),
  computed: ["result"],
  generate() {
    const result = randomUUID();
    return Promise.resolve({ id: result, values: { result } });
  },
});

/** `RandomId`: random bytes, in four notations; the prefix goes before each but not into the id. */
export const randomId = generated({
  check(inputs) {
    const kinds = kindFailures(inputs, { byteLength: "integer", keepers: "string map", prefix: "string" }, [
      "byteLength",
    ]);
    const { byteLength } = inputs;
    const short = typeof byteLength === "number" && byteLength < 1;
    return {
      inputs,
      failures: short ? [...kinds, { property: "byteLength", reason: "must be at least 1" }] : kinds,
    };
  },
  computed: ["b64Std", "b64Url", "dec", "hex"],
  generate(inputs) {
    const bytes = randomBytes(Number(inputs["byteLength"]));
    const prefix = typeof inputs["prefix"] === "string" ? inputs["prefix"] : "";
    const hex = bytes.toString("hex");
    const url = bytes.toString("base64url");
    return Promise.resolve({
      id: url,
      values: {
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + url,
        dec: prefix + BigInt(`0x${hex}`).toString(10),
        hex: prefix + hex,
      },
    });
  },
});
