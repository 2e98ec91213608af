import { randomBytes } from "node:crypto";

const hex = (digits: number): string =>
  randomBytes(Math.ceil(digits / 2))
    .toString("hex")
    .slice(0, digits);

/** A machine's id, such as "3287eeeb342085". */
export const machineId = (): string => hex(14);

/** A volume's id, such as "vol_4y5j9z2k8m1n3p7r". */
export const volumeId = (): string => `vol_${hex(16)}`;

/** The four digits by which metrics name a host. */
export const hostId = (): string => hex(4);

/** A lease's nonce. */
export const nonce = (): string => hex(12);

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID: sorts by time of making, which instance ids and event ids are read for. */
export const ulid = (now: number = Date.now()): string => {
  let time = "";
  for (let rest = now, digit = 0; digit < 10; digit += 1, rest = Math.floor(rest / 32))
    time = `${crockford[rest % 32]}${time}`;
  return time + [...randomBytes(16)].map((byte) => crockford[byte % 32]).join("");
};

const adjectives = ["quiet", "wild", "patient", "bold", "misty", "spring", "aged", "late", "cool", "dark"];
const nouns = ["snow", "river", "frost", "bird", "hill", "sun", "leaf", "pond", "sky", "moon"];

/** A machine's name where none is wished, such as "quiet-snow-1234". */
export const machineName = (): string => {
  const [a = 0, b = 0, c = 0, d = 0] = randomBytes(4);
  return `${adjectives[a % 10]}-${nouns[b % 10]}-${1_000 + ((c * 256 + d) % 9_000)}`;
};
