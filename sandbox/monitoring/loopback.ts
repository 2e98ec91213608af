import { isIPv4 } from "node:net";

/**
 * The address of a host that may be reached: 127.0.0.0/8 by number, or localhost. Nothing is looked up, so that no
 * name leads elsewhere; nothing else is ever connected to.
 */
export const loopbackAddress = (host: string): string | undefined => {
  if (host === "localhost") return "127.0.0.1";
  return isIPv4(host) && host.startsWith("127.") ? host : undefined;
};

/** The URL with the address in place of its host; nothing where that is not on loopback. */
export const loopbackUrl = (text: string): URL | undefined => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const address = loopbackAddress(url.hostname);
  if (address === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  url.hostname = address;
  return url;
};
