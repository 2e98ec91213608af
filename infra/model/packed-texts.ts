import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/**
 * Texts on their way through Pulumi in a fiftieth of their size. The engine hands every property around some ten times
 * and writes it into its own log each time: megabytes of proofs that nobody reads in a diff would double a preview.
 */
export type PackedTexts = {
  /** SHA-256 of each text, by its path: what a diff shows. */
  readonly sha256: { readonly [path: string]: string };
  /** All of them as one JSON object, brotli in base64: texts of different apps are much alike. */
  readonly brotli: string;
};

/** Quick, and as small as it gets for texts that repeat each other over megabytes. */
const options = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 5,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  },
};

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

const hashesOf = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, sha256Of(text)]));

export const packedTexts = (texts: Readonly<Record<string, string>>): PackedTexts => ({
  sha256: hashesOf(texts),
  brotli: brotliCompressSync(JSON.stringify(texts), options).toString("base64"),
});

/** @throws Error where they are not the texts that their hashes name */
export const unpackedTexts = ({ sha256, brotli }: PackedTexts): Record<string, string> => {
  const texts = JSON.parse(brotliDecompressSync(Buffer.from(brotli, "base64")).toString("utf8")) as Record<
    string,
    string
  >;
  const found = hashesOf(texts);
  const paths = Object.keys({ ...sha256, ...found });
  const wrong = paths.find((path) => sha256[path] !== found[path]);
  if (wrong !== undefined) throw new Error(`the text of ${wrong} is not the one that its SHA-256 names`);
  return texts;
};
