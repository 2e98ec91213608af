import { hash } from "bcryptjs";
import { randomText } from "./characters";
import { generated } from "./generated";
import { characterRules, checkTextInputs } from "./text-inputs";

/** bcrypt's work factor; Go's default, which the vendor uses. */
const BCRYPT_COST = 10;
/** bcrypt reads no further; the vendor hashes the first 72 bytes of a longer password too. */
const BCRYPT_BYTES = 72;

const bcryptHash = (password: string): Promise<string> =>
  hash(Buffer.from(password).subarray(0, BCRYPT_BYTES).toString("utf8"), BCRYPT_COST);

/** `RandomPassword`: like RandomString, with a secret result, and a bcrypt hash of it. */
export const randomPassword = generated({
  check: checkTextInputs,
  computed: ["result", "bcryptHash"],
  secretOutputs: ["result", "bcryptHash"],
  async generate(inputs) {
    const result = randomText(characterRules(inputs));
    // The id is public, so it says nothing.
    return { id: "none", values: { result, bcryptHash: await bcryptHash(result) } };
  },
});

/** `RandomString`: text that may be shown. */
export const randomString = generated({
  check: checkTextInputs,
  computed: ["result"],
  generate(inputs) {
    const result = randomText(characterRules(inputs));
    return Promise.resolve({ id: result, values: { result } });
  },
});
