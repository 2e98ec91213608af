import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";

/**
 * A text on its way through Pulumi in a tenth of its size. The engine hands every property around some ten times and
 * logs it each time: megabytes of proofs that nobody reads in a diff would double the time of a preview.
 */
export type PackedText = {
  /** SHA-256 of the text: what a diff shows. */
  readonly sha256: string;
  /** Raw deflate in base64. Its bytes differ from one zlib to the next. */
  readonly deflated: string;
};

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

export const packed = (text: string): PackedText => ({
  sha256: sha256Of(text),
  deflated: deflateRawSync(text).toString("base64"),
});

/** @throws Error where it does not hold the text that it names */
export const unpacked = ({ sha256, deflated }: PackedText): string => {
  const text = inflateRawSync(Buffer.from(deflated, "base64")).toString("utf8");
  if (sha256Of(text) !== sha256) throw new Error("the packed text is not the one that its SHA-256 names");
  return text;
};
