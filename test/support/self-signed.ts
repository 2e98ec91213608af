import { generateKeyPairSync, sign } from "node:crypto";

// A certificate is ASN.1 in DER: a tag, a length and the content, nested.

const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const identifier = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
const utcTime = (time: Date): Buffer =>
  tlv(0x17, Buffer.from(`${time.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14)}Z`));

const ecdsaWithSha256 = sequence(identifier("2a8648ce3d040302"));
const commonName = (name: string): Buffer =>
  sequence(tlv(0x31, sequence(identifier("550403"), tlv(0x0c, Buffer.from(name)))));

/** A key and a certificate that it has signed itself, for a TLS server of a test. */
export const selfSigned = (name: string, ends: Date): { readonly key: string; readonly cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const begins = new Date(ends.getTime() - 90 * 86_400_000);
  const body = sequence(
    tlv(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    commonName(name),
    sequence(utcTime(begins), utcTime(ends)),
    commonName(name),
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = tlv(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const base64 = sequence(body, ecdsaWithSha256, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
};
