import { compare } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { withStack } from "../support/engine";

const PROGRAM = (keeper: string): string => `
const random = require("@pulumi/random");
const pw = new random.RandomPassword("pw", { length: 24, minSpecial: 3, overrideSpecial: "_-", keepers: { k: "${keeper}" } });
const text = new random.RandomString("text", { length: 12, special: false, upper: false });
const id = new random.RandomId("id", { byteLength: 8, prefix: "x-" });
const uuid = new random.RandomUuid("uuid");
const dice = new random.RandomInteger("dice", { min: 1, max: 6 });
Object.assign(exports, {
  pw: pw.result, hash: pw.bcryptHash, text: text.result, hex: id.hex, dec: id.dec, b64: id.b64Url, id: id.id,
  uuid: uuid.result, dice: dice.result,
});
`;

describe("the random plugin, run by the CLI", { timeout: 120_000 }, () => {
  it("makes values once, keeps them, and makes new ones when a keeper changes", async () => {
    await withStack({ program: PROGRAM("1") }, async (stack) => {
      const up = await stack.up();
      expect(up.exitCode, up.output).toBe(0);
      const first = await stack.outputs();
      expect(first["pw"]).toMatch(/^[A-Za-z0-9_-]{24}$/);
      expect(await compare(String(first["pw"]), String(first["hash"]))).toBe(true);
      expect(first["text"]).toMatch(/^[a-z0-9]{12}$/);
      expect(first["hex"]).toMatch(/^x-[0-9a-f]{16}$/);
      expect(BigInt(String(first["dec"]).slice(2))).toBe(BigInt(`0x${String(first["hex"]).slice(2)}`));
      expect(first["b64"]).toBe(`x-${String(first["id"])}`);
      expect(first["uuid"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect([1, 2, 3, 4, 5, 6]).toContain(first["dice"]);

      expect(up.output).not.toContain(String(first["pw"]));
      const { text, resources } = await stack.export();
      expect(text).not.toContain(String(first["pw"]));
      expect(text).not.toContain(String(first["hash"]));
      expect(text).toContain(String(first["text"])); // so the search does find what is there
      expect(resources.find(({ type }) => type.endsWith(":RandomPassword"))?.id).toBe("none");

      expect((await stack.refresh()).exitCode).toBe(0);
      expect((await stack.preview("--expect-no-changes")).exitCode).toBe(0);

      stack.rewrite(PROGRAM("2"));
      expect((await stack.up()).changes).toMatchObject({ replace: 1, same: 5 });
      const second = await stack.outputs();
      expect(second["pw"]).not.toBe(first["pw"]);
      expect({ ...second, pw: 0, hash: 0 }).toEqual({ ...first, pw: 0, hash: 0 });
    });
  });

  it.each([
    {
      resource: `RandomPassword("p", { length: 2, minUpper: 2, minLower: 1, minSpecial: 1, special: false })`,
      said: [
        "property length value {2} has a problem: must be at least 4",
        "property minSpecial value {1} has a problem: needs special to be true",
      ],
    },
    {
      resource: `RandomInteger("i", { min: 6, max: 1 })`,
      said: ["property max value {1} has a problem: must be at least min (6)"],
    },
    { resource: `RandomPet("pet")`, said: ["RandomPet is not covered by this stand-in"] },
  ])("refuses what cannot be, with every reason: $resource", async ({ resource, said }) => {
    const program = `const random = require("@pulumi/random");\nnew random.${resource};\n`;
    await withStack({ program }, async (stack) => {
      const { exitCode, output } = await stack.preview();
      expect(exitCode).not.toBe(0);
      for (const text of said) expect(output).toContain(text);
    });
  });
});
